from allauth.mfa.models import Authenticator
from django.contrib import messages
from django.db.models import Exists, OuterRef
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse_lazy
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views import View
from django.views.generic import FormView, TemplateView

from core.moves import MoveRefused
from core.web.confirm import ConfirmView
from installers.forms.users import InviteUserForm, RoleForm
from installers.meaning import Listed, open_accesses
from installers.mixins import SetUpMixin
from jobs.models import Job

SECOND_FACTORS = (Authenticator.Type.TOTP, Authenticator.Type.WEBAUTHN)
USERS = reverse_lazy("installers:users")


class UserList(SetUpMixin, TemplateView):
    template_name = "installers/users.html"

    def get_context_data(self, **kwargs):
        invited = self.company.invitations.filter(kind="COMPANY").standing().select_related("mail")
        factors = Authenticator.objects.filter(user=OuterRef("user"), type__in=SECOND_FACTORS)
        people = self.company.people.annotate(has_second_factor=Exists(factors))
        return super().get_context_data(people=people, invited=invited, **kwargs)


class InviteUser(SetUpMixin, FormView):
    form_class, template_name, success_url = InviteUserForm, "installers/user_invite.html", USERS

    def form_valid(self, form):
        try:
            self.company.invite(by=self.request.user, **form.cleaned_data)
        except MoveRefused as refused:
            form.add_error("email", str(refused))
            return self.form_invalid(form)
        # The same words whether the address is known or not.
        messages.success(
            self.request, _("An invitation is on its way to %(email)s.") % {"email": form.cleaned_data["email"]}
        )
        return super().form_valid(form)


class OfMember(SetUpMixin):
    """Something about one member of the reader's company; anybody else is 404."""

    success_url, base_template = USERS, "installers/base.html"

    def find(self) -> None:
        self.member = get_object_or_404(self.company.people, pk=self.kwargs["pk"])

    def get_context_data(self, **kwargs):
        return super().get_context_data(member=self.member, **kwargs)


class ChangeRole(OfMember, ConfirmView):
    form_class, submit = RoleForm, gettext_lazy("Change the role")
    done = gettext_lazy("The role was changed.")

    @property
    def title(self) -> str:
        return _("Role of %(name)s") % {"name": self.member.user.name}

    def get_initial(self):
        return {"role": self.member.role}

    def act(self, role: str) -> None:
        self.company.change_role(self.member, role, by=self.request.user)


class RemoveUser(OfMember, ConfirmView):
    submit, danger, question_template = gettext_lazy("Remove"), True, "installers/user_remove_question.html"
    done = gettext_lazy("The person was removed and signed out everywhere.")

    @property
    def title(self) -> str:
        return _("Remove %(name)s") % {"name": self.member.user.name}

    def get_context_data(self, **kwargs):
        user = self.member.user
        jobs = Job.objects.in_company(self.company).select_related("vehicle").order_by("pk")
        meaning = {
            "running": Listed(jobs.filter(status=Job.Status.RUNNING, assignee=user)),
            "reserved": Listed(jobs.filter(status=Job.Status.ASSIGNED, reserved_for=user)),
            "accesses": Listed(open_accesses().filter(key__holder=user)),
            "stays": user.is_needed_elsewhere,
            "last_admin": self.member.is_admin and self.company.people.admins().count() == 1,
        }
        return super().get_context_data(**meaning, **kwargs)

    def act(self) -> None:
        self.company.remove_member(self.member, by=self.request.user)


class OfInvitation(SetUpMixin, View):
    """An act on an open invitation to the reader's company; POST alone."""

    http_method_names = ["post"]

    def find(self) -> None:
        self.invitation = get_object_or_404(
            self.company.invitations.filter(kind="COMPANY").standing(), pk=self.kwargs["pk"]
        )

    def post(self, request, pk: int):
        try:
            messages.success(request, self.act(self.invitation))
        except MoveRefused as refused:
            messages.error(request, str(refused))
        return redirect(USERS)


class ResendInvitation(OfInvitation):
    def act(self, invitation) -> str:
        invitation.resend(by=self.request.user)
        return _("A new link is on its way to %(email)s; the old one is dead.") % {"email": invitation.email}


class WithdrawInvitation(OfInvitation):
    def act(self, invitation) -> str:
        invitation.withdraw(by=self.request.user)
        return _("The invitation of %(email)s was withdrawn.") % {"email": invitation.email}
