"""*Create Multiple Jobs* and *Select from Templates*: jobs begin with a template."""

from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.generic import TemplateView

from accounts.models import Company
from core.errors import MoveRefused
from core.web.confirm import ConfirmView
from core.web.dialogs import DialogMixin
from core.web.once import answer_form_once
from fleetcontrol import return_to
from fleetcontrol.forms.bulk import CreateManyForm
from fleetcontrol.mixins import FleetMixin
from fleetcontrol.views.bulk_runs import Action, BulkMixin
from fleetcontrol.views.confirm_assigning import ConfirmAssigning
from fleetcontrol.warning_links import in_message
from jobs.models import BulkRun, Job, JobTemplate
from jobs.models.bulk_run import BATCH
from jobs.warnings import warnings_of


class CreateMany(BulkMixin, ConfirmAssigning, ConfirmView):
    """*Save* creates the jobs; with a partner it is *Save & Assign*, which asks for confirmation first."""

    writes = True
    section = "jobs"
    base_template = "fleetcontrol/base.html"
    template_name = "fleetcontrol/jobs/create_many.html"
    title = gettext_lazy("Create Multiple Jobs")
    lead = gettext_lazy(
        "Equal jobs from a template. Plate, VIN and name of each vehicle are filled in later."
    )
    form_class = CreateManyForm
    posted = ("back", "confirmed")

    def get_form_kwargs(self) -> dict[str, Any]:
        return super().get_form_kwargs() | {"fleet": self.fleet}

    def get_initial(self) -> dict[str, Any]:
        return super().get_initial() | {"template": self.request.GET.get("template")}

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if "back" in request.POST:  # not confirmed: show the form as it was
            return self.render_to_response(self.get_context_data())
        return super().post(request, *args, **kwargs)

    def form_valid(self, form: forms.Form) -> HttpResponse:
        given = form.cleaned_data
        if given["company"] and "confirmed" not in self.request.POST:
            job = Job(fleet=self.fleet, **given["template"].for_job())
            warned = warnings_of(self.fleet, job)
            return self.confirm_assigning(given["company"], job, given["number"], warned=warned)
        try:
            result = answer_form_once(self.request, lambda: self.create(**given))
        except MoveRefused as refused:
            form.add_error(None, str(refused))
            return self.form_invalid(form)
        for one in warnings_of(self.fleet, Job(fleet=self.fleet, **given["template"].for_job())):
            messages.warning(self.request, in_message(self.fleet.pk, one))
        return self.finish(Action.CREATE, result, {}, given["company"])

    def create(self, template: JobTemplate, number: int, company: Company | None) -> str:
        about: dict[str, Any] = {
            "fleet": self.fleet,
            "by": self.request.user,
            "template": template,
            "company": company,
        }
        if number > BATCH:
            return str(BulkRun.objects.begin(Action.CREATE, None, total=number, **about).pk)
        return str(len(Job.objects.create_many(number, **about).done))

    def get_success_url(self) -> str:
        return self.list_url

    @property
    def list_url(self) -> str:
        return self.job_list_url(Job.Kind.INSTALLATION)


class FromTemplate(FleetMixin, DialogMixin, TemplateView):
    """*Select from Templates*: a click fills in the job form."""

    writes = True
    section = "jobs"
    template_name = "fleetcontrol/jobs/from_template.html"
    page_frame = "fleetcontrol/dialog_page.html"

    def get_context_data(self, **context: Any) -> dict[str, Any]:
        context["templates"] = JobTemplate.objects.filter(fleet=self.fleet).select_related(
            "vehicle_model"
        )
        context["from_here"] = return_to.parameter(self.came_from)
        context["title"] = _("Select from Templates")
        context["list_url"] = reverse("fleetcontrol:installation_jobs", args=[self.fleet.pk])
        return super().get_context_data(**context)
