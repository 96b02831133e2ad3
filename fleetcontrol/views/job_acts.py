"""What a manager does to one job beside editing it. Each asks first, in a dialog or on a page of its own."""

from typing import Any

from django import forms
from django.contrib import messages
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.views import View

from accounts.models import Company
from core.web.confirm import ConfirmView
from core.web.pages import with_query
from fleetcontrol import way_back
from fleetcontrol.forms.bulk import offer_partners
from fleetcontrol.job_sheet import locked_by_assigning
from fleetcontrol.mixins import JobMixin


class JobAct(JobMixin, ConfirmView):
    writes = True
    base_template = "fleetcontrol/base.html"
    named_title: Any = ""  # asks by the job's name, where it has one

    def get_context_data(self, **context):
        is_named = self.named_title and str(self.job) != self.job.pk
        title = self.named_title % {"name": self.job} if is_named else self.title
        return super().get_context_data(**context) | {"title": title}

    def get_success_url(self):
        """Back to the page that the reader acts from, with all that it showed."""
        return self.came_from or self.job_url()


class ReasonForm(forms.Form):
    reason = forms.CharField(label=_("Reason"), max_length=2000, widget=forms.Textarea(attrs={"rows": 3}))


class OptionalReasonForm(forms.Form):
    reason = forms.CharField(
        label=_("Reason"), max_length=2000, required=False, widget=forms.Textarea(attrs={"rows": 3})
    )


class DeleteJob(JobAct):
    verb = "delete"
    title, named_title = _("Delete this job?"), _("Delete %(name)s?")
    lead = _("It disappears from every list. Its history is kept.")
    submit, danger = _("Delete"), True
    done = _("The job is deleted.")

    def act(self):
        self.job.delete_by(by=self.request.user)

    def get_success_url(self):
        """The list, where the job's own details are closed."""
        return with_query(self.list_url, job=None) if self.job.pk in self.list_url else self.list_url

    def get_cancel_url(self):
        return super().get_success_url()


class AskForJob(JobAct):
    """The way out of an assignment leads through the partner."""

    verb = "request_handback"
    title = _("Ask the partner to hand it back")
    lead = _("The job stays assigned until the partner answers. Nothing else changes.")
    submit = _("Ask the partner")
    done = _("The partner has been asked.")
    form_class = ReasonForm

    def act(self, reason):
        self.job.request_handback(by=self.request.user, reason=reason)


class StopAccess(JobAct):
    verb = "stop_access"
    title = _("Stop access to the vehicle?")
    lead = _("The installer loses access at once. The job and its data stay, and you can allow access again.")
    submit, danger = _("Stop access"), True
    done = _("Access to the vehicle is stopped.")
    form_class = OptionalReasonForm

    def act(self, reason):
        self.job.stop_access(by=self.request.user, reason=reason)


class AllowAccess(JobAct):
    verb = "allow_access"
    title = _("Allow access again?")
    lead = _("The installer may renew the access to the vehicle.")
    submit = _("Allow access")
    done = _("Access is allowed again.")

    def act(self):
        self.job.allow_access(by=self.request.user)


class AssignForm(forms.Form):
    company = forms.ModelChoiceField(Company.objects.none(), label=_("Company"), empty_label=_("not chosen yet"))

    def __init__(self, *args, fleet, **kwargs):
        super().__init__(*args, **kwargs)
        offer_partners(self.fields["company"], fleet)


class AssignJob(JobAct):
    verb = "assign"
    title, named_title = _("Assign this job"), _("Assign %(name)s")
    submit = _("Assign")
    done = _("The job is assigned.")
    form_class = AssignForm
    question_template = "fleetcontrol/jobs/locked_by_assigning.html"

    def get_form_kwargs(self):
        return super().get_form_kwargs() | {"fleet": self.fleet}

    def get_context_data(self, **context):
        return super().get_context_data(locked=locked_by_assigning(self.job), **context)

    def act(self, company):
        self.job.assign(company, by=self.request.user)


class DuplicateJob(JobMixin, View):
    """Nothing to ask: the copy is PENDING and opens for editing."""

    writes = True

    def post(self, request, **kwargs):
        copy = self.make(request.user)
        messages.success(request, self.done)
        edit_url = reverse("fleetcontrol:job-edit", args=[self.fleet.pk, copy.pk])
        return redirect(f"{edit_url}?{way_back.tell(self.list_url)}")

    done = _("This is the copy. Identity of the vehicle, unit and result are not copied.")

    def make(self, user):
        return self.job.duplicate(by=user)


class CreateJobAgain(DuplicateJob):
    done = _("This is a new job for the same vehicle.")

    def make(self, user):
        return self.job.create_again(by=user)
