"""The one path of every invitation: whoever opens it is told what to do next."""

from allauth.account.utils import perform_login
from django.contrib import messages
from django.contrib.auth import logout
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.decorators import method_decorator
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _
from django.views import View
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST

from accounts.forms import RegisterForm
from accounts.models import Invitation, User
from core.moves import MoveRefused

OPEN, USED = Invitation.State.OPEN, Invitation.State.USED
# Registering a company begins here with its first step; the site of the installers has the others.
STEPS = [
    gettext_lazy("Password"),
    gettext_lazy("Company"),
    gettext_lazy("You"),
    gettext_lazy("Agreement"),
    gettext_lazy("Clients"),
]
# Where the reader goes once the link is used; the wizard of a new company finds its own step.
AFTER = {"PARTNERSHIP": "installers:register", "COMPANY": "home", "FLEET": "home"}


@method_decorator(never_cache, name="dispatch")
class OpenInvitation(View):
    def dispatch(self, request: HttpRequest, token: str) -> HttpResponse:
        self.invitation = Invitation.objects.by_token(token)
        if self.invitation is None:
            return render(request, "accounts/invitation_unknown.html", status=404)
        if self.invitation.state != OPEN:
            return self.over()
        return super().dispatch(request, token)

    def get(self, request: HttpRequest, token: str) -> HttpResponse:
        return self.join() if request.user.is_authenticated else self.welcome()

    def post(self, request: HttpRequest, token: str) -> HttpResponse:
        """Use the link: a new reader chooses a password, a known one joins."""
        if not request.user.is_authenticated:
            return self.register()
        if (refusal := self.reason_not_to_join()) is not None:
            return refusal
        try:
            self.invitation.accept(by=request.user)
        except MoveRefused as refused:
            messages.error(request, str(refused))
            return redirect(request.path)
        return redirect(AFTER[self.invitation.kind])

    # --- the turns ----------------------------------------------------------------------------------------------------
    def over(self) -> HttpResponse:
        """Used, withdrawn, declined or expired. Its own reader simply goes on."""
        user = self.request.user
        if self.invitation.state == USED and user.is_authenticated and self.invitation.used_by_id == user.pk:
            return redirect(AFTER[self.invitation.kind])
        return self.page("over", status=410)

    def welcome(self, form: RegisterForm | None = None) -> HttpResponse:
        """Nobody is signed in: an account that exists signs in, a new reader makes one."""
        if self.is_known:
            return self.page("sign_in", as_admin=not User.objects.filter(email=self.invitation.email).exists())
        return self.page("register", form=form or RegisterForm(invitation=self.invitation))

    @property
    def is_known(self) -> bool:
        """There is an account with the address, or it is a company's own, for whose admins the link is."""
        return bool(self.invitation.answered_by_company) or User.objects.filter(email=self.invitation.email).exists()

    def register(self) -> HttpResponse:
        if self.is_known:
            return self.welcome()
        form = RegisterForm(self.request.POST, invitation=self.invitation)
        if not form.is_valid():
            return self.welcome(form)
        try:
            user = self.invitation.register(language=get_language(), **form.cleaned_data)
        except MoveRefused as refused:
            messages.error(self.request, str(refused))
            return redirect(self.request.path)
        return perform_login(self.request, user, redirect_url=reverse(AFTER[self.invitation.kind]), email=user.email)

    def join(self) -> HttpResponse:
        return self.reason_not_to_join() or self.page("join")

    def reason_not_to_join(self) -> HttpResponse | None:
        """The page that tells a signed-in reader why this link does nothing for him, or where to go instead."""
        user, kind = self.request.user, self.invitation.kind
        if not self.invitation.fits(user):
            return self.page("somebody_else", status=403)
        membership = user.company_membership
        if kind == Invitation.Kind.FLEET or membership is None:
            return None
        if kind == Invitation.Kind.PARTNERSHIP:
            return (
                redirect("installers:clients")
                if membership.is_admin
                else self.page("ask_admin", company=membership.company)
            )
        return (
            redirect("home")
            if membership.company == self.invitation.company
            else self.page("other_company", company=membership.company)
        )

    def page(self, name: str, *, status: int = 200, **context) -> HttpResponse:
        about = {"invitation": self.invitation, "team": self.invitation.team, "steps": STEPS}
        return render(self.request, f"accounts/invitation_{name}.html", about | context, status=status)


class Decline(OpenInvitation):
    """No, thank you: whoever invited sees it and may ask again. Asked before, so that no mail scanner answers."""

    http_method_names = ["get", "post"]

    def get(self, request: HttpRequest, token: str) -> HttpResponse:
        return self.reason_not_to_decline() or self.page("decline")

    def post(self, request: HttpRequest, token: str) -> HttpResponse:
        if (refusal := self.reason_not_to_decline()) is not None:
            return refusal
        try:
            self.invitation.decline(by=request.user if request.user.is_authenticated else None)
        except MoveRefused as refused:
            messages.error(request, str(refused))
        return redirect("invitation", token)

    def reason_not_to_decline(self) -> HttpResponse | None:
        if self.invitation.kind == Invitation.Kind.PARTNERSHIP:
            return redirect("invitation", self.kwargs["token"])
        if self.request.user.is_authenticated:
            return None if self.invitation.fits(self.request.user) else self.page("somebody_else", status=403)
        return self.page("sign_in") if self.is_known else None


@require_POST
def switch(request: HttpRequest, token: str) -> HttpResponse:
    """Sign out and open the link again, as whom it was meant for."""
    logout(request)
    messages.info(request, _("You have been signed out."))
    return redirect("invitation", token)
