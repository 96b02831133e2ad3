"""The pages *Installation Jobs* and *Maintenance Jobs*."""

from collections.abc import Iterable
from typing import Any

from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _
from django.views.generic import TemplateView

from core.web.dialogs import DialogMixin
from core.web.lists.counts import Count, count
from core.web.lists.live import LIVE
from core.web.lists.pages import CursorPage, with_query
from core.web.lists.tables import Table
from core.web.lists.views import NEW, SHOWN, ListView
from fleetcontrol import job_counts, return_to
from fleetcontrol.empty_tabs import JOBS, EmptyTab
from fleetcontrol.filters.jobs import STATUS_LABEL, StatusFilter
from fleetcontrol.job_counts import ALL, STATUSES
from fleetcontrol.mixins import FleetMixin
from fleetcontrol.tables.jobs import InstallationJobTable, JobTable, MaintenanceJobTable
from fleetcontrol.views.bulk_runs import last_run, run_summary
from fleetcontrol.views.columns import ChosenColumns
from fleetcontrol.views.job_detail import panel_urls
from fleetcontrol.views.job_filtering import LIST_PARAMETERS, FilteredJobs, KindMixin
from fleetcontrol.views.kind_tabs import TITLES, kind_tabs
from fleetcontrol.views.of_list import list_parameters, parameter_pairs
from jobs.freshness import ChangeCheck
from jobs.models import Job
from jobs.models.job_queryset import JobQuerySet
from jobs.reading.job_sheet import JobSheet

# What a check for changes updates besides rows, tabs and the foot of the table.
LIVE_PARTS = ["fleetcontrol/jobs/kind_tabs.html", "fleetcontrol/jobs/all_that_match.html"]


