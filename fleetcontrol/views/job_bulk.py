"""*Bulk Assign*, *Bulk Edit*, *Bulk Delete*: a selection, a preview, a summary. Also *Create Multiple Jobs*."""

from typing import Any

from django import forms
from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.generic import TemplateView

from accounts.models import Company
from core.errors import MoveRefused
from core.web.confirm import ConfirmView
from core.web.dialogs import DialogMixin
from core.web.once import answer_form_once, form_answer
from core.web.posted import names_of, require_field
from fleetcontrol import return_to
from fleetcontrol.forms.bulk import (
    BulkAssignForm,
    BulkEditForm,
    BulkHandbackForm,
    BulkPlainForm,
    CreateManyForm,
)
from fleetcontrol.mixins import FleetMixin
from fleetcontrol.views.bulk_runs import Action, show_run, show_summary
from fleetcontrol.views.confirm_assigning import ConfirmAssigning
from fleetcontrol.views.job_filtering import KindMixin
from jobs.models import BulkRun, Job, JobTemplate
from jobs.models.bulk_run import BATCH, frozen
from jobs.models.job_queryset import JobQuerySet
from jobs.moves.many import Outcome
from jobs.reading.words import Words
from jobs.warnings import Draft, counted, warnings_of, warnings_of_all

FORMS: dict[str, Any] = {
    Action.ASSIGN: BulkAssignForm,
    Action.EDIT: BulkEditForm,
    Action.HANDBACK: BulkHandbackForm,
    Action.AGAIN: BulkPlainForm,
    Action.DELETE: BulkPlainForm,
}
SUBMIT = {
    Action.ASSIGN: gettext_lazy("Assign"),
    Action.HANDBACK: gettext_lazy("Ask the partner"),
    Action.AGAIN: gettext_lazy("Create"),
    Action.DELETE: gettext_lazy("Delete"),
}


FIELDS_TEMPLATES: dict[str, str] = {Action.EDIT: "fleetcontrol/jobs/bulk_fields.html"}
MEANING_TEMPLATES: dict[str, str] = {
    Action.ASSIGN: "fleetcontrol/jobs/bulk_locked.html",
    Action.DELETE: "fleetcontrol/jobs/bulk_deleted.html",
    Action.HANDBACK: "fleetcontrol/jobs/bulk_asked_back.html",
    Action.AGAIN: "fleetcontrol/jobs/bulk_again.html",
}


def able_of_total(action: str, able: int, total: int) -> str:
    sentences: dict[str, str] = {
        Action.ASSIGN: ngettext(
            "%(able)s of %(total)s selected job can be assigned.",
            "%(able)s of %(total)s selected jobs can be assigned.",
            total,
        ),
        Action.EDIT: ngettext(
            "%(able)s of %(total)s selected job can be changed.",
            "%(able)s of %(total)s selected jobs can be changed.",
            total,
        ),
        Action.DELETE: ngettext(
            "%(able)s of %(total)s selected job can be deleted.",
            "%(able)s of %(total)s selected jobs can be deleted.",
            total,
        ),
        Action.HANDBACK: ngettext(
            "%(able)s of %(total)s selected job can be asked back.",
            "%(able)s of %(total)s selected jobs can be asked back.",
            total,
        ),
        Action.AGAIN: ngettext(
            "%(able)s of %(total)s selected job can be created again.",
            "%(able)s of %(total)s selected jobs can be created again.",
            total,
        ),
    }
    return sentences[action] % {"able": able, "total": total}


class BulkMixin(FleetMixin):
    """The end of a bulk action: back to the list with a summary, or to the progress of its run."""

    @property
    def list_url(self) -> str:
        raise NotImplementedError(f"{type(self).__name__} names no list")

    def finish(
        self, action: str, result: str, not_changed: dict[str, int], company: Company | None
    ) -> HttpResponse:
        """`result` is the number of changed jobs, or the id of a run that a worker continues."""
        if not result.isdecimal():
            return show_run(self.request, self.fleet, result, self.list_url)
        show_summary(self.request, action, int(result), not_changed, company)
        return redirect(self.list_url)


