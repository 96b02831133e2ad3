"""*Bulk Assign*, *Bulk Edit*, *Bulk Delete*: a selection, a preview, one summary. *Create Multiple Jobs* ends alike."""

from typing import ClassVar

from django.core.exceptions import ValidationError
from django.http import Http404
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.generic import TemplateView

from core.moves import MoveRefused
from core.web.confirm import ConfirmView
from core.web.once import act_once, acted_before
from fleetcontrol import way_back
from fleetcontrol.forms.bulk import BulkAssignForm, BulkDeleteForm, BulkEditForm, CreateManyForm
from fleetcontrol.mixins import FleetMixin
from fleetcontrol.views.bulk_runs import answer
from fleetcontrol.views.job_narrowing import KindMixin
from jobs.models import BulkRun, Job, JobTemplate
from jobs.models.bulk_run import BATCH, frozen
from jobs.words import Words

Act = BulkRun.Act
FORMS = {Act.ASSIGN: BulkAssignForm, Act.EDIT: BulkEditForm, Act.DELETE: BulkDeleteForm}
SUBMIT = {Act.ASSIGN: gettext_lazy("Assign"), Act.EDIT: gettext_lazy("Preview"), Act.DELETE: gettext_lazy("Delete")}


class Bulk(KindMixin, TemplateView):
    """POST from the list shows the preview, POST from the preview acts. The selection travels with the form."""

    writes = True
    template_name = "fleetcontrol/jobs/bulk.html"

    def find(self):
        super().find()
        self.act = self.kwargs["act"].upper()
        if self.act not in FORMS:
            raise Http404

    def get(self, request, **kwargs):
        """Who comes back from signing in: his selection and what he typed are sent once more, by the page (app.js)."""
        return self.preview(self.make_form())

    def make_form(self, data=None):
        return FORMS[self.act](data, fleet=self.fleet, kind=self.kind)

    def post(self, request, **kwargs):
        sent = request.POST.get("step")
        if self.act == Act.EDIT and ("follow" in request.POST or request.htmx):
            about = {"fleet": self.fleet, "kind": self.kind, "trigger": "vehicle_model"}
            return self.preview(BulkEditForm.followed(request.POST, **about))
        form = self.make_form(request.POST if sent else None)
        if "again" in request.POST or not sent or not form.is_valid():
            return self.preview(form)
        if self.act == Act.EDIT and sent != "confirmed":
            return self.preview(form, changes=form.changes)
        if (not self.total or self.has_grown) and not acted_before(request):
            return self.look_again(form)
        return self.act_once(form)

    def look_again(self, form):
        if self.has_grown:
            form.add_error(None, _("By now these are more jobs than when you looked. Look at the numbers again."))
        return self.preview(form, changes=form.changes if self.act == Act.EDIT else None)

    def act_once(self, form):
        try:
            done = act_once(self.request, lambda: self.carry_out(form))
        except MoveRefused as refused:
            form.add_error(None, str(refused))
        except ValidationError as error:
            form.add_error(None, error)
        else:
            return answer(self, self.act, done, self.left, form.cleaned_data.get("company"))
        return self.preview(form)

    # --- the selection --------------------------------------------------------------------------------------------
    @property
    def everything(self) -> bool:
        """All that match, on whichever page."""
        return "all" in self.request.POST

    @cached_property
    def until(self) -> str | None:
        """The newest job there was at the preview: what came later was not looked at."""
        if told := self.request.POST.get("until"):
            return as_id(told)
        return self.narrowed().order_by("-pk").values_list("pk", flat=True).first()

    @cached_property
    def selected(self):
        if self.everything:
            return self.narrowed().filter(pk__lte=self.until) if self.until else Job.objects.none()
        wanted = [as_id(text) for text in self.request.POST.getlist("select")]
        return Job.objects.in_fleet(self.fleet).filter(kind=self.kind, pk__in=wanted).shown()

    # --- preview --------------------------------------------------------------------------------------------------
    @cached_property
    def total(self) -> int:
        return self.selected.count()

    @cached_property
    def obstacles(self) -> dict[str, int]:
        return self.selected.obstacles(self.act.lower())

    @cached_property
    def movable(self) -> int:
        return self.total - sum(self.obstacles.values())

    @property
    def has_grown(self) -> bool:
        """Whether more would be moved than the reader has been told of: others have made jobs match meanwhile."""
        told = self.request.POST.get("movable", "")
        return self.everything and told.isdecimal() and len(told) < 10 and self.movable > int(told)

    def preview(self, form, changes=None):
        total = self.total
        obstacles = self.obstacles | (self.selected.unfit(changes) if changes else {})
        context = self.get_context_data(
            form=form,
            title=Act(self.act).label,
            act=self.act,
            total=total,
            able=max(0, total - sum(obstacles.values())),
            obstacles=obstacles,
            movable=self.movable,
            matching=None if self.everything or total else self.narrowed().count(),
            everything=self.everything,
            until=self.until if self.everything else "",
            picked=[] if self.everything else list(self.selected.values_list("pk", flat=True)),
            changes=self.in_words(changes),
            told=self.told() if changes else [],
            submit=_("Set for all of them") if changes else SUBMIT[self.act],
            step=self.next_step(total, changes),
        )
        return self.render_to_response(context)

    def next_step(self, total, changes) -> str:
        """What the page's button sends; where nothing is selected yet, it shows a preview and does not act."""
        if not total:
            return ""
        return "confirmed" if changes or self.act != Act.EDIT else "filled"

    def told(self):
        names = {"touch", *self.request.POST.getlist("touch")}
        return [(name, value) for name in names for value in self.request.POST.getlist(name)]

    @staticmethod
    def in_words(changes):
        if not changes:
            return []
        plain = {name: getattr(value, "pk", value) for name, value in changes.items()}
        words = Words.for_values(plain.items())
        return [(words.label(name), words.value(name, value)) for name, value in plain.items()]

    # --- act ------------------------------------------------------------------------------------------------------
    left: ClassVar[dict[str, int]] = {}  # as they are, by reason; a repeat does not count them once more

    def carry_out(self, form) -> str:
        about = {"fleet": self.fleet, "by": self.request.user}
        company = form.cleaned_data.get("company")
        changes = form.changes if self.act == Act.EDIT else {}
        if self.total > BATCH:
            about |= {"kind": self.kind, "total": self.total, "company": company, "changes": frozen(changes)}
            return BulkRun.objects.begin(self.act, self.selected, **about).pk
        obstacles = dict(self.obstacles)
        if self.act == Act.ASSIGN:
            done = self.selected.assign_all(company, **about).done
        elif self.act == Act.EDIT:
            done, unfit = self.selected.edit_all(**about, **changes)
            obstacles |= unfit
        else:
            done = self.selected.delete_all(**about).done
        self.left = obstacles
        return str(len(done))


