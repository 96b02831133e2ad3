"""The pages *Installation Jobs* and *Maintenance Jobs*: a manager's day."""

from zoneinfo import ZoneInfo

from django.http import HttpResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _
from django.views.generic import TemplateView

from core.web.counts import count
from core.web.lists import NEW, SHOWN, ListView
from core.web.live import LIVE
from core.web.pages import with_query
from fleetcontrol import job_counts, way_back
from fleetcontrol.filters.jobs import JobFilter
from fleetcontrol.job_counts import ALL
from fleetcontrol.job_sheet import JobSheet
from fleetcontrol.mixins import FleetMixin
from fleetcontrol.tables.jobs import InstallationJobTable, MaintenanceJobTable
from fleetcontrol.views.bulk_runs import last_begun, said
from fleetcontrol.views.columns import ChosenColumns
from fleetcontrol.views.job_detail import panel_urls
from fleetcontrol.views.job_narrowing import KindMixin, Narrowing, lasting
from jobs.freshness import Look
from jobs.models import Job

PAGES = {"installation_jobs": _("Installation Jobs"), "maintenance_jobs": _("Maintenance Jobs")}

# What a look at the list brings beside rows, tabs and the foot of the table.
LIVE_PARTS = ["fleetcontrol/jobs/kind_tabs.html", "fleetcontrol/jobs/all_that_match.html"]


class JobList(ChosenColumns, FleetMixin, ListView):
    template_name = "fleetcontrol/jobs/list.html"
    section = "jobs"

    @property
    def kind(self):
        return self.table_class.kind

    @property
    def table_name(self) -> str:
        return f"{self.kind.lower()}_jobs"

    # --- rows and tabs --------------------------------------------------------------------------------------------
    @cached_property
    def narrowing(self) -> Narrowing:
        return Narrowing(self.fleet, self.kind, self.request.GET, self.request)

    def get_queryset(self):
        if self.narrowing.sought.wanted and not self.is_looking_again:
            return self.narrowing.shown_once_found
        return self.narrowing.shown

    @property
    def is_looking_again(self) -> bool:
        return "live" in self.request.GET

    def count(self, ahead=None):
        """Of each status, of the rows shown, which are those of a tab, and of each kind."""
        fleet = job_counts.of_fleet(self.fleet)
        if self.narrowing.is_asked:
            counts = job_counts.narrowed(self.narrowing, ahead, quickly=not self.is_looking_again)
        else:
            counts = fleet[self.kind] | ({} if ahead is None else {NEW: count(ahead)})
        kinds = {kind: fleet[kind][ALL] for kind in fleet}
        return {SHOWN: counts[self.narrowing.status or ALL], **counts, **kinds}

    def dispatch(self, request, *args, **kwargs):
        """Two seconds later most of the time nothing has changed in the whole fleet.

        Then whoever was shown this very list, and told so, is told so again without looking up what he may see: that
        gives away nothing, and is believed for seconds only.
        """
        if "live" in request.GET and request.user.is_authenticated:
            self.look = Look(kwargs["fleet_id"], f"{request.user.pk} {request.get_full_path()}")
            if self.look.is_same:
                return HttpResponse(status=204)
        return super().dispatch(request, *args, **kwargs)

    def get_changes(self, here, seen):
        answer = super().get_changes(here, seen)
        if answer.status_code == 204:
            self.look.was_same()
        return answer

    def get_tabs(self, counts):
        here = f"{self.request.path}?{lasting(self.request.GET).urlencode()}"
        tabs = [("", _("All"), counts[ALL])]
        tabs += [(status.value, status.label, counts[status]) for status in Job.Status.shown()]
        return [
            {
                "url": with_query(here, status=value or None),
                "label": label,
                "count": count,
                "current": value == self.narrowing.status,
            }
            for value, label, count in tabs
        ]

    def list_context(self, table, page, counts, **more):
        return super().list_context(table, page, counts, pages=self.pages(counts), live_parts=LIVE_PARTS, **more)

    def pages(self, counts):
        """The tabs of the header."""
        return [
            {
                "url": reverse(f"fleetcontrol:{name}", args=[self.fleet.pk]),
                "label": PAGES[name],
                "count": counts[kind],
                "current": kind == self.kind,
            }
            for kind, name in zip(Job.Kind.values, PAGES, strict=True)
        ]

    # --- table ----------------------------------------------------------------------------------------------------
    @property
    def sort(self):
        return self.narrowing.sort

    def get_table_options(self):
        return {
            "picks": self.may_write,
            "menus": self.may_write,
            "today": timezone.localdate(timezone=ZoneInfo(self.fleet.time_zone)),
            "row_url": "../{}/",  # beside the list; fifty times the whole path would be a kilobyte
        }

    def get_context_data(self, **context):
        kept = lasting(self.request.GET)
        here = f"{self.request.path}?{kept.urlencode()}"
        return super().get_context_data(
            title=PAGES[self.table_name],
            kind=self.kind,
            table_name=self.table_name,
            chips=self.chips(here),
            clear_url=with_query(self.request.path, status=self.narrowing.status or None),
            is_narrowed=self.narrowing.is_asked,
            sought=self.narrowing.sought,
            query_string=kept.urlencode(),
            kept=[(name, value) for name, value in kept.items() if name != "search"],
            **self.bulk_run(),
            **{"from_here": way_back.tell(self.shown_url)} | self.panel(),
            **context,
        )

    def bulk_run(self) -> dict:
        """The large bulk act that the reader has begun: how far it is, and what came of it."""
        run = None if "live" in self.request.GET else last_begun(self.request, self.fleet)
        return {"run": run, "said": said(run)} if run else {}

    def chips(self, here: str) -> list[dict]:
        chips = self.narrowing.filter.chips() if self.narrowing.is_asked else []
        return [chip | {"remove_url": with_query(here, **{chip["name"]: None})} for chip in chips]

    @property
    def shown_url(self) -> str:
        """This very list with its page and its details, also where somebody only looks whether it has changed."""
        return with_query(self.request.get_full_path(), **dict.fromkeys(LIVE))

    def panel(self) -> dict:
        """The details beside the table, where the address names a job."""
        job = None
        if wanted := self.request.GET.get("job"):
            rows = Job.objects.in_fleet(self.fleet).shown().for_sheet().select_related("company", "planned_unit")
            job = rows.by_id(wanted)
        if job is None:
            return {"is_gone": bool(wanted)}
        job.fleet = self.fleet
        sheet = JobSheet(job)
        return {"job": job, "sheet": sheet, **panel_urls(job, sheet, self.shown_url)}


class InstallationJobs(JobList):
    table_class = InstallationJobTable


class MaintenanceJobs(JobList):
    table_class = MaintenanceJobTable


class FilterJobs(KindMixin, TemplateView):
    """What the list can be narrowed by: a dialog over it, or a page. Its choices are read only when asked for."""

    def get_template_names(self):
        return [f"fleetcontrol/jobs/filter{'_dialog' if self.request.htmx else ''}.html"]

    def get_context_data(self, **context):
        self.request.fleet = self.fleet
        form = JobFilter(self.query, queryset=Job.objects.none(), request=self.request).form
        kept = [(name, value) for name, value in self.query.items() if name not in form.fields or name == "search"]
        del form.fields["search"]
        return super().get_context_data(form=form, kept=kept, **context)