class Bulk(KindMixin, BulkMixin, TemplateView):
    """POST from the list shows the preview, POST from the preview changes the jobs. The form carries the selection."""

    writes = True
    template_name = "fleetcontrol/jobs/bulk.html"
    posted = (
        *("query", "select", "all", return_to.PARAMETER),
        *("step", "until", "movable", "again", "follow"),
    )
    # How many jobs are not changed, by reason. A repeated request does not count them again.
    not_changed: dict[str, int] = {}

    def find(self) -> None:
        super().find()
        self.action = self.kwargs["action"].upper()
        if self.action not in FORMS:
            raise Http404

    def get(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        """The return from signing in: the page sends selection and form once more (static/js/page/drafts.js)."""
        return self.preview(self.make_form())

    def names_of_form(self) -> set[str]:
        return names_of(self.make_form())

    def make_form(self, data: Any = None) -> Any:
        return FORMS[self.action](data, fleet=self.fleet, kind=self.kind)

    def post(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        step = request.POST.get("step")
        if step and self.everything:
            # What the preview counted: without it, jobs would change that nobody has seen.
            require_field(request, "until")
            require_field(request, "movable")
        if self.action == Action.EDIT and ("follow" in request.POST or self.request.htmx):
            return self.preview(self.followed())
        form = self.make_form(request.POST if step else None)
        if "again" in request.POST or not step or not form.is_valid():
            return self.preview(form)
        if self.action == Action.EDIT and step != "confirmed":
            return self.preview(form, changes=form.changes)
        if (not self.total or self.has_grown) and not form_answer(request):
            return self.preview_again(form)
        return self.change_once(form)

    def followed(self) -> Any:
        return BulkEditForm.followed(
            self.request.POST, trigger="vehicle_model", fleet=self.fleet, kind=self.kind
        )

    def preview_again(self, form: Any) -> HttpResponse:
        if self.has_grown:
            form.add_error(
                None, _("More jobs match now than in your preview. Check the numbers again.")
            )
        return self.preview(form, changes=form.changes if self.action == Action.EDIT else None)

    def change_once(self, form: Any) -> HttpResponse:
        try:
            result = answer_form_once(self.request, lambda: self.change(form))
        except MoveRefused as refused:
            form.add_error(None, str(refused))
        except ValidationError as error:
            form.add_error(None, error)
        else:
            return self.finish(
                self.action, result, self.not_changed, form.cleaned_data.get("company")
            )
        return self.preview(form)

    # --- the selection --------------------------------------------------------------------------------------------
    @property
    def everything(self) -> bool:
        """Whether all jobs that match are selected, on every page."""
        return "all" in self.request.POST

    @cached_property
    def until(self) -> str | None:
        """The newest job at the time of the preview: later jobs were not in it."""
        if sent := self.request.POST.get("until"):
            return as_id(sent)
        return self.filtered_jobs.shown.order_by("-pk").values_list("pk", flat=True).first()

    @cached_property
    def selected(self) -> JobQuerySet:
        if self.everything:
            return (
                self.filtered_jobs.shown.filter(pk__lte=self.until)
                if self.until
                else Job.objects.none()
            )
        wanted = [as_id(text) for text in self.request.POST.getlist("select")]
        return Job.objects.in_fleet(self.fleet).filter(kind=self.kind, pk__in=wanted).shown()

    # --- preview --------------------------------------------------------------------------------------------------
    @cached_property
    def total(self) -> int:
        return self.selected.count()

    @cached_property
    def obstacles(self) -> dict[str, int]:
        return self.selected.obstacles(Action(self.action).verb)

    @cached_property
    def movable(self) -> int:
        return self.total - sum(self.obstacles.values())

    @property
    def has_grown(self) -> bool:
        """Whether more jobs would be changed than the preview showed: others have made more jobs match."""
        shown = self.request.POST.get("movable", "")
        is_number = shown.isdecimal() and len(shown) < 10
        return self.everything and is_number and self.movable > int(shown)

    def preview(self, form: Any, changes: dict[str, Any] | None = None) -> HttpResponse:
        context = self.get_context_data(
            form=form, **self.selection_context(), **self.changes_context(changes)
        )
        return self.render_to_response(context)

    def selection_context(self) -> dict[str, Any]:
        return {
            "title": Action(self.action).label,
            "search": self.filtered_jobs.search,
            "search_url": reverse(f"fleetcontrol:{self.table_name}", args=[self.fleet.pk]),
            "not_found": self.filtered_jobs.not_found,
            "total": self.total,
            "movable": self.movable,
            "matching": None if self.everything or self.total else self.filtered_jobs.shown.count(),
            "everything": self.everything,
            "until": self.until if self.everything else "",
            "picked": [] if self.everything else list(self.selected.values_list("pk", flat=True)),
            "locked": self.locked(),
            "submit_class": "btn-danger" if self.action == Action.DELETE else "btn-primary",
            "fields_template": FIELDS_TEMPLATES.get(self.action, "components/fields.html"),
            "meaning_template": MEANING_TEMPLATES.get(self.action, ""),
        }

    def changes_context(self, changes: dict[str, Any] | None) -> dict[str, Any]:
        obstacles = dict(self.obstacles)
        if changes:
            obstacles |= self.selected.unfit(changes)
        able = max(0, self.total - sum(obstacles.values()))
        return {
            "obstacles": obstacles,
            "able": able,
            "able_of_total": able_of_total(self.action, able, self.total),
            "changes": in_words(changes or {}),
            "warnings": self.warnings(changes),
            "sent": self.sent() if changes else [],
            "submit": self.submit_label(able, changes),
            "step": self.next_step(changes),
        }

    def submit_label(self, able: int, changes: dict[str, Any] | None) -> str:
        """With the number of jobs, where the button changes them."""
        if self.action == Action.EDIT and not changes:
            return _("Preview")
        label = _("Set for all of them") if changes else SUBMIT[self.action]
        return f"{label} ({able})"

    def warnings(self, changes: dict[str, Any] | None) -> list[tuple[str, str]]:
        """Warnings before these jobs change; not counted for very many jobs."""
        assigns_or_edits = self.action == Action.ASSIGN or bool(changes)
        if not assigns_or_edits or self.total > BATCH:
            return []
        jobs = self.selected.filter(status=Job.Status.PENDING).select_related("vehicle_model")
        drafts = [Draft.of(job).changed(changes or {}) for job in jobs]
        return counted(warnings_of_all(self.fleet, drafts))

    def locked(self) -> list[tuple[str, int]]:
        """The fields that assigning locks, each with the number of its jobs; not counted for very many jobs."""
        if self.action != Action.ASSIGN or self.total > BATCH:
            return []
        counts = self.selected.set_before_assigning(self.kind)
        return [(Words.label(name), number) for name, number in counts.items()]

    def next_step(self, changes: dict[str, Any] | None) -> str:
        """What the page's button sends; while nothing is selected, it shows a preview and changes nothing."""
        if not self.total:
            return ""
        return "confirmed" if changes or self.action != Action.EDIT else "filled"

    def sent(self) -> list[tuple[str, str]]:
        """The form as it was sent, which the confirmation carries."""
        names = {"touch", *self.request.POST.getlist("touch")}
        return [(name, value) for name in names for value in self.request.POST.getlist(name)]

    # --- change ---------------------------------------------------------------------------------------------------
    def change(self, form: Any) -> str:
        given = dict(form.cleaned_data)
        if self.action == Action.EDIT:
            given = form.changes
        if self.total > BATCH:
            return self.begin_run(given.pop("company", None), given)
        not_changed = dict(self.obstacles)
        outcome = self.change_all(given)
        if self.action == Action.EDIT:
            not_changed |= outcome.refused
        self.not_changed = not_changed
        return str(len(outcome.done))

    def change_all(self, given: dict[str, Any]) -> Outcome:
        """`given` are the arguments of the move, as the form has them."""
        moves: dict[str, Any] = {
            Action.ASSIGN: self.selected.assign_all,
            Action.EDIT: self.selected.edit_all,
            Action.HANDBACK: self.selected.request_handback_all,
            Action.AGAIN: self.selected.create_again_all,
            Action.DELETE: self.selected.delete_all,
        }
        return moves[self.action](fleet=self.fleet, by=self.request.user, **given)

    def begin_run(self, company: Company | None, changes: dict[str, Any]) -> str:
        run = BulkRun.objects.begin(
            self.action,
            self.selected,
            fleet=self.fleet,
            by=self.request.user,
            kind=self.kind,
            total=self.total,
            company=company,
            changes=frozen(changes),
        )
        return str(run.pk)


def in_words(changes: dict[str, Any]) -> list[tuple[str, str]]:
    plain = {name: getattr(value, "pk", value) for name, value in changes.items()}
    words = Words.for_values(plain.items())
    return [(words.label(name), words.value(name, value)) for name, value in plain.items()]


def as_id(text: str) -> str:
    """Return the id of a job that a form carries; raise Http404 for any other text."""
    try:
        return Job._meta.pk.to_python(text)
    except ValidationError as error:
        raise Http404 from error


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
            messages.warning(self.request, one.message)
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
