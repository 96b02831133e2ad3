"""From a URL to the rows of a list: filtered how, and in which tab. What the lists of jobs and of vehicles share."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from django.db.models import Case, Q, QuerySet, When
from django.http import QueryDict
from django.utils.functional import cached_property

from accounts.models import Fleet
from core.web.lists.counts import CAP, Count, Split, count_all
from core.web.lists.pages import SIZES, with_query
from core.web.lists.views import NEW
from fleetcontrol.filters.base import ListFilter
from fleetcontrol.views.of_list import OfList
from jobs.search import SearchTerms, parse_search

# So many results of a search are counted before the page is shown.
FIRST = 200


class Filtering:
    """`all`, the rows of a list, filtered by `query`."""

    filter_class: type[ListFilter]
    all: Any
    query: Any
    request: Any

    @cached_property
    def filter(self) -> Any:
        return self.filter_class(
            self.query, queryset=self.all, request=self.request, only_used=True
        )

    @property
    def is_filtered(self) -> bool:
        return self.filter_class.is_used(self.query)

    @cached_property
    def filtered(self) -> Any:
        """Filtered by everything but the tab."""
        return self.filter.qs if self.is_filtered else self.all


class FilteredRows(Filtering):
    """The rows that a query string selects; none if it names something that does not exist.

    `tabs` has for each tab the values of `column` that its rows have; the first tab is shown where none is named.
    """

    tabs: Mapping[str, Sequence[str]]
    column: str

    def __init__(self, rows: Any, fleet: Fleet, query: QueryDict, request: Any):
        self.all = rows
        self.query = query
        self.request = request
        request.fleet = fleet

    @cached_property
    def search(self) -> SearchTerms:
        """The entries that are searched for, and those that are left out."""
        return parse_search(self.query.get("search", ""))

    @cached_property
    def not_found(self) -> list[str]:
        """The entries of a list that name no row, in whatever tab."""
        if not self.search.is_list:
            return []
        return self.search.missing_from(self.names())

    @property
    def exact(self) -> Q:
        """The condition that a row is called by a term of the search, and not by a part of it alone."""
        return self.search.exact()

    @property
    def best(self) -> Any:
        """The rows of a search in all tabs: those that are called so, then the newest. For one statement.

        Both are found by themselves, each by its index: to sort all that a frequent text finds would read all of it.
        """
        if not self.search.wanted:
            return self.all.none()
        rows = self.in_all_tabs.order_by()
        exact = self.by_key(rows.filter(self.exact))
        newest = self.by_key(rows.order_by("-created_at"))
        rank = Case(When(self.exact, then=0), default=1)
        return self.all.filter(pk__in=exact.union(newest)).order_by(rank, "-created_at")

    def by_key(self, rows: Any) -> Any:
        """The keys of the first rows."""
        first = rows.values("pk")[: FIRST + 1]
        return self.all.filter(pk__in=first).order_by().values("pk")

    def names(self) -> Iterable[str]:
        """The names of each row that the filters find, with `|` between them."""
        raise NotImplementedError(f"{type(self).__name__} has no names")

    # --- tabs -----------------------------------------------------------------------------------------------------
    @property
    def tab(self) -> str:
        """The tab in the URL; "" for an unknown one."""
        wanted = self.query.get("status", "").strip().upper() or next(iter(self.tabs))
        return wanted if wanted in self.tabs else ""

    def in_tab(self, tab: str) -> Any:
        raise NotImplementedError(f"{type(self).__name__} has no tabs")

    @property
    def shown(self) -> Any:
        """The rows of the list, over all its pages."""
        return self.in_tab(self.tab) if self.tab else self.all.none()

    @property
    def in_all_tabs(self) -> Any:
        """The filtered rows of all tabs, with `column`."""
        return self.filtered

    # --- searches and counts --------------------------------------------------------------------------------------
    @cached_property
    def found(self) -> dict[str, str]:
        """Key → `column` of the newest rows that a search finds: as many as are counted before the page is shown."""
        # In the fleet's order the scan stops early.
        newest = self.in_all_tabs.order_by("-created_at")
        return dict(newest.values_list("pk", self.column)[: FIRST + 1])

    @property
    def shown_once_found(self) -> Any:
        """The same as `shown`; does not search again if one page holds all that was found."""
        if not self.tab or len(self.found) > min(FIRST, SIZES[-1]):
            return self.shown
        values = self.tabs[self.tab]
        return self.all.filter(pk__in=[pk for pk, value in self.found.items() if value in values])

    def count(self, ahead: QuerySet | None, *, quickly: bool) -> dict[str, Count]:
        """Count what a filter finds by tab, and the rows `ahead` of the page, in one statement.

        `quickly`: up to the cap for all tabs together; a search counts only the first rows that it has found.
        """
        split = Split(self.in_all_tabs, self.column, self.tabs, CAP)
        if not quickly:
            split = split._replace(most=CAP * len(split.values))
        elif self.search.wanted:
            return split._replace(most=FIRST).counts(Counter(self.found.values()))
        return count_all({} if ahead is None else {NEW: ahead}, split=split)


class OfFilteredList(Filtering, OfList):
    """A page about the rows of a list that a query string selects, where a search is a filter like the others."""

    @cached_property
    def filter(self) -> Any:
        self.request.fleet = self.fleet
        return super().filter

    def chips(self) -> list[dict[str, Any]]:
        chips = self.filter.chips() if self.is_filtered else []
        for chip in chips:
            here = f"{self.request.path}?{self.query.urlencode()}"
            chip["remove_url"] = with_query(here, **{chip["name"]: chip["rest"]})
        return chips
