"""The one path of every invitation. It shows each reader what to do next."""

from typing import Any

from allauth.account.utils import perform_login
from django.contrib import messages
from django.contrib.auth import logout
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.decorators import method_decorator
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST

from accounts.forms import RegisterForm
from accounts.models import Company, Invitation, User
from core.errors import MoveRefused
from core.web.posted import StrictPost, names_of, posts

State = Invitation.State
Kind = Invitation.Kind
# The steps of registering a company. The first one is here, the others are on the installers' site.
STEPS = [
    gettext_lazy("Password"),
    gettext_lazy("Company"),
    gettext_lazy("You"),
    gettext_lazy("Agreement"),
    gettext_lazy("Clients"),
]
# The page of a link that is no longer open: title and explanation.
OVER = {
    State.USED: (
        gettext_lazy("This invitation was used"),
        gettext_lazy(
            "A link works once. If you used it yourself, sign in and continue where you stopped."
        ),
    ),
    State.EXPIRED: (
        gettext_lazy("This invitation has expired"),
        gettext_lazy(
            "A link works for 14 days. Ask the person who invited you to send it again, which is one click."
        ),
    ),
    State.DECLINED: (
        gettext_lazy("This invitation was declined"),
        gettext_lazy("If that was a mistake, ask the person who invited you for a new one."),
    ),
    State.WITHDRAWN: (
        gettext_lazy("This invitation was withdrawn"),
        gettext_lazy(
            "The person who invited you withdrew it or sent you a newer one. "
            "Look for a later mail, or ask for a new invitation."
        ),
    ),
}
# Where the reader is led after using the link. The registration of a company finds its own step.
AFTER = {
    "PARTNERSHIP": "installers:register",
    "COMPANY": "home",
    "FLEET": "home",
}


@method_decorator(never_cache, name="dispatch")
class OpenInvitation(StrictPost):
    invitation: Invitation

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        invitation = Invitation.objects.by_token(kwargs["token"])
        if invitation is None:
            return render(request, "accounts/invitation_unknown.html", status=404)
        self.invitation = invitation
        if invitation.state != State.OPEN:
            return self.over()
        return super().dispatch(request, *args, **kwargs)

    def names_of_form(self) -> set[str]:
        """Also where the reader has signed in, in another tab, since the page was shown."""
        return names_of(RegisterForm(invitation=self.invitation))

    @property
    def reader(self) -> User | None:
        user = self.request.user
        if user.is_authenticated:
            return user
        return None

    def get(self, request: HttpRequest, token: str) -> HttpResponse:
        if self.reader:
            return self.join()
        return self.welcome()

    def post(self, request: HttpRequest, token: str) -> HttpResponse:
        """Use the link. A new reader chooses a password, a signed-in reader joins."""
        reader = self.reader
        if reader is None:
            return self.register()
        if (refusal := self.reason_not_to_join(reader)) is not None:
            return refusal
        try:
            self.invitation.accept(by=reader)
        except MoveRefused as refused:
            messages.error(request, str(refused))
            return redirect(request.path)
        return redirect(AFTER[self.invitation.kind])

    # --- the pages ------------------------------------------------------------------------------------------------
    def over(self) -> HttpResponse:
        """Used, withdrawn, declined or expired. The reader who used it is led on."""
        invitation = self.invitation
        reader = self.reader
        if reader and invitation.state == State.USED and invitation.used_by_id == reader.pk:
            return redirect(AFTER[invitation.kind])
        title, explanation = OVER[invitation.state]
        return self.page(
            "over",
            status=410,
            title=title,
            explanation=explanation,
        )

    def welcome(self, form: RegisterForm | None = None) -> HttpResponse:
        """For readers who are not signed in: sign in, or register if the address has no account."""
        if self.is_known:
            return self.page("sign_in", as_admin=not self.has_account)
        return self.page("register", form=form or RegisterForm(invitation=self.invitation))

    @property
    def has_account(self) -> bool:
        return User.objects.filter(email=self.invitation.email).exists()

    @property
    def is_known(self) -> bool:
        """The address has an account, or it is the address of a company, whose admins answer the link."""
        return bool(self.invitation.answered_by_company) or self.has_account

    def register(self) -> HttpResponse:
        if self.is_known:
            return self.welcome()
        form = RegisterForm(self.request.POST, invitation=self.invitation)
        if not form.is_valid():
            return self.welcome(form)
        try:
            user = self.invitation.register(language=get_language() or "", **form.cleaned_data)
        except MoveRefused as refused:
            messages.error(self.request, str(refused))
            return redirect(self.request.path)
        return perform_login(
            self.request, user, redirect_url=reverse(AFTER[self.invitation.kind]), email=user.email
        )

    def join(self) -> HttpResponse:
        reader = self.request.user
        assert reader.is_authenticated
        return self.reason_not_to_join(reader) or self.page("join")

    def reason_not_to_join(self, reader: User) -> HttpResponse | None:
        """The page that explains why the link does nothing for `reader`, or a redirect to where they can act."""
        if not self.invitation.fits(reader):
            return self.page("somebody_else", status=403)
        membership = reader.company_membership
        if membership is None or self.invitation.kind == Kind.FLEET:
            return None
        if self.invitation.kind == Kind.COMPANY:
            return self.member_of(membership.company)
        if membership.is_admin:
            return redirect("installers:clients")
        return self.page("ask_admin", company=membership.company)

    def member_of(self, company: Company) -> HttpResponse:
        """An invitation into a company, for a reader who belongs to `company` already."""
        if company == self.invitation.company:
            return redirect("home")
        return self.page("other_company", company=company)

    def page(self, name: str, *, status: int = 200, **context: Any) -> HttpResponse:
        about = {
            "invitation": self.invitation,
            "team": self.invitation.team,
            "steps": STEPS,
        }
        return render(
            self.request, f"accounts/invitation_{name}.html", about | context, status=status
        )


class Decline(OpenInvitation):
    """Decline the invitation. The page asks first, so that a mail scanner that opens links declines nothing."""

    http_method_names = ["get", "post"]

    def names_of_form(self) -> set[str]:
        return set()

    def get(self, request: HttpRequest, token: str) -> HttpResponse:
        return self.reason_not_to_decline() or self.page("decline")

    def post(self, request: HttpRequest, token: str) -> HttpResponse:
        if (refusal := self.reason_not_to_decline()) is not None:
            return refusal
        try:
            self.invitation.decline(by=self.reader)
        except MoveRefused as refused:
            messages.error(request, str(refused))
        return redirect("invitation", token)

    def reason_not_to_decline(self) -> HttpResponse | None:
        if self.invitation.kind == Kind.PARTNERSHIP:
            return redirect("invitation", self.kwargs["token"])
        if reader := self.reader:
            if self.invitation.fits(reader):
                return None
            return self.page("somebody_else", status=403)
        if self.is_known:
            return self.page("sign_in")
        return None


@require_POST
@posts()
def switch(request: HttpRequest, token: str) -> HttpResponse:
    """Sign out and open the link again, to sign in as the invited person."""
    logout(request)
    messages.info(request, _("You have been signed out."))
    return redirect("invitation", token)
