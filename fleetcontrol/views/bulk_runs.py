"""The progress of a large bulk action while a worker runs it, and the summary that every bulk action ends with."""

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.generic import TemplateView

from accounts.models import Company, Fleet
from core.values.bidi import with_names
from fleetcontrol import return_to
from fleetcontrol.mixins import FleetMixin
from jobs.models import BulkRun

Action = BulkRun.Action
# The session key of the run that the reader has started last.
LAST_RUN = "bulk_run"


def show_run(
    request: HttpRequest, fleet: Fleet, run_id: str, list_url: str
) -> HttpResponseRedirect:
    """Go to the progress of the run. From now on the list shows it, too."""
    request.session[LAST_RUN] = run_id
    progress_url = reverse("fleetcontrol:bulk-run", args=[fleet.pk, run_id])
    return redirect(f"{progress_url}?{return_to.parameter(list_url)}")


def forget_if_finished(request: HttpRequest, run: BulkRun) -> None:
    """Show the summary of a run once."""
    if run.finished_at and request.session.get(LAST_RUN) == run.pk:
        del request.session[LAST_RUN]


def last_run(request: Any, fleet: Fleet) -> BulkRun | None:
    """Return the run that this reader has started and whose end they have not seen; no query without one."""
    if LAST_RUN not in request.session:
        return None
    own = BulkRun.objects.filter(fleet=fleet, by=request.user, pk=request.session[LAST_RUN])
    run = own.select_related("company").first()
    if run is not None:
        forget_if_finished(request, run)
    return run


class Progress(FleetMixin, TemplateView):
    """The progress of a large bulk action; htmx loads the middle of the page, or the line above the list."""

    section = "jobs"

    def find(self) -> None:
        runs = BulkRun.objects.filter(fleet=self.fleet, pk=self.kwargs["run_id"])
        run = runs.select_related("company").first()
        if run is None:
            raise Http404
        self.run = run
        forget_if_finished(self.request, run)

    def get_template_names(self) -> list[str]:
        if "line" in self.request.GET:
            return ["fleetcontrol/jobs/progress_line.html"]
        if self.request.htmx:
            return ["fleetcontrol/jobs/progress_bar.html"]
        return ["fleetcontrol/jobs/progress.html"]

    def get_context_data(self, **context: Any) -> dict[str, Any]:
        context["run"] = self.run
        context["title"] = self.run.get_action_display()
        context["summary"] = run_summary(self.run)
        context["list_url"] = self.job_list_url(self.run.kind)
        return super().get_context_data(**context)


def run_summary(run: BulkRun) -> str:
    return summary(run.action, run.done, run.company) if run.finished_at else ""


def summary(action: str, done: int, company: Company | None = None) -> str:
    if action == Action.ASSIGN:
        text = ngettext(
            "%(n)s job was assigned to %(company)s.",
            "%(n)s jobs were assigned to %(company)s.",
            done,
        )
    elif action == Action.EDIT:
        text = ngettext("%(n)s job was changed.", "%(n)s jobs were changed.", done)
    elif action == Action.DELETE:
        text = ngettext("%(n)s job was deleted.", "%(n)s jobs were deleted.", done)
    elif action == Action.HANDBACK:
        text = ngettext("%(n)s job was asked back.", "%(n)s jobs were asked back.", done)
    elif action == Action.ROLL_OUT:
        text = ngettext(
            "The roll-out of %(n)s job was changed.",
            "The roll-out of %(n)s jobs was changed.",
            done,
        )
    elif company is None:
        text = ngettext("%(n)s job was created.", "%(n)s jobs were created.", done)
    else:
        text = ngettext(
            "%(n)s job was created and assigned to %(company)s.",
            "%(n)s jobs were created and assigned to %(company)s.",
            done,
        )
    return with_names(text, n=done, company=company)


def show_summary(
    request: HttpRequest,
    action: str,
    done: int,
    refused: dict[str, int],
    company: Company | None = None,
) -> None:
    text = summary(action, done, company)
    if refused:
        reasons = ", ".join(f"{reason}: {number}" for reason, number in refused.items())
        text = _("%(summary)s Not changed: %(reasons)s.") % {"summary": text, "reasons": reasons}
    level = messages.SUCCESS if done else messages.WARNING
    messages.add_message(request, level, text)


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
