"""What becomes of a large bulk act while a worker goes on with it, and the one summary that every bulk act ends in."""

from django.contrib import messages
from django.http import Http404
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.generic import TemplateView

from fleetcontrol import way_back
from fleetcontrol.mixins import FleetMixin
from jobs.models import BulkRun

Act = BulkRun.Act
# Under this name the session remembers what the reader has begun last.
BEGUN = "bulk_run"


def answer(view, act: str, done: str, left: dict[str, int], company):
    """Back to the list with the summary of how many are `done`; where that is the id of a run, to its progress."""
    if not done.isdecimal():
        return begun(view.request, view.fleet, done, view.list_url)
    tell(view.request, act, int(done), left, company)
    return redirect(view.list_url)


def begun(request, fleet, run_id: str, list_url: str):
    """To its progress, and from there back to the list; from now on that shows it too."""
    request.session[BEGUN] = run_id
    return redirect(f"{reverse('fleetcontrol:bulk-run', args=[fleet.pk, run_id])}?{way_back.tell(list_url)}")


def seen(request, run: BulkRun) -> None:
    """Its end is told once."""
    if run.finished_at and request.session.get(BEGUN) == run.pk:
        del request.session[BEGUN]


def last_begun(request, fleet) -> BulkRun | None:
    """What this reader has begun and not yet seen the end of; asks the database only if there is something."""
    if BEGUN not in request.session:
        return None
    mine = BulkRun.objects.filter(fleet=fleet, by=request.user, pk=request.session[BEGUN]).select_related("company")
    run = mine.first()
    if run is not None:
        seen(request, run)
    return run


class Progress(FleetMixin, TemplateView):
    """How far a large bulk act is; htmx asks for the middle of the page, or for the line above the list."""

    section = "jobs"

    def find(self):
        self.run = BulkRun.objects.filter(fleet=self.fleet, pk=self.kwargs["run_id"]).select_related("company").first()
        if self.run is None:
            raise Http404
        seen(self.request, self.run)

    def get_template_names(self):
        part = "_line" if "line" in self.request.GET else "_bar" if self.request.htmx else ""
        return [f"fleetcontrol/jobs/progress{part}.html"]

    def get_context_data(self, **context):
        about = {"run": self.run, "title": self.run.get_act_display(), "said": said(self.run)}
        return super().get_context_data(list_url=self.job_list_url(self.run.kind), **about, **context)


def said(run: BulkRun) -> str:
    return summary(run.act, run.done, run.company) if run.finished_at else ""


def summary(act: str, done: int, company=None) -> str:
    said = {
        Act.ASSIGN: ngettext("%(n)s job is assigned to %(company)s.", "%(n)s jobs are assigned to %(company)s.", done),
        Act.EDIT: ngettext("%(n)s job is changed.", "%(n)s jobs are changed.", done),
        Act.DELETE: ngettext("%(n)s job is deleted.", "%(n)s jobs are deleted.", done),
        Act.CREATE: ngettext("%(n)s job is created.", "%(n)s jobs are created.", done)
        if company is None
        else ngettext(
            "%(n)s job is created and assigned to %(company)s.",
            "%(n)s jobs are created and assigned to %(company)s.",
            done,
        ),
    }
    return said[act] % {"n": done, "company": company}


def tell(request, act: str, done: int, refused: dict[str, int], company=None) -> None:
    told = summary(act, done, company)
    if refused:
        others = ", ".join(f"{reason}: {number}" for reason, number in refused.items())
        told = _("%(said)s Left as they are: %(others)s.") % {"said": told, "others": others}
    (messages.success if done else messages.warning)(request, told)
