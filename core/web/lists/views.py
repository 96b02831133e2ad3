"""The page of a list: a table, a page of rows, counts, and the check for changes."""

from collections.abc import Callable, Iterable, Mapping
from contextlib import suppress
from typing import Any

from django.core.exceptions import ValidationError
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.utils.functional import cached_property
from django.views.generic import TemplateView

from core.web.lists.counts import Count, count, count_all
from core.web.lists.live import LIVE, digest
from core.web.lists.pages import SIZES, CursorPage, chosen_size, with_query
from core.web.lists.tables import Table, requested_columns
from core.web.lists.tabs import Tab, make_tabs

# The names of counts: of the rows shown, and of those that have appeared before the first page.
SHOWN = ""
NEW = "new"
FEW = 1000  # up to so many rows a list may be sorted without an index


class ListView(TemplateView):
    """A view sets `table_class` and `get_queryset()`: the rows that its reader may see, filtered.

    The template gets `table` with its lines, `page`, `total`, `sizes`, `tabs`, and what components/live.html needs.
    """

    table_class: type[Table]
    get_queryset: Callable[[], QuerySet]
    current_parameter = ""  # the query parameter with the key of the row whose details are shown
    # The tabs: each value of the query parameter `status` with its label. The first one is shown without a parameter.
    tab_labels: Mapping[str, Any] = {}

    @property
    def current_tab(self) -> str:
        """The tab that the URL names in upper or lower case; the first without one, "" for an unknown one."""
        if not self.wanted_tab:
            return next(iter(self.tab_labels))
        names = {name.upper(): name for name in self.tab_labels}
        return names.get(self.wanted_tab.upper(), "")

    @property
    def wanted_tab(self) -> str:
        return self.request.GET.get("status", "").strip()

    @property
    def is_tab_known(self) -> bool:
        """Whether the URL names one of the tabs. A list of an unknown status shows no row, and a message."""
        return not self.wanted_tab or self.wanted_tab.upper() in map(str.upper, self.tab_labels)

    def get_tab_querysets(self) -> Mapping[str, QuerySet]:
        """The rows behind each tab; counted in one statement with the rows shown."""
        return {}

    def get_tabs(self, counts: Mapping[str, Count]) -> list[Tab]:
        if not self.tab_labels:
            return []
        return make_tabs(
            self.tab_labels,
            url=self.tab_url,
            counts=counts,
            current=self.current_tab,
        )

    def tab_url(self, name: str) -> str:
        if name == next(iter(self.tab_labels)):
            return with_query(self.first_page_url, status=None)
        return with_query(self.first_page_url, status=name)

    @property
    def is_polled(self) -> bool:
        """Whether an open page checks for changes."""
        return "live" in self.request.GET

    @property
    def first_page_url(self) -> str:
        """The list with its filters and order, from its start."""
        here = f"{self.request.path}?{self.request.GET.urlencode()}"
        return with_query(here, cursor=None, **dict.fromkeys(LIVE))

    def get_columns(self) -> Iterable[str]:
        """The reader's choice; none means the table's own."""
        return requested_columns(self.request.GET)

    def get_table_options(self) -> dict[str, Any]:
        return {}

    @cached_property
    def rows(self) -> QuerySet:
        rows = self.get_queryset()
        if self.is_tab_known:
            return rows
        return rows.none()

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if "live" in request.GET:
            return self.get_changes(request.GET["live"], request.GET.get("digest", ""))
        counts = self.count()
        table = self.get_table(many=self.is_many(counts[SHOWN]))
        page = self.get_page(table, request.GET.get("cursor", ""), table.reads)
        return self.render_to_response(self.list_context(table, page, counts, here=page.here))

    def get_changes(self, here: str, seen: str) -> HttpResponse:
        """204 while the reader sees the current rows; otherwise the rows, tabs and counts as they are now."""
        table = self.get_table(many=self.sorts_unindexed() and count(self.rows, FEW).more)
        names = ["pk", table.version, table.order.removeprefix("-")]
        page = self.get_page(table, here, names)
        counts = self.count(self.new(page) if here else self.rows)
        rows = page.rows + self.read_moved(page, names)
        if self.digest(table, rows, counts) == seen:
            return HttpResponse(status=204)
        page = self.get_page(table, here, table.reads)
        moved = self.read_moved(page, table.reads)
        context = self.list_context(
            table,
            page,
            counts,
            moved=moved,
            here=here,
            polled=True,
        )
        self.template_name = "components/live.html"
        return self.render_to_response(context)

    @cached_property
    def moved(self) -> list[Any]:
        """The keys of rows on the reader's screen that are now on another page, as their order has changed."""
        field = self.rows.model._meta.pk
        texts = self.request.GET.get("moved", "").split(",")
        keys = []
        for text in texts[: SIZES[-1]]:
            with suppress(ValidationError):
                keys.append(field.clean(text, None))  # a number that no key can have is invalid too
        return [key for key in keys if key]

    def new(self, page: CursorPage) -> QuerySet | None:
        """The rows that have appeared before the first page, and were not on it."""
        ahead = page.ahead
        if ahead is None or not self.moved:
            return ahead
        return ahead.exclude(pk__in=self.moved)

    def read_moved(self, page: CursorPage, names: Iterable[str]) -> list[dict[str, Any]]:
        """Those that still belong to the list, on any page."""
        away = set(self.moved) - {row["pk"] for row in page.rows}
        if not away:
            return []
        return list(self.read(names).filter(pk__in=away).order_by("pk"))

    def count(self, ahead: QuerySet | None = None) -> dict[str, Count]:
        querysets = {SHOWN: self.rows}
        querysets.update(self.get_tab_querysets())
        if ahead is not None:
            querysets[NEW] = ahead
        return count_all(querysets)

    @property
    def sort(self) -> str:
        """A column of the table, with `-` for the reverse order. Without one, the table's own order."""
        return self.request.GET.get("sort", "")

    def get_table(self, *, many: bool) -> Table:
        current = self.request.GET.get(self.current_parameter, "")
        options: dict[str, Any] = {
            "columns": self.get_columns(),
            "sort": self.sort,
            "current": current,
        }
        options.update(self.get_table_options())
        return self.table_class(many=many, **options)

    def read(self, names: Iterable[str]) -> QuerySet:
        """The rows with these values."""
        return self.rows.values(*dict.fromkeys(names))

    def get_page(self, table: Table, cursor: str, names: Iterable[str]) -> CursorPage:
        return CursorPage(
            self.read(names), table.order, cursor=cursor, size=chosen_size(self.request.GET)
        )

    def list_context(
        self,
        table: Table,
        page: CursorPage,
        counts: dict[str, Count],
        *,
        moved: Iterable[dict] = (),
        **more: Any,
    ) -> dict[str, Any]:
        rows = [*page.rows, *moved]
        return self.get_context_data(
            table=table.fill(rows),
            page=page,
            sizes=SIZES,
            total=counts[SHOWN],
            unknown_tab="" if self.is_tab_known else self.wanted_tab,
            tabs=self.get_tabs(counts),
            digest=self.digest(table, rows, counts),
            new=counts.get(NEW),
            **more,
        )

    def is_many(self, shown: Count) -> bool:
        """Whether there are more rows than are sorted without an index.

        They are counted again if the order depends on it and the first count stopped earlier.
        """
        if shown.more and shown.number <= FEW and self.sorts_unindexed():
            return count(self.rows, FEW).more
        return shown.more or shown.number > FEW

    def sorts_unindexed(self) -> bool:
        column = self.table_class.base_columns.get(self.sort.removeprefix("-"))
        return column is not None and not column.indexed

    @staticmethod
    def digest(table: Table, rows: Iterable[dict[str, Any]], counts: Mapping[str, Count]) -> str:
        seen = dict(counts)
        if not seen.get(NEW):
            seen.pop(NEW, None)
        versions = [(row["pk"], row[table.version]) for row in rows]
        return digest(versions, seen)
