"""The actions on a partner: invite, resend, invite again, edit override, withdraw or remove."""

from collections.abc import Iterable
from typing import Any, NamedTuple

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views import View

from accounts.models import Fleet, Partnership
from accounts.web.mail_allowance import invitations_left
from core.errors import MoveRefused
from core.values.bidi import with_names
from core.web.actions import Action
from core.web.confirm import ConfirmView
from core.web.posted import names_of
from fleetcontrol.forms.partners import InvitePartnerForm, OverrideForm
from fleetcontrol.mixins import FleetMixin
from fleetcontrol.views.partners import PartnerMixin
from jobs.reading.partnership_end import work_of

Status = Partnership.Status


class InvitePartner(FleetMixin, ConfirmView):
    writes = True
    fields_template = "fleetcontrol/partners/invite_fields.html"
    section = "partners"
    base_template = "fleetcontrol/base.html"
    form_class = InvitePartnerForm
    title = gettext_lazy("Invite Partner")
    submit = gettext_lazy("Send Invitation")

    @property
    def lead(self) -> str:
        what_happens = _(
            "Until the company accepts, you only see its e-mail address; then its name and partner ID, too."
        )
        return f"{what_happens} {invitations_left(self.fleet.invitation_mails)}"

    def get_form_kwargs(self) -> dict[str, Any]:
        return super().get_form_kwargs() | self.of_fleet

    def form_valid(self, form: forms.Form) -> HttpResponse:
        given = form.cleaned_data
        try:
            Partnership.invite_into(**given, by=self.request.user)
        except MoveRefused as refused:
            self.remedy = self.resend(**given)  # before the error takes the e-mail out
            form.add_error("email", str(refused))
            return self.form_invalid(form)
        # The same words whether the address is known or not.
        messages.success(self.request, _("An invitation is being sent to %(email)s.") % given)
        return redirect(self.get_success_url())

    def names_of_form(self) -> set[str]:
        return names_of(InvitePartnerForm(**self.of_fleet))

    @property
    def of_fleet(self) -> dict[str, Any]:
        return {"fleet": self.fleet, "by": self.request.user}

    def resend(self, *, email: str, fleets: Iterable[Fleet], **given: Any) -> Action | None:
        """Offer to resend the invitation that the address has already."""
        waiting = Partnership.objects.live().filter(email=email, fleet__in=fleets)
        first = waiting.filter(status=Status.PENDING).order_by("pk").first()
        if first is None:
            return None
        url = reverse("fleetcontrol:partner-resend", args=[first.fleet_id, first.pk])
        return Action(_("Resend"), url, "send")

    def get_success_url(self) -> str:
        return reverse("fleetcontrol:partners", args=[self.fleet.pk])


class PartnerAction(PartnerMixin, ConfirmView):
    writes = True
    base_template = "fleetcontrol/base.html"

    def find(self) -> None:
        super().find()
        self.done = with_names(self.done, partner=self.partnership.shown_name)

    def get_success_url(self) -> str:
        return self.after_url


class EditOverride(PartnerAction):
    verb = "set_override"
    form_class = OverrideForm
    title = gettext_lazy("Partner Settings")
    submit = gettext_lazy("Save")
    lead = gettext_lazy(
        "Applies to jobs assigned from now on. Assigned jobs keep their current setting."
    )
    done = gettext_lazy("The override setting of %(partner)s was saved.")

    def get_initial(self) -> dict[str, Any]:
        return {"allow_override": self.partnership.allow_override}

    def perform(self, allow_override: bool) -> None:
        self.partnership.set_override(allow_override, by=self.request.user)


class End(NamedTuple):
    """The texts of ending a partnership."""

    title: Any
    submit: Any
    done: Any


ENDS: dict[str, End] = {
    Status.PENDING: End(
        gettext_lazy("Withdraw the invitation of %(partner)s?"),
        gettext_lazy("Withdraw Invitation"),
        gettext_lazy("The invitation of %(partner)s was withdrawn."),
    ),
    Status.ACCEPTED: End(
        gettext_lazy("Remove %(partner)s?"),
        gettext_lazy("Remove Partner"),
        gettext_lazy("%(partner)s was removed."),
    ),
    Status.DECLINED: End(
        gettext_lazy("Remove the declined invitation of %(partner)s?"),
        gettext_lazy("Remove"),
        gettext_lazy("The declined invitation of %(partner)s was removed."),
    ),
}


class RemovePartner(PartnerAction):
    """Withdraw a pending invitation, or remove a partner; the page shows which open jobs return."""

    danger = True
    question_template = "fleetcontrol/partners/remove_question.html"

    def find(self) -> None:
        super().find()
        self.is_partner = self.partnership.status == Status.ACCEPTED
        end = ENDS[self.partnership.status]
        partner = self.partnership.shown_name
        self.title = with_names(end.title, partner=partner)
        self.submit = end.submit
        self.done = with_names(end.done, partner=partner)

    def get_context_data(self, **context: Any) -> dict[str, Any]:
        if self.is_partner:
            context |= work_of(self.partnership)
        return super().get_context_data(is_partner=self.is_partner, **context)

    def get_success_url(self) -> str:
        return self.list_url

    def get_cancel_url(self) -> str:
        return self.after_url

    def perform(self) -> None:
        self.partnership.end(by=self.request.user)


class PartnerPost(PartnerMixin, View):
    """An action without confirmation: one click, then a message."""

    writes = True
    http_method_names = ["post"]

    def post(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        try:
            messages.success(request, self.perform() % {"email": self.partnership.email})
        except MoveRefused as refused:
            messages.error(request, str(refused))
        return redirect(self.after_url)

    def perform(self) -> str:
        """Do it, and return the message."""
        raise NotImplementedError(f"{type(self).__name__} has no action")


class ResendInvitation(PartnerPost):
    # Its button in the refused form of an invitation sends that form.
    form_class = InvitePartnerForm

    def perform(self) -> str:
        self.partnership.resend(by=self.request.user)
        return _("A new link is being sent to %(email)s. The old link no longer works.")


class InviteAgain(PartnerPost):
    """Remove a declined invitation and send a new one."""

    verb = "release"

    @property
    def after_url(self) -> str:
        return self.list_url

    def perform(self) -> str:
        old = self.partnership
        Partnership.invite(
            fleet=self.fleet,
            email=old.email,
            allow_override=old.allow_override,
            by=self.request.user,
        )
        return _("An invitation is being sent to %(email)s.")