def as_id(text: str) -> str:
    """The id of a job as a form carried it along; what is none leads nowhere."""
    try:
        return Job._meta.pk.to_python(text)
    except ValidationError as error:
        raise Http404 from error


class CreateMany(FleetMixin, ConfirmView):
    writes = True
    section = "jobs"
    base_template = "fleetcontrol/base.html"
    title = gettext_lazy("Create Multiple Jobs")
    lead = gettext_lazy("Jobs alike, from a template. What makes each vehicle its own is filled in later.")
    submit = gettext_lazy("Create")
    form_class = CreateManyForm
    question_template = "fleetcontrol/jobs/many_locked.html"
    run = None

    def get_form_kwargs(self):
        return super().get_form_kwargs() | {"fleet": self.fleet}

    def get_initial(self):
        return super().get_initial() | {"template": self.request.GET.get("template")}

    def form_valid(self, form):
        try:
            done = act_once(self.request, lambda: self.create(**form.cleaned_data))
        except MoveRefused as refused:
            form.add_error(None, str(refused))
            return self.form_invalid(form)
        return answer(self, Act.CREATE, done, {}, form.cleaned_data["company"])

    def create(self, template, number, company) -> str:
        about = {"fleet": self.fleet, "by": self.request.user, "template": template, "company": company}
        if number > BATCH:
            return BulkRun.objects.begin(Act.CREATE, None, total=number, **about).pk
        return str(len(Job.objects.create_many(number, **about).done))

    def get_success_url(self):
        return self.list_url

    @property
    def list_url(self) -> str:
        return self.job_list_url(Job.Kind.INSTALLATION)


class FromTemplate(FleetMixin, TemplateView):
    """*Select from Templates*: a click fills the job form in."""

    writes = True
    section = "jobs"

    def get_template_names(self):
        return [f"fleetcontrol/jobs/from_template{'_dialog' if self.request.htmx else ''}.html"]

    def get_context_data(self, **context):
        templates = JobTemplate.objects.filter(fleet=self.fleet).select_related("vehicle_model")
        about = {"templates": templates, "from_here": way_back.tell(self.came_from)}
        return super().get_context_data(title=_("Select from Templates"), **about, **context)
