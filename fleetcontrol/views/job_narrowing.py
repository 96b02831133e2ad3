"""From an address to rows: which kind of jobs, narrowed how. Shared by the list, its export and the bulk acts."""

from django.http import Http404, QueryDict
from django.urls import reverse
from django.utils.functional import cached_property

from core.web.pages import SIZES, with_query
from fleetcontrol import way_back
from fleetcontrol.filters.jobs import JobFilter
from fleetcontrol.mixins import FleetMixin
from jobs.models import Job
from jobs.sought import Sought, sought

# Parameters of the address that say which rows, in which order; the others belong to the moment.
LASTING = ("status", *JobFilter.base_filters, "sort", "page_size", "columns")
FIRST = 200  # of what a search finds is counted before the page is there
BY_TIME = {
    "overdue": "planned_service_date",
    "planned_after": "planned_service_date",
    "planned_before": "planned_service_date",
    "created_after": "-created_at",
    "created_before": "-created_at",
}
KINDS = {"installation": Job.Kind.INSTALLATION, "maintenance": Job.Kind.MAINTENANCE}


class KindMixin(FleetMixin):
    """A page about one kind of jobs, named in its address, and about the list that it belongs to."""

    section = "jobs"

    def find(self):
        if self.kwargs["kind"] not in KINDS:
            raise Http404
        self.kind = KINDS[self.kwargs["kind"]]

    @property
    def table_name(self) -> str:
        return f"{self.kind.lower()}_jobs"

    @cached_property
    def query(self) -> QueryDict:
        """The list's own parameters: of the address, or as a form carried them along."""
        return lasting(QueryDict(self.request.POST["query"]) if "query" in self.request.POST else self.request.GET)

    @property
    def list_url(self) -> str:
        """The list as the reader left it; by the parameters that last, where nobody says more."""
        start = reverse(f"fleetcontrol:{self.table_name}", args=[self.fleet.pk])
        return way_back.list_among(self.came_from, [start]) or with_query(f"{start}?{self.query.urlencode()}")

    @cached_property
    def narrowing(self) -> "Narrowing":
        return Narrowing(self.fleet, self.kind, self.query, self.request)

    def narrowed(self):
        """The jobs that the list shows, over all its pages."""
        return self.narrowing.shown

    def get_context_data(self, **context):
        about = {"kind": self.kind, "table_name": self.table_name, "list_url": self.list_url}
        about |= {"came_from": self.came_from}
        return super().get_context_data(**context | about | {"query_string": self.query.urlencode()})


class Narrowing:
    """The jobs of one kind that a query string asks for; none, where it asks for something that there is not."""

    def __init__(self, fleet, kind: str, query, request):
        self.query, self.all, self.request = query, Job.objects.in_fleet(fleet).filter(kind=kind), request
        request.fleet = fleet

    @cached_property
    def filter(self) -> JobFilter:
        return JobFilter(self.query, queryset=self.all, request=self.request).asked()

    @property
    def is_asked(self) -> bool:
        return JobFilter.is_asked(self.query)

    @cached_property
    def filtered(self):
        """By everything but the status, which has the tabs."""
        return self.filter.qs if self.is_asked else self.all

    @property
    def sort(self) -> str:
        """As the reader asks; else what is narrowed to a time stands in its order, which an index reads as far as it is shown."""
        return self.query.get("sort") or next((sort for name, sort in BY_TIME.items() if self.query.get(name)), "")

    @cached_property
    def sought(self) -> Sought:
        """What the search looks for, and what of it is left out."""
        return sought(self.query.get("search", ""))

    @cached_property
    def found(self) -> dict[str, str]:
        """Of what a search finds the newest, each job with its status: no more than are counted before a page is there."""
        newest = self.filtered.shown().order_by("-created_at")  # in an order of the fleet's it stops as soon as it can
        return dict(newest.values_list("pk", "status")[: FIRST + 1])

    @property
    def shown_once_found(self):
        """`shown`, without searching once more where a page has room for all that was found."""
        if len(self.found) > min(FIRST, SIZES[-1]):
            return self.shown
        return self.all.filter(pk__in=[pk for pk, status in self.found.items() if self.status in ("", status)])

    @property
    def status(self) -> str:
        wanted = self.query.get("status", "")
        return wanted if wanted in Job.Status.shown() else ""

    @property
    def shown(self):
        return self.filtered.filter(status=self.status) if self.status else self.filtered.shown()


def lasting(query) -> QueryDict:
    kept = QueryDict(mutable=True)
    for name in LASTING:
        if value := query.get(name):
            kept[name] = value
    return kept
