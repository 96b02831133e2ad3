"""The actions of a manager on one job besides editing. Each asks first, in a dialog or on a page of its own."""

from typing import Any

from django import forms
from django.db import transaction
from django.utils.translation import gettext_lazy as _

from accounts.models import Company, Fleet
from core.errors import MoveRefused
from core.values.bidi import with_names
from core.values.text_fields import LinesFormField
from core.web.confirm import ConfirmView
from core.web.lists.pages import with_query
from fleetcontrol.forms.bulk import PartnerField, offer_partners
from fleetcontrol.mixins import JobMixin
from fleetcontrol.warning_links import in_message
from jobs.reading.job_sheet import locked_by_assigning
from jobs.warnings import warnings_of


class JobAction(JobMixin, ConfirmView):
    writes = True
    base_template = "fleetcontrol/base.html"
    named_title: Any = ""  # the title for a job that has a name

    def find(self) -> None:
        super().find()
        if self.named_title and self.job_has_name:
            self.title = with_names(self.named_title, name=self.job)
        self.done = with_names(self.done, job=self.job_name, name=self.job.names.in_sentence)

    def get_success_url(self) -> str:
        """The page that the reader comes from, with all that it showed."""
        return self.came_from or self.job_url()


class ReasonForm(forms.Form):
    reason = LinesFormField(
        label=_("Reason"), max_length=2000, widget=forms.Textarea(attrs={"rows": 3})
    )


class OptionalReasonForm(ReasonForm):
    def __init__(self, *args: Any, **kwargs: Any):
        super().__init__(*args, **kwargs)
        self.fields["reason"].required = False


class DeleteJob(JobAction):
    verb = "delete"
    title = _("Delete this job?")
    named_title = _("Delete %(name)s?")
    lead = _("It disappears from every list. Its history is kept.")
    submit = _("Delete")
    danger = True
    done = _("%(job)s was deleted.")

    def perform(self) -> None:
        self.job.delete_by(by=self.request.user)

    def get_success_url(self) -> str:
        """The list without the details of the deleted job."""
        if str(self.job.pk) in self.list_url:
            return with_query(self.list_url, job=None)
        return self.list_url

    def get_cancel_url(self) -> str:
        return super().get_success_url()


class RequestHandback(JobAction):
    """Ask the partner to hand back the job: only the partner can end an assignment."""

    verb = "request_handback"
    title = _("Ask the partner to hand it back")
    lead = _("The job stays assigned until the partner answers. Nothing else changes.")
    submit = _("Ask the partner")
    done = _("The partner was asked to hand back %(name)s.")
    named_title = _("Ask the partner to hand back %(name)s")
    form_class = ReasonForm

    def perform(self, reason: str) -> None:
        self.job.request_handback(by=self.request.user, reason=reason)


class StopAccess(JobAction):
    verb = "stop_access"
    title = _("Stop access to the vehicle?")
    lead = _(
        "The installer loses access at once. The job and its data stay, and you can allow access again."
    )
    submit = _("Stop access")
    danger = True
    done = _("Access to the vehicle of %(name)s was stopped.")
    named_title = _("Stop access to the vehicle of %(name)s?")
    form_class = OptionalReasonForm

    def perform(self, reason: str) -> None:
        self.job.stop_access(by=self.request.user, reason=reason)


class AllowAccess(JobAction):
    verb = "allow_access"
    title = _("Allow access again?")
    lead = _("The installer may renew the access to the vehicle.")
    submit = _("Allow access")
    done = _("Access to the vehicle of %(name)s is allowed again.")
    named_title = _("Allow access to the vehicle of %(name)s again?")

    def perform(self) -> None:
        self.job.allow_access(by=self.request.user)


class AssignForm(forms.Form):
    company = PartnerField(empty_label=_("not chosen yet"))

    def __init__(self, *args: Any, fleet: Fleet, **kwargs: Any):
        super().__init__(*args, **kwargs)
        offer_partners(self.fields["company"], fleet)


class AssignJob(JobAction):
    verb = "assign"
    title = _("Assign this job")
    named_title = _("Assign %(name)s")
    submit: Any = _("Assign")
    done = _("%(job)s was assigned.")
    form_class = AssignForm
    question_template = "fleetcontrol/jobs/locked_by_assigning.html"

    def get_form_kwargs(self) -> dict[str, Any]:
        return super().get_form_kwargs() | {"fleet": self.fleet}

    def get_context_data(self, **context: Any) -> dict[str, Any]:
        """Show what is missing instead of the confirmation."""
        if obstacle := self.obstacle:
            self.lead = obstacle
            self.submit = ""
            self.question_template = ""
            context["form"] = None
        warned = warnings_of(self.fleet, self.job)
        return super().get_context_data(
            locked=locked_by_assigning(self.job),
            warnings=[in_message(self.fleet.pk, one) for one in warned],
            **context,
        )

    @property
    def obstacle(self) -> str:
        """Why the job cannot be assigned as it is; "" if it can."""
        try:
            with transaction.atomic():
                self.job.check_complete()
        except MoveRefused as refused:
            return str(refused)
        return ""

    def perform(self, company: Company) -> None:
        self.job.assign(company, by=self.request.user)
