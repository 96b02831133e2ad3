"""What a fleet does about a partner: invite, send again, invite again, edit override, withdraw or remove."""

from django.contrib import messages
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views import View

from accounts.models import Partnership
from core.moves import MoveRefused
from core.web.confirm import ConfirmView
from fleetcontrol.forms.partners import InvitePartnerForm, OverrideForm
from fleetcontrol.mixins import FleetMixin
from fleetcontrol.views.partners import PartnerMixin
from jobs.models import Job, VehicleAccess

Status = Partnership.Status


class InvitePartner(FleetMixin, ConfirmView):
    writes = True
    section = "partners"
    base_template = "fleetcontrol/base.html"
    form_class = InvitePartnerForm
    title, submit = gettext_lazy("Invite Partner"), gettext_lazy("Send Invitation")
    lead = gettext_lazy("You see the e-mail alone until the company has accepted, then its name and partner ID.")

    def get_form_kwargs(self):
        return super().get_form_kwargs() | {"fleet": self.fleet, "by": self.request.user}

    def form_valid(self, form):
        given = form.cleaned_data
        try:
            Partnership.invite_into(**given, by=self.request.user)
        except MoveRefused as refused:
            form.add_error("email", str(refused))
            return self.form_invalid(form)
        # The same words whether the address is known or not.
        messages.success(self.request, _("An invitation is on its way to %(email)s.") % given)
        return redirect(self.get_success_url())

    def get_success_url(self):
        return reverse("fleetcontrol:partners", args=[self.fleet.pk])


class PartnerAct(PartnerMixin, ConfirmView):
    writes = True
    base_template = "fleetcontrol/base.html"

    def get_success_url(self):
        return self.list_url


class EditOverride(PartnerAct):
    verb = "set_override"
    form_class = OverrideForm
    title, submit = gettext_lazy("Override of job data"), gettext_lazy("Save")
    lead = gettext_lazy("It counts for jobs assigned from now on. What is assigned keeps what it was assigned with.")
    done = gettext_lazy("Override is saved.")

    def get_initial(self):
        return {"allow_override": self.partnership.allow_override}

    def act(self, allow_override):
        self.partnership.set_override(allow_override, by=self.request.user)


# What ending a link is called, by its status: title, button, what is said afterwards.
ENDS = {
    Status.PENDING: (
        gettext_lazy("Withdraw the invitation of %(partner)s?"),
        gettext_lazy("Withdraw Invitation"),
        gettext_lazy("The invitation was withdrawn."),
    ),
    Status.ACCEPTED: (
        gettext_lazy("Remove %(partner)s?"),
        gettext_lazy("Remove Partner"),
        gettext_lazy("The partner was removed."),
    ),
    Status.DECLINED: (
        gettext_lazy("Remove the declined invitation of %(partner)s?"),
        gettext_lazy("Remove"),
        gettext_lazy("The declined invitation was removed."),
    ),
}


class RemovePartner(PartnerAct):
    """Of a pending one the invitation is withdrawn; of an accepted one the open jobs come back. Shown before."""

    danger, question_template = True, "fleetcontrol/partners/remove_question.html"

    def find(self):
        super().find()
        self.is_partner = self.partnership.status == Status.ACCEPTED
        title, self.submit, self.done = ENDS[self.partnership.status]
        self.title = title % {"partner": self.partnership.shown_name}

    def get_context_data(self, **context):
        return super().get_context_data(is_partner=self.is_partner, **self.meaning(), **context)

    def meaning(self) -> dict[str, int]:
        if not self.is_partner:
            return {}
        jobs = Job.objects.in_fleet(self.fleet).in_company(self.partnership.company)
        return {
            "assigned": jobs.filter(status=Job.Status.ASSIGNED).count(),
            "running": jobs.filter(status=Job.Status.RUNNING).count(),
            "accesses": VehicleAccess.objects.live().filter(job__in=jobs).count(),
        }

    def act(self):
        self.partnership.end(by=self.request.user)


class PartnerPost(PartnerMixin, View):
    """Nothing to ask: one click acts and says what it did."""

    writes = True
    http_method_names = ["post"]

    def post(self, request, **kwargs):
        try:
            messages.success(request, self.act() % {"email": self.partnership.email})
        except MoveRefused as refused:
            messages.error(request, str(refused))
        return redirect(self.list_url)


class ResendInvitation(PartnerPost):
    def act(self) -> str:
        self.partnership.resend(by=self.request.user)
        return _("A new link is on its way to %(email)s; the old one is dead.")


class InviteAgain(PartnerPost):
    """A declined invitation is removed and sent anew."""

    verb = "release"

    def act(self) -> str:
        old = self.partnership
        Partnership.invite(fleet=self.fleet, email=old.email, allow_override=old.allow_override, by=self.request.user)
        return _("An invitation is on its way to %(email)s.")
