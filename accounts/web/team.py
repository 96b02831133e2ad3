"""The people of a team, which is a fleet or a company: list, invite, change a role, remove.

Both sites mount these pages.

A site subclasses each page together with its own mixin, which goes first. That mixin finds the team, calls
`load()`, and checks the role of the reader: an unseen row is 404 before a wrong role is 403.
"""

from collections.abc import Mapping
from functools import partial
from typing import Any, ClassVar

from django import forms
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.generic import TemplateView

from accounts.forms import InviteForm, RoleForm, SecondFactorForm
from accounts.models import Company, CompanyMembership, Fleet, FleetMembership, Invitation, User
from accounts.second_factor import has_second_factor
from accounts.web.mail_allowance import few_invitations_left, invitations_left
from accounts.web.requests import signed_in
from core.errors import MoveRefused
from core.values.bidi import with_names
from core.web.actions import Action
from core.web.confirm import ConfirmView
from core.web.posted import StrictPost


class TeamPage(StrictPost):
    """What every team page needs from its site."""

    # The pages of this module by name → URL names of the site:
    # list, invite, role, remove, resend, withdraw, second_factor.
    url_names: ClassVar[Mapping[str, str]]
    base_template: str

    @property
    def team(self) -> Company | Fleet:
        raise NotImplementedError

    @property
    def reader(self) -> User:
        return signed_in(self.request)

    @property
    def url_args(self) -> list[str]:
        """The first arguments of each URL of the site."""
        return []

    def team_url(self, page: str, *args: object) -> str:
        return reverse(self.url_names[page], args=[*self.url_args, *args])

    def get_success_url(self) -> str:
        return self.team_url("list")

    def load(self) -> None:
        """Load what the URL names, or raise Http404. The mixin of the site calls it."""


class UserList(TeamPage, TemplateView):
    template_name = "accounts/team/list.html"

    def get_context_data(self, **context: Any) -> dict[str, Any]:
        context["base_template"] = self.base_template
        people = list(self.team.people.annotate(has_second_factor=has_second_factor()))
        context["people"] = people
        context["is_one_admin"] = sum(member.is_admin for member in people) == 1
        context["invited"] = self.team.standing_invitations.select_related("mail")
        context["invitations_left"] = partial(few_invitations_left, self.team.invitation_mails)
        return super().get_context_data(**context)


class InviteUser(TeamPage, ConfirmView):
    form_class = InviteForm
    title = gettext_lazy("Invite User")
    submit = gettext_lazy("Send Invitation")

    @property
    def lead(self) -> str:
        what_happens = _("The person gets a mail with a link that works for 14 days.")
        return f"{what_happens} {invitations_left(self.team.invitation_mails)}"

    def get_form_kwargs(self) -> dict[str, Any]:
        return super().get_form_kwargs() | {"team": self.team}

    def form_valid(self, form: forms.Form) -> HttpResponse:
        try:
            self.team.invite(by=self.reader, **form.cleaned_data)
        except MoveRefused as refused:
            self.remedy = self.resend(form.cleaned_data["email"])
            form.add_error("email", str(refused))
            return self.form_invalid(form)
        # The same text for a known and an unknown address.
        messages.success(
            self.request, _("An invitation is being sent to %(email)s.") % form.cleaned_data
        )
        return redirect(self.get_success_url())

    def resend(self, email: str) -> Action | None:
        """Offer to resend the invitation that the address has already."""
        first = self.team.standing_invitations.filter(email=email).first()
        if first:
            return Action(_("Resend"), self.team_url("resend", first.pk), "send")
        return None


class RequireSecondFactor(TeamPage, ConfirmView):
    form_class = SecondFactorForm
    title = gettext_lazy("Two-factor authentication")
    lead = gettext_lazy(
        "Anyone without it has to set it up before they can open another page here."
    )
    submit = gettext_lazy("Save")
    done = gettext_lazy("The setting was saved.")

    def get_initial(self) -> dict[str, Any]:
        return {"required": self.team.require_second_factor}

    def perform(self, required: bool) -> None:
        self.team.set_second_factor(required, by=self.reader)


class MemberPage(TeamPage, ConfirmView):
    """A question about one member of the team. Anyone else is 404."""

    member: CompanyMembership | FleetMembership

    def load(self) -> None:
        member = self.team.people.filter(pk=self.kwargs["pk"]).first()
        if member is None:
            raise Http404
        self.member = member
        self.done = with_names(self.done, name=member.user.name)

    def get_context_data(self, **context: Any) -> dict[str, Any]:
        return super().get_context_data(member=self.member, **context)


class ChangeRole(MemberPage):
    form_class = RoleForm
    submit = gettext_lazy("Change the role")
    done = gettext_lazy("The role of %(name)s was changed.")

    @property
    def title(self) -> str:
        return with_names(_("Role of %(name)s"), name=self.member.user.name)

    def get_form_kwargs(self) -> dict[str, Any]:
        return super().get_form_kwargs() | {"team": self.team}

    def get_initial(self) -> dict[str, Any]:
        return {"role": self.member.role}

    def perform(self, role: str) -> None:
        self.team.change_role(self.member, role, by=self.reader)


class RemoveUser(MemberPage):
    question_template = "accounts/team/remove_question.html"
    submit: Any = gettext_lazy("Remove")
    done = gettext_lazy("%(name)s was removed and signed out everywhere.")
    danger = True

    @property
    def title(self) -> str:
        return with_names(_("Remove %(name)s?"), name=self.member.user.name)

    def get_context_data(self, **context: Any) -> dict[str, Any]:
        context["is_last_admin"] = self.member.is_admin and self.team.people.admins().count() == 1
        if context["is_last_admin"]:
            self.submit = ""
        return super().get_context_data(**context)

    def perform(self) -> None:
        self.team.remove_member(self.member, by=self.reader)


class InvitationAction(TeamPage):
    """An action on an open invitation to the team; POST only."""

    http_method_names = ["post"]
    done: Any
    invitation: Invitation

    def load(self) -> None:
        invitation = self.team.standing_invitations.filter(pk=self.kwargs["pk"]).first()
        if invitation is None:
            raise Http404
        self.invitation = invitation

    def post(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        try:
            self.perform()
        except MoveRefused as refused:
            messages.error(request, str(refused))
        else:
            messages.success(request, self.done % {"email": self.invitation.email})
        return redirect(self.get_success_url())

    def perform(self) -> None:
        raise NotImplementedError


class ResendInvitation(InvitationAction):
    # Its button in the refused form of an invitation sends that form.
    form_class = InviteForm
    done = gettext_lazy("A new link is being sent to %(email)s. The old link no longer works.")

    def perform(self) -> None:
        self.invitation.resend(by=self.reader)


class WithdrawInvitation(InvitationAction):
    done = gettext_lazy("The invitation of %(email)s was withdrawn.")

    def perform(self) -> None:
        self.invitation.withdraw(by=self.reader)
