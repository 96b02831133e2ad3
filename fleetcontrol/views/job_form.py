"""Writing a job: *Save*, and *Save & Assign* with its question. Editing one adds what job_edit says."""

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.db import IntegrityError
from django.http import Http404, HttpResponse
from django.shortcuts import redirect
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.views.generic import TemplateView

from core.moves import MoveRefused
from core.web.collisions import refusal
from core.web.once import act_once, acted_before
from core.web.pages import with_query
from fleetcontrol.forms.job import FORMS, JobForm
from fleetcontrol.job_sheet import locked_by_assigning
from fleetcontrol.mixins import FleetMixin
from fleetcontrol.views.job_typing import vin_in_work
from jobs.models import Job, JobTemplate
from telematics.models import Vehicle


class JobFormView(TemplateView):
    """GET shows the form, POST saves it; with a company it asks first. Nothing typed is lost by a refusal."""

    template_name = "fleetcontrol/jobs/form.html"
    section = "jobs"
    title = ""

    def get(self, request, **kwargs):
        return self.show(self.make_form())

    def post(self, request, **kwargs):
        if "follow" in request.POST:  # the button of those without scripts
            return self.show(self.followed(request.POST["follow"]))
        if before := acted_before(request):
            return self.saved(before)
        form = self.make_form(request.POST)
        if "back" in request.POST:  # asked, and not assigned after all: the form as it was
            return self.show(form)
        if not form.is_valid():
            return self.show_errors(form)
        company = form.cleaned_data["company"]
        if company and "confirmed" not in request.POST:
            return self.ask(form, company)
        return self.save_once(form, company)

    def save_once(self, form, company):
        try:
            saved = act_once(self.request, lambda: self.save_all(form, company))
        except MoveRefused as refused:
            return self.refuse(form, refused)
        except ValidationError as error:
            form.add_error(None, error)
            return self.show_errors(form)
        except IntegrityError as error:
            if (refused := refusal(error)) is None:
                raise
            return self.refuse(form, refused)
        return self.saved(saved)

    def save_all(self, form, company) -> str:
        """The job, and the template that it is to be kept as: both or nothing."""
        job = self.save(form, company)
        if form.cleaned_data.get("save_as_template"):
            name = form.cleaned_data["template_name"].strip()
            about = {"fleet": self.fleet, "created_by": self.request.user}
            JobTemplate.objects.create(name=name, **about, **form.for_template)
        return job.pk

    # --- what the two kinds of saving say -------------------------------------------------------------------------
    kind: str

    def make_form(self, data=None, **options) -> JobForm:
        raise NotImplementedError(f"{type(self).__name__} has no form")

    def save(self, form, company) -> Job:
        raise NotImplementedError(f"{type(self).__name__} does not save")

    def refuse(self, form, refused: MoveRefused):
        form.refuse(refused)
        return self.show_errors(form)

    # --- answers --------------------------------------------------------------------------------------------------
    def show(self, form, status=200, **context):
        return self.render_to_response(self.get_context_data(form=form, title=self.title, **context), status=status)

    def show_errors(self, form, **context):
        """In the page; a dialog that was to ask lets the form be sent as if there were none."""
        if self.request.htmx:
            return HttpResponse(status=204, headers={"HX-Trigger": "send-form"})
        return self.show(form, **context)

    def ask(self, form, company):
        """*Save & Assign* names the company and what becomes locked, before anything is written."""
        told = [
            (name, value)
            for name, values in self.request.POST.lists()
            for value in values
            if name not in ("csrfmiddlewaretoken", "back")
        ]
        partnership = self.fleet.partnerships.accepted().get(company=company)
        context = self.get_context_data(
            form=None,
            title=_("Assign to %(company)s?") % {"company": company},
            company=company,
            allow_override=partnership.allow_override,
            locked=locked_by_assigning(form.instance),
            told=told,
            action=self.request.get_full_path(),
        )
        self.template_name = f"fleetcontrol/jobs/ask_assign{'_dialog' if self.request.htmx else ''}.html"
        return self.render_to_response(context)

    def saved(self, job_id: str):
        job = Job.objects.in_fleet(self.fleet).select_related("company").get(pk=job_id)
        typed = job.vin if job.kind == Job.Kind.INSTALLATION else ""
        if used := vin_in_work(self.fleet, typed, job_id=job.pk, vehicle=job.vehicle_id or ""):
            messages.warning(self.request, used)
        done = _("The job is saved and assigned to %(company)s.") if job.company else _("The job is saved.")
        messages.success(self.request, done % {"company": job.company})
        return redirect(self.url_after(job))

    def url_after(self, job) -> str:
        """The list as the reader left it, with the job beside it."""
        return with_query(self.job_list_url(job.kind), job=job.pk)

    def followed(self, trigger: str) -> JobForm:
        return FORMS[self.kind].followed(self.request.POST, trigger=trigger, fleet=self.fleet)


class CreateJob(FleetMixin, JobFormView):
    writes = True
    section = "jobs"

    @property
    def kind(self):
        return Job.Kind.MAINTENANCE if self.request.GET.get("kind") == Job.Kind.MAINTENANCE else Job.Kind.INSTALLATION

    @property
    def title(self):
        return _("New maintenance job") if self.kind == Job.Kind.MAINTENANCE else _("New installation job")

    def get(self, request, **kwargs):
        """What the form is to begin with has to be there; once it is filled in, it is saved without, too."""
        named = {"template": self.template, "vehicle": self.vehicle}
        if any(request.GET.get(name) and row is None for name, row in named.items()):
            raise Http404
        return super().get(request, **kwargs)

    @cached_property
    def template(self) -> JobTemplate | None:
        """The template that the address names, of this fleet."""
        wanted = self.request.GET.get("template")
        try:
            return JobTemplate.objects.filter(fleet=self.fleet, pk=wanted).first() if wanted else None
        except ValidationError:
            return None

    @cached_property
    def vehicle(self) -> Vehicle | None:
        wanted = self.request.GET.get("vehicle")
        return Vehicle.objects.live().filter(fleet=self.fleet, pk=wanted).first() if wanted else None

    def make_form(self, data=None, **options):
        return FORMS[self.kind](data, fleet=self.fleet, initial=self.initial(), **options)

    def initial(self) -> dict:
        vehicle = {"vehicle": self.vehicle} if self.vehicle else {}
        return {**(self.template.for_job() if self.template else {}), **vehicle}

    def save(self, form, company):
        fields = {"fleet": self.fleet, "kind": self.kind, "template": self.template, **form.values}
        if company:
            return Job.objects.create_assigned(self.request.user, company=company, **fields)
        return Job.objects.create_by(self.request.user, **fields)

    def get_context_data(self, **context):
        return super().get_context_data(cancel_url=self.job_list_url(self.kind), kind=self.kind, **context)
