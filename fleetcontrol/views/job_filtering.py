"""From a URL to jobs: which kind, filtered and ordered how. Used by the list, its export and the bulk actions."""

from typing import Any

from django.http import Http404, QueryDict
from django.urls import reverse
from django.utils.functional import cached_property

from accounts.models import Fleet
from core.web.lists.pages import SIZES, with_query
from fleetcontrol import return_to
from fleetcontrol.filters.jobs import JobFilter
from fleetcontrol.mixins import FleetMixin
from jobs.models import Job
from jobs.models.job_queryset import JobQuerySet
from jobs.search import SearchTerms, parse_search

# The parameters that choose rows and their order. Others (cursor, open details) concern the moment.
LIST_PARAMETERS = ("status", *JobFilter.base_filters, "sort", "page_size", "columns")
ALL = "ALL"  # the tab of all statuses
# So many results of a search are counted before the page is shown.
FIRST = 200
# The order of a list that is filtered by a time.
BY_TIME = {
    "overdue": "planned_service_date",
    "planned_after": "planned_service_date",
    "planned_before": "planned_service_date",
    "created_after": "-created_at",
    "created_before": "-created_at",
}
KINDS = {"installation": Job.Kind.INSTALLATION, "maintenance": Job.Kind.MAINTENANCE}


class KindMixin(FleetMixin):
    """A page about one kind of jobs, named in its URL, and about their list."""

    section = "jobs"

    def find(self) -> None:
        if self.kwargs["kind"] not in KINDS:
            raise Http404
        self.kind = KINDS[self.kwargs["kind"]]

    @property
    def table_name(self) -> str:
        return f"{self.kind.lower()}_jobs"

    @cached_property
    def query(self) -> QueryDict:
        """The list parameters, from the URL or from the form that carries them."""
        if "query" in self.request.POST:
            return list_parameters(QueryDict(self.request.POST["query"]))
        return list_parameters(self.request.GET)

    @property
    def list_url(self) -> str:
        """The list as the reader left it, else the list with these parameters."""
        start = reverse(f"fleetcontrol:{self.table_name}", args=[self.fleet.pk])
        return return_to.nearest_list(self.came_from, [start]) or with_query(
            f"{start}?{self.query.urlencode()}"
        )

    @cached_property
    def filtered_jobs(self) -> "FilteredJobs":
        return FilteredJobs(self.fleet, self.kind, self.query, self.request)

    def get_context_data(self, **context: Any) -> dict[str, Any]:
        context["kind"] = self.kind
        context["table_name"] = self.table_name
        context["list_url"] = self.list_url
        context["came_from"] = self.came_from
        context["query_string"] = self.query.urlencode()
        return super().get_context_data(**context)


class FilteredJobs:
    """The jobs of one kind that a query string selects; none if it names something that does not exist."""

    def __init__(self, fleet: Fleet, kind: str, query: QueryDict, request: Any):
        self.query = query
        self.all = Job.objects.in_fleet(fleet).filter(kind=kind)
        self.request = request
        request.fleet = fleet

    @cached_property
    def filter(self) -> JobFilter:
        return JobFilter(self.query, queryset=self.all, request=self.request).only_used()

    @property
    def is_filtered(self) -> bool:
        return JobFilter.is_used(self.query)

    @cached_property
    def filtered(self) -> JobQuerySet:
        """Filtered by everything but the status, which the tabs choose."""
        return self.filter.qs if self.is_filtered else self.all

    @property
    def sort(self) -> str:
        """The order in the URL; without one, a filter by time orders by it: an index then reads only the rows shown."""
        by_time = (sort for name, sort in BY_TIME.items() if self.query.get(name))
        return self.query.get("sort") or next(by_time, "")

    @cached_property
    def search(self) -> SearchTerms:
        """The entries that are searched for, and those that are left out."""
        return parse_search(self.query.get("search", ""))

    @cached_property
    def not_found(self) -> list[str]:
        """The entries of a list that name no job, whatever its status."""
        if not self.search.is_list:
            return []
        columns = self.filtered.shown().order_by().values_list("search", flat=True).distinct()
        return self.search.missing_from(columns)

    @cached_property
    def found(self) -> dict[str, str]:
        """The status of the newest jobs that a search finds: as many as are counted before the page is shown."""
        newest = self.filtered.shown().order_by(
            "-created_at"
        )  # in the fleet's order the scan stops early
        return dict(newest.values_list("pk", "status")[: FIRST + 1])

    @property
    def shown_once_found(self) -> JobQuerySet:
        """The same as `shown`; does not search again if one page holds all that was found."""
        if len(self.found) > min(FIRST, SIZES[-1]):
            return self.shown
        keys = [pk for pk, status in self.found.items() if self.status in ("", status)]
        return self.all.filter(pk__in=keys)

    @property
    def status(self) -> str:
        """The status in the URL, in upper case; "" for all."""
        wanted = self.query.get("status", "").strip().upper()
        return "" if wanted == ALL else wanted

    @property
    def is_status_known(self) -> bool:
        return not self.status or self.status in Job.Status.shown()

    @property
    def shown(self) -> JobQuerySet:
        """The rows of the list, over all its pages."""
        if not self.is_status_known:
            return self.all.none()
        return self.filtered.filter(status=self.status) if self.status else self.filtered.shown()


def list_parameters(query: QueryDict) -> QueryDict:
    kept = QueryDict(mutable=True)
    for name in LIST_PARAMETERS:
        if value := query.get(name):
            kept[name] = value
    return kept
