"""From a URL to jobs: which kind, filtered and ordered how. Used by the list, its export and the bulk actions."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from django.db.models import Q
from django.http import Http404, QueryDict
from django.utils.functional import cached_property

from accounts.models import Fleet
from core.normal import normalise
from fleetcontrol.filters.jobs import JobFilter
from fleetcontrol.job_counts import ALL, STATUSES
from fleetcontrol.views.filtering import FilteredRows
from fleetcontrol.views.of_list import OfList
from jobs.models import Job
from jobs.models.job_queryset import JobQuerySet, with_number_or_reference
from jobs.parts.number import in_fleet

# The parameters that choose rows and their order.
LIST_PARAMETERS = ("status", *JobFilter.base_filters, "sort", "page_size", "columns")
# The order of a list that is filtered by a time.
BY_TIME = {
    "overdue": "planned_service_date",
    "planned_after": "planned_service_date",
    "planned_before": "planned_service_date",
    "created_after": "-created_at",
    "created_before": "-created_at",
}
# What several statuses in the URL show together: no tab has that name.
SEVERAL = "SEVERAL"
BY_TAB = {ALL: STATUSES, **{status: [status] for status in STATUSES}}
KINDS = {"installation": Job.Kind.INSTALLATION, "maintenance": Job.Kind.MAINTENANCE}


class KindMixin(OfList):
    """A page about one kind of jobs, named in its URL, and about their list."""

    section = "jobs"
    parameters = LIST_PARAMETERS

    def find(self) -> None:
        self.kind  # noqa: B018 - 404 where there is no such kind

    @cached_property
    def kind(self) -> str:
        if self.kwargs["kind"] not in KINDS:
            raise Http404
        return KINDS[self.kwargs["kind"]]

    @property
    def table_name(self) -> str:
        return f"{self.kind.lower()}_jobs"

    @cached_property
    def filtered_jobs(self) -> "FilteredJobs":
        return FilteredJobs(self.fleet, self.kind, self.query, self.request)

    def get_context_data(self, **context: Any) -> dict[str, Any]:
        context["kind"] = self.kind  # in place of its name in the URL
        return super().get_context_data(**context)


class FilteredJobs(FilteredRows):
    """The jobs of one kind, or of both, that a query string selects."""

    filter_class = JobFilter
    column = "status"

    def __init__(self, fleet: Fleet, kind: str | None, query: QueryDict, request: Any):
        self.fleet = fleet
        jobs = Job.objects.in_fleet(fleet)
        super().__init__(jobs.filter(kind=kind) if kind else jobs, fleet, query, request)

    # --- one status is a tab, several are a filter ----------------------------------------------------------------
    @cached_property
    def statuses(self) -> list[str]:
        """The statuses in the URL, each once."""
        wanted = [text.strip().upper() for text in self.query.getlist("status")]
        return list(dict.fromkeys(filter(None, wanted)))

    @property
    def unknown_status(self) -> str:
        """A status in the URL that there is not, as it is written there."""
        given = [text.strip() for text in self.query.getlist("status")]
        return next((text for text in given if text and text.upper() not in BY_TAB), "")

    @cached_property
    def several(self) -> list[str]:
        """The statuses that are filtered by together; none where the URL names a tab."""
        if len(self.statuses) < 2 or self.unknown_status:
            return []
        named = {status for tab in self.statuses for status in BY_TAB[tab]}
        return [status for status in STATUSES if status in named]

    @cached_property
    def tabs(self) -> Mapping[str, Sequence[str]]:  # type: ignore[override]  # of this query
        return BY_TAB | {SEVERAL: self.several} if self.several else BY_TAB

    @property
    def tab(self) -> str:
        if self.unknown_status:
            return ""
        if self.several:
            return SEVERAL
        return self.statuses[0] if self.statuses else ALL

    @property
    def is_filtered(self) -> bool:
        return bool(self.several) or super().is_filtered

    @property
    def in_all_tabs(self) -> JobQuerySet:
        return self.filtered.shown()

    def in_tab(self, tab: str) -> JobQuerySet:
        if tab == SEVERAL:
            return self.filtered.filter(status__in=self.several)
        return self.in_all_tabs if tab == ALL else self.filtered.filter(status=tab)

    @property
    def sort(self) -> str:
        """The order in the URL; without one, a filter by time orders by it: an index then reads only the rows shown."""
        by_time = (sort for name, sort in BY_TIME.items() if self.query.get(name))
        return self.query.get("sort") or next(by_time, "")

    @property
    def exact(self) -> Q:
        return self.search.exact() | with_number_or_reference(self.search, self.fleet)

    @cached_property
    def not_found(self) -> list[str]:
        """A number is no name of a vehicle, so each that names no other row is looked up."""
        missing = super().not_found
        of_text = {text: term for term, text in self.search.typed.items()}
        meant = in_fleet([of_text[text] for text in missing], self.fleet)
        if not meant:
            return missing
        jobs = self.in_all_tabs.order_by().filter(number__in=meant.values())
        there = set(jobs.values_list("number", flat=True))
        return [text for text in missing if meant.get(of_text[text]) not in there]

    def names(self) -> Iterable[str]:
        """With the references, which are found as they are written."""
        rows = self.in_all_tabs.order_by().values_list("search", "external_reference").distinct()
        typed = set(self.search.typed.values())
        for names, reference in rows:
            yield f"{names}|{normalise(reference)}" if reference in typed else names
