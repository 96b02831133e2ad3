"""The page of a list: a table, a page of rows, counts, and the look whether something changed."""

from collections.abc import Iterable, Mapping
from contextlib import suppress
from typing import Any

from django.core.exceptions import ValidationError
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.utils.functional import cached_property
from django.views.generic import TemplateView

from core.web.counts import Count, count, count_all
from core.web.live import digest
from core.web.pages import SIZES, CursorPage, chosen_size
from core.web.tables import Table, asked_columns

SHOWN, NEW = "", "new"
FEW = 1000  # up to so many rows a list may be sorted without an index


class ListView(TemplateView):
    """A view says `table_class` and `get_queryset()`: the rows that its reader may see, filtered.

    The template gets `table` with its lines, `page`, `total`, `sizes`, `tabs`, and what components/live.html needs.
    """

    table_class: type[Table]

    def get_tab_querysets(self) -> Mapping[str, QuerySet]:
        """The rows behind each tab; counted in one statement with the rows shown."""
        return {}

    def get_tabs(self, counts: Mapping[str, Count]) -> list[dict[str, Any]]:
        """What components/tabs.html draws."""
        return []

    def get_columns(self) -> Iterable[str]:
        """The reader's choice; none means the table's own."""
        return asked_columns(self.request.GET)

    def get_table_options(self) -> dict[str, Any]:
        return {}

    @cached_property
    def rows(self) -> QuerySet:
        return self.get_queryset()

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if "live" in request.GET:
            return self.get_changes(request.GET["live"], request.GET.get("digest", ""))
        counts = self.count()
        table = self.get_table(many=self.is_many(counts[SHOWN]))
        page = self.get_page(table, request.GET.get("cursor", ""), table.reads)
        return self.render_to_response(self.list_context(table, page, counts, here=page.here))

    def get_changes(self, here: str, seen: str) -> HttpResponse:
        """Nothing, while what somebody sees is what there is; else the rows, tabs and counts as they are now."""
        table = self.get_table(many=self.sorts_unindexed() and count(self.rows, FEW).more)
        names = ["pk", table.version, table.order.removeprefix("-")]
        page = self.get_page(table, here, names)
        counts = self.count(self.new(page) if here else self.rows)
        if self.digest(table, page.rows + self.read_moved(page, names), counts) == seen:
            return HttpResponse(status=204)
        page = self.get_page(table, here, table.reads)
        context = self.list_context(
            table, page, counts, moved=self.read_moved(page, table.reads), here=here, polled=True
        )
        self.template_name = "components/live.html"
        return self.render_to_response(context)

    @cached_property
    def moved(self) -> list[Any]:
        """Rows that somebody is shown and that stand on another page by now: what orders them has changed."""
        keys, field = [], self.rows.model._meta.pk
        for text in self.request.GET.get("moved", "").split(",")[: SIZES[-1]]:
            with suppress(ValidationError):
                keys.append(field.clean(text, None))  # also a number that no key can have is none
        return [key for key in keys if key]

    def new(self, page: CursorPage) -> QuerySet | None:
        """What came to stand before the first page, and was not on it."""
        ahead = page.ahead
        return ahead.exclude(pk__in=self.moved) if ahead is not None and self.moved else ahead

    def read_moved(self, page: CursorPage, names: Iterable[str]) -> list[dict[str, Any]]:
        """Those that still belong to the list, wherever they stand."""
        away = set(self.moved) - {row["pk"] for row in page.rows}
        return list(self.rows.filter(pk__in=away).order_by("pk").values(*dict.fromkeys(names))) if away else []

    def count(self, ahead: QuerySet | None = None) -> dict[str, Count]:
        wanted = {SHOWN: self.rows, **self.get_tab_querysets()}
        return count_all(wanted if ahead is None else wanted | {NEW: ahead})

    @property
    def sort(self) -> str:
        """A column of the table, `-` before it for the other way round; without one the table's own order."""
        return self.request.GET.get("sort", "")

    def get_table(self, *, many: bool) -> Table:
        options = {"columns": self.get_columns(), "sort": self.sort, "current": self.request.GET.get("job", "")}
        return self.table_class(many=many, **(options | self.get_table_options()))

    def get_page(self, table: Table, cursor: str, names: Iterable[str]) -> CursorPage:
        rows = self.rows.values(*dict.fromkeys(names))
        return CursorPage(rows, table.order, cursor=cursor, size=chosen_size(self.request.GET))

    def list_context(
        self, table: Table, page: CursorPage, counts: dict[str, Count], moved: Iterable[dict] = (), **more: Any
    ) -> dict[str, Any]:
        rows, new = [*page.rows, *moved], counts.get(NEW)
        return self.get_context_data(
            table=table.fill(rows),
            page=page,
            sizes=SIZES,
            total=counts[SHOWN],
            tabs=self.get_tabs(counts),
            digest=self.digest(table, rows, counts),
            new=new,
            **more,
        )

    def is_many(self, shown: Count) -> bool:
        """More rows than are sorted without an index; looked up where the order hangs on it and the count stopped before."""
        if shown.more and shown.number <= FEW and self.sorts_unindexed():
            return count(self.rows, FEW).more
        return shown.more or shown.number > FEW

    def sorts_unindexed(self) -> bool:
        column = self.table_class.base_columns.get(self.sort.removeprefix("-"))
        return column is not None and not column.indexed

    @staticmethod
    def digest(table: Table, rows: Iterable[dict[str, Any]], counts: Mapping[str, Count]) -> str:
        told = {name: number for name, number in counts.items() if name != NEW or number}
        return digest(((row["pk"], row[table.version]) for row in rows), told)
