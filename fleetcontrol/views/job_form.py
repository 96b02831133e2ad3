"""The form of a job: *Save*, and *Save & Assign* with its confirmation. job_edit.py adds what editing needs."""

from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.http import Http404, HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.views.generic import TemplateView

from accounts.models import Company
from core.errors import MoveRefused
from core.values.bidi import with_names
from core.web.collisions import refusal
from core.web.lists.pages import with_query
from core.web.once import answer_form_once, form_answer
from core.web.posted import names_of
from fleetcontrol.forms.job import FORMS, JobForm
from fleetcontrol.mixins import name_in_message
from fleetcontrol.views.confirm_assigning import ConfirmAssigning
from fleetcontrol.warning_links import in_message
from jobs.models import Job, JobTemplate
from jobs.warnings import Warned, preset_differences, warnings_of
from telematics.models import Vehicle


class JobFormView(ConfirmAssigning, TemplateView):
    """GET shows the form, POST saves it, with a company after a confirmation. A refusal keeps what was typed."""

    template_name = "fleetcontrol/jobs/form.html"
    section = "jobs"
    posted: tuple[str, ...] = ("job_id", "follow", "enter", "back", "confirmed", "another")
    kind: Any
    title: Any

    def names_of_form(self) -> set[str]:
        return names_of(FORMS[self.kind])

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        return self.show(self.make_form())

    def post(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        if "follow" in request.POST:  # the button of a page without scripts
            return self.show(self.followed(request.POST["follow"]))
        if before := form_answer(request):
            return self.saved(before)
        form = self.make_form(request.POST)
        if {"back", "enter"} & request.POST.keys():  # not meant to be saved: show the form as it is
            return self.show(form)
        return self.submit(form)

    def submit(self, form: JobForm) -> HttpResponse:
        """Save the form; with a company, show the confirmation first."""
        if not form.is_valid():
            return self.show_errors(form)
        company = form.cleaned_data["company"]
        if company and "confirmed" not in self.request.POST:
            return self.confirm_complete(form, company)
        return self.save_once(form, company)

    def confirm_complete(self, form: JobForm, company: Company) -> HttpResponse:
        """Ask for the confirmation, unless the job cannot be assigned as it is."""
        try:
            with transaction.atomic():
                form.instance.check_complete()
        except MoveRefused as refused:
            return self.refuse(form, refused)
        warned = self.warnings(form)
        return self.confirm_assigning(company, form.instance, warned=warned)

    def warnings(self, form: JobForm) -> list[Warned]:
        """Return the warnings before or after saving; they refuse nothing."""
        preset = form.cleaned_data.get("preset")
        differing = preset_differences(preset, form.cleaned_data)
        return warnings_of(self.fleet, form.instance) + differing

    def save_once(self, form: JobForm, company: Company | None) -> HttpResponse:
        warned = self.warnings(form)  # once it is saved, the job itself would be found
        try:
            job_id = answer_form_once(self.request, lambda: self.save_all(form, company))
        except MoveRefused as refused:
            return self.refuse(form, refused)
        except ValidationError as error:
            form.add_error(None, error)
            return self.show_errors(form)
        except IntegrityError as error:
            collision = refusal(error)
            if collision is None:
                raise
            return self.refuse(form, collision)
        for one in warned:
            messages.warning(self.request, in_message(self.fleet.pk, one))
        return self.saved(job_id)

    def save_all(self, form: JobForm, company: Company | None) -> str:
        """Save the job, and the template that it is to be kept as: both or nothing."""
        job = self.save(form, company)
        if form.cleaned_data.get("save_as_template"):
            self.save_template(form)
        return str(job.pk)

    def save_template(self, form: JobForm) -> None:
        name = form.cleaned_data["template_name"]
        JobTemplate.objects.create(
            name=name, fleet=self.fleet, created_by=self.request.user, **form.for_template
        )

    # --- what creating and editing define -------------------------------------------------------------------------
    def make_form(self, data: QueryDict | None = None) -> JobForm:
        raise NotImplementedError(f"{type(self).__name__} has no form")

    def save(self, form: JobForm, company: Company | None) -> Job:
        raise NotImplementedError(f"{type(self).__name__} does not save")

    def followed(self, trigger: str) -> Any:
        return FORMS[self.kind].followed(self.request.POST, trigger=trigger, fleet=self.fleet)

    def refuse(self, form: JobForm, refused: MoveRefused) -> HttpResponse:
        form.refuse(refused)
        return self.show_errors(form)

    # --- answers --------------------------------------------------------------------------------------------------
    def show(self, form: JobForm, status: int = 200, **context: Any) -> HttpResponse:
        context = self.get_context_data(form=form, title=self.title, **context)
        return self.render_to_response(context, status=status)

    def show_errors(self, form: JobForm, **context: Any) -> HttpResponse:
        """Show the errors in the page; instead of the confirmation, the page sends its form."""
        if self.request.htmx:
            return HttpResponse(status=204, headers={"HX-Trigger": "send-form"})
        form.warn(warnings_of(self.fleet, form.instance))
        return self.show(form, **context)

    def saved(self, job_id: str) -> HttpResponse:
        job = Job.objects.in_fleet(self.fleet).select_related("company").get(pk=job_id)
        text = _("%(job)s was saved.")
        if job.company:
            text = _("%(job)s was saved and assigned to %(company)s.")
        messages.success(
            self.request, with_names(text, job=name_in_message(job), company=job.company)
        )
        return redirect(self.url_after(job))

    def url_after(self, job: Job) -> str:
        """The list as the reader left it, with the job beside it."""
        if "another" in self.request.POST:
            form = reverse("fleetcontrol:job-create", args=[self.fleet.pk])
            return with_query(form, kind=job.kind, job=job.pk)
        return with_query(self.job_list_url(job.kind), job=job.pk)


class CreateJob(JobFormView):
    writes = True

    @property
    def kind(self) -> str:
        if self.request.GET.get("kind") == Job.Kind.MAINTENANCE:
            return Job.Kind.MAINTENANCE
        return Job.Kind.INSTALLATION

    @property
    def title(self) -> str:
        return (
            _("New maintenance job")
            if self.kind == Job.Kind.MAINTENANCE
            else _("New installation job")
        )

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """Require the template, vehicle and job in the URL to exist; a form that is filled in is saved without them."""
        if request.GET.get("template") and self.template is None:
            raise Http404
        if request.GET.get("vehicle") and self.vehicle is None:
            raise Http404
        if request.GET.get("job") and self.previous is None:
            raise Http404
        return super().get(request, *args, **kwargs)

    @cached_property
    def template(self) -> JobTemplate | None:
        wanted = self.request.GET.get("template")
        if not wanted:
            return None
        try:
            return JobTemplate.objects.filter(fleet=self.fleet, pk=wanted).first()
        except ValidationError:
            return None

    @cached_property
    def vehicle(self) -> Vehicle | None:
        wanted = self.request.GET.get("vehicle")
        if not wanted:
            return None
        return Vehicle.objects.live().filter(fleet=self.fleet, pk=wanted).first()

    @cached_property
    def previous(self) -> Job | None:
        """The job that was saved before by *Save and add another*."""
        wanted = self.request.GET.get("job")
        if not wanted:
            return None
        shown = Job.objects.in_fleet(self.fleet).shown().filter(kind=self.kind)
        return shown.select_related("company").filter(pk=wanted).first()

    def make_form(self, data: QueryDict | None = None) -> JobForm:
        return FORMS[self.kind](data, fleet=self.fleet, initial=self.initial())

    def initial(self) -> dict[str, Any]:
        values: dict[str, Any] = self.previous.copies.another() if self.previous else {}
        if self.template:
            values |= self.template.for_job()
        if self.vehicle:
            values["vehicle"] = self.vehicle
        task = self.request.GET.get("task")
        if task in Job.Task.values:
            values["task"] = task
        return values

    def save(self, form: JobForm, company: Company | None) -> Job:
        return self.create(form, company, template=self.template)

    def create(self, form: JobForm, company: Company | None, **more: Any) -> Job:
        fields = {"fleet": self.fleet, "kind": self.kind, **form.values, **more}
        if company:
            return Job.create_assigned(self.request.user, company=company, **fields)
        return Job.objects.create_by(self.request.user, **fields)

    def get_context_data(self, **context: Any) -> dict[str, Any]:
        context.setdefault("cancel_url", self.job_list_url(self.kind))
        return super().get_context_data(kind=self.kind, **context)