class JobList(ChosenColumns, FleetMixin, ListView):
    table_class: type[JobTable]
    current_parameter = "job"
    template_name = "fleetcontrol/jobs/list.html"
    section = "jobs"
    tab_labels = {ALL: _("All"), **{status.value: status.label for status in Job.Status.shown()}}

    @property
    def kind(self) -> str:
        return self.table_class.kind

    @property
    def table_name(self) -> str:
        return f"{self.kind.lower()}_jobs"

    @property
    def current_tab(self) -> str:
        return self.filtered_jobs.tab

    @property
    def wanted_tab(self) -> str:
        return self.filtered_jobs.unknown_status

    @property
    def is_tab_known(self) -> bool:
        return bool(self.filtered_jobs.tab)

    # --- rows and tabs --------------------------------------------------------------------------------------------
    @cached_property
    def filtered_jobs(self) -> FilteredJobs:
        return FilteredJobs(self.fleet, self.kind, self.request.GET, self.request)

    def get_queryset(self) -> JobQuerySet:
        if self.filtered_jobs.search.wanted and not self.is_polled:
            return self.filtered_jobs.shown_once_found
        return self.filtered_jobs.shown

    def count(self, ahead: QuerySet | None = None) -> dict[str, Count]:
        """Count each status, the rows shown (those of a tab) and each kind."""
        by_kind = job_counts.of_fleet(self.fleet)
        counts = self._count_statuses(by_kind[self.kind], ahead)
        counts[SHOWN] = counts[self.current_tab] if self.is_tab_known else Count(0)
        for kind, fleet_counts in by_kind.items():
            counts[kind] = fleet_counts[ALL]
        return counts

    def _count_statuses(
        self, fleet_counts: job_counts.Counts, ahead: QuerySet | None
    ) -> job_counts.Counts:
        if self.filtered_jobs.is_filtered:
            return self.filtered_jobs.count(ahead, quickly=not self.is_polled)
        counts = dict(fleet_counts)
        if ahead is not None:
            counts[NEW] = count(ahead)
        return counts

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        """Answer a check for changes from the cache if no job of the fleet has changed.

        The cache holds that this person was shown this list seconds ago, and that nothing has changed since. So the
        rights are not read again, and the answer reveals nothing.
        """
        if "live" in request.GET and request.user.is_authenticated:
            self.change_check = ChangeCheck(
                kwargs["fleet_id"], f"{request.user.pk} {request.get_full_path()}"
            )
            if self.change_check.is_unchanged:
                return HttpResponse(status=204)
        return super().dispatch(request, *args, **kwargs)

    def get_changes(self, here: str, seen: str) -> HttpResponse:
        answer = super().get_changes(here, seen)
        if answer.status_code == 204:
            self.change_check.confirm_unchanged()
        return answer

    @property
    def first_page_url(self) -> str:
        return (
            f"{self.request.path}?{list_parameters(self.request.GET, LIST_PARAMETERS).urlencode()}"
        )

    def list_context(
        self, table: Table, page: CursorPage, counts: dict[str, Count], **more: Any
    ) -> dict[str, Any]:
        tabs = kind_tabs(self.fleet.pk, current=self.kind, counts=counts)
        more |= {"kind_tabs": tabs, "other_kind": next(tab for tab in tabs if not tab["current"])}
        return super().list_context(table, page, counts, live_parts=LIVE_PARTS, **more)

    def read(self, names: Iterable[str]) -> QuerySet:
        names = list(dict.fromkeys(names))
        rows: Any = self.rows
        if "asked_back" in names:
            rows = rows.with_marks()
        return rows.values(*names)

    # --- table ----------------------------------------------------------------------------------------------------
    @property
    def sort(self) -> str:
        return self.filtered_jobs.sort

    def get_table_options(self) -> dict[str, Any]:
        return {
            "picks": self.may_write,
            "menus": self.may_write,
            "today": self.fleet.today,
            "job_prefix": self.fleet.job_prefix,
            "row_url": "../{}/",  # beside the list: fifty full paths would be a kilobyte
        }

    def get_context_data(self, **context: Any) -> dict[str, Any]:
        parameters = list_parameters(self.request.GET, LIST_PARAMETERS)
        shown = {
            "title": TITLES[self.kind],
            "kind": self.kind,
            "table_name": self.table_name,
            "chips": self.chips(),
            "clear_url": self.clear_url,
            "is_filtered": self.filtered_jobs.is_filtered,
            "empty_tab": self.empty_tab,
            "search": self.filtered_jobs.search,
            "not_found": [] if self.is_polled else self.filtered_jobs.not_found,
            "query_string": parameters.urlencode(),
            "kept": parameter_pairs(parameters, "search"),
            "from_here": return_to.parameter(self.shown_url),
        }
        shown |= self.bulk_run()
        shown |= self.panel()
        return super().get_context_data(**shown, **context)

    @property
    def empty_tab(self) -> EmptyTab | None:
        """The text of a tab that is empty without a filter."""
        return None if self.filtered_jobs.is_filtered else JOBS.get(self.filtered_jobs.tab)

    @property
    def clear_url(self) -> str:
        """The same tab without filters."""
        tab = self.filtered_jobs.tab
        return with_query(self.request.path, status=tab if tab in STATUSES else None)

    def bulk_run(self) -> dict[str, Any]:
        """The large bulk action that the reader has started: its progress, then its summary."""
        run = None if self.is_polled else last_run(self.request, self.fleet)
        return {"run": run, "summary": run_summary(run)} if run else {}

    def chips(self) -> list[dict[str, Any]]:
        if not self.filtered_jobs.is_filtered:
            return []
        chips = self.status_chips() + self.filtered_jobs.filter.chips()
        for chip in chips:
            chip["remove_url"] = with_query(self.first_page_url, **{chip["name"]: chip["rest"]})
        return chips

    def status_chips(self) -> list[dict[str, Any]]:
        """Several statuses, each by itself. Without all but one, that one is the tab."""
        chips = []
        for status in self.filtered_jobs.several:
            rest = [other for other in self.filtered_jobs.several if other != status]
            label = str(self.tab_labels[status])
            chips.append(
                {"label": str(STATUS_LABEL), "value": label, "name": "status", "rest": rest}
            )
        return chips

    @property
    def shown_url(self) -> str:
        """This list with its page and its open details, without the parameters of a check for changes."""
        return with_query(self.request.get_full_path(), **dict.fromkeys(LIVE))

    def panel(self) -> dict[str, Any]:
        """The details beside the table if the URL names a job."""
        wanted = self.request.GET.get("job")
        if not wanted:
            return {"is_gone": False}
        jobs = (
            Job.objects.in_fleet(self.fleet)
            .shown()
            .for_sheet()
            .select_related("company", "planned_unit")
        )
        job = jobs.by_id(wanted)
        if job is None:
            return {"is_gone": True}
        job.fleet = self.fleet
        sheet = JobSheet(job)
        return {"job": job, "sheet": sheet} | panel_urls(job, sheet, self.shown_url)


class InstallationJobs(JobList):
    table_class = InstallationJobTable


class MaintenanceJobs(JobList):
    table_class = MaintenanceJobTable


class FilterJobs(KindMixin, DialogMixin, TemplateView):
    """The filters of the list, in a dialog or on a page. Their choices are read only here."""

    template_name = "fleetcontrol/jobs/filter.html"
    page_frame = "fleetcontrol/dialog_page.html"

    def get_context_data(self, **context: Any) -> dict[str, Any]:
        self.request.fleet = self.fleet
        data = self.query.copy()
        data.setlist("status", [one for one in self.filtered_jobs.statuses if one in STATUSES])
        form = StatusFilter(data, queryset=Job.objects.none(), request=self.request).form
        form.order_fields(["status"])
        del form.fields["search"]
        kept = parameter_pairs(self.query, *form.fields)
        return super().get_context_data(title=_("Filter"), form=form, kept=kept, **context)
