"""A list's columns, order, choice and export in one declaration; rows as ready text, because that
is what a page waits for.
"""

from collections.abc import Iterable, Iterator, Mapping
from html import escape
from typing import Any, NamedTuple

import django_tables2 as tables2
from django.urls import reverse
from django.utils.safestring import SafeString
from django.utils.text import capfirst
from django.utils.translation import gettext

from core.web.lists.columns import Column, GroupColumn, Row

ANY_ID = "0" * 26


class Line(NamedTuple):
    """A row as the template prints it."""

    id: str
    version: Any
    current: bool
    cells: SafeString
    heading: str = ""  # of the group that begins with this row

    @property
    def html(self) -> SafeString:
        here = ' aria-current="true"' if self.current else ""
        row = f'<tr id="{self.id}" data-v="{self.version}"{here}>{self.cells}</tr>'
        return SafeString(self.heading + row)


class Head(NamedTuple):
    label: str
    css: str
    sort: str  # the order after a click
    direction: str  # of aria-sort
    why: str = ""  # it does not sort now


class Table(tables2.Table):
    """One per noun. `initial` names the columns shown until the reader chooses, `initial_sort` the order.

    `columns`: the reader's choice, an order of names; `sort`: the address's; `many`: so many rows that only indexed
    columns sort; `picks`: with a check box in each row; `menus`: with a menu, which
    static/js/list/rows.js adds. Rows are dicts of `.values(*table.reads)`.
    """

    initial: tuple[str, ...] = ()
    initial_sort = "-pk"
    version = "version"

    def __init__(
        self,
        *,
        columns: Iterable[str] = (),
        sort: str = "",
        many: bool = False,
        picks: bool = False,
        row_url: str = "",
        menus: bool = False,
        current: str = "",
    ):
        self.picks = picks
        self.menus = menus
        self.row_url = row_url
        self.current = current
        shown = self.chosen(columns)
        super().__init__(
            data=[],
            sequence=shown,
            exclude=[name for name in self.base_columns if name not in shown],
        )
        for column in self.columns:
            column.column._table = self
        self.offered = {
            name
            for name, column in self.base_columns.items()
            if column.sort and (column.indexed or not many)
        }
        self.sort = sort if sort.removeprefix("-") in self.offered else ""
        self.unsorted = (
            _label(self.base_columns[left], left) if (left := self._left_out(sort)) else ""
        )
        self._link = next((bound.column for bound in self.columns if bound.column.always), None)
        self.lines: list[Line] = []

    @classmethod
    def chosen(cls, names: Iterable[str]) -> list[str]:
        """A choice of columns without what does not exist, and with what may not be missing."""
        shown = [name for name in dict.fromkeys(names) if name in cls.base_columns] or list(
            cls.initial
        )
        return [
            name for name, column in cls.base_columns.items() if column.always and name not in shown
        ] + shown

    @property
    def choices(self) -> list[tuple[str, str, bool, bool]]:
        """For choosing columns: name, label, shown now, cannot be hidden; in the order of the table."""
        shown = self.columns.names()
        names = [*shown, *(name for name in self.base_columns if name not in shown)]
        return [
            (
                name,
                _label(self.base_columns[name], name),
                name in shown,
                self.base_columns[name].always,
            )
            for name in names
        ]

    @property
    def order(self) -> str:
        """By what the database orders, as a path of the model."""
        if not self.sort:
            return self.initial_sort
        return ("-" if self.sort.startswith("-") else "") + self.base_columns[
            self.sort.removeprefix("-")
        ].sort

    @property
    def reads(self) -> list[str]:
        """What `.values()` has to bring."""
        names = ["pk", self.version, self.order.removeprefix("-")]
        if self.group:
            names.append(str(self.group.accessor))
        for bound in self.columns:
            names += [str(bound.column.accessor or bound.name), *bound.column.reads]
        return list(dict.fromkeys(names))

    @property
    def heads(self) -> list[Head]:
        return [self._head(bound.name, bound.column) for bound in self.columns]

    def fill(self, rows: Iterable[Row]) -> "Table":
        printers = [
            bound.column.printer(bound.name, _label(bound.column, bound.name))
            for bound in self.columns
        ]
        if self.picks:
            printers.insert(0, self._pick)
        self.lines = [
            Line(
                row["pk"],
                row[self.version],
                row["pk"] == self.current,
                SafeString("".join([cell(row) for cell in printers])),
                heading,
            )
            for heading, row in self._with_headings(rows)
        ]
        return self

    @property
    def group(self) -> Column | None:
        """The column by which the rows are grouped: the one that they are sorted by, if it groups them."""
        column = self.base_columns.get(self.sort.removeprefix("-"))
        return column if isinstance(column, GroupColumn) else None

    def _with_headings(self, rows: Iterable[Row]) -> Iterator[tuple[str, Row]]:
        """Each row, with the heading of the group that begins with it."""
        group = self.group
        if group is None:
            for row in rows:
                yield "", row
            return
        key = self.order.removeprefix("-")
        before: Any = object()
        for row in rows:
            heading = ""
            if row[key] != before:
                heading = self._group_heading(row[str(group.accessor)])
            before = row[key]
            yield heading, row

    def _group_heading(self, value: Any) -> str:
        width = len(self.columns.names()) + self.picks + self.menus
        label = escape(str(value)) if value else gettext("None")
        return (
            f'<tr class="group"><th colspan="{width}" scope="rowgroup" dir="auto">{label}</th></tr>'
        )

    def export(self, rows: Iterable[Row]) -> Iterator[list[Any]]:
        """The labels, then the plain values of each row."""
        yield [bound.column.heading(_label(bound.column, bound.name)) for bound in self.columns]
        for row in rows:
            yield [
                bound.column.plain(row[str(bound.column.accessor or bound.name)], row)
                for bound in self.columns
            ]

    def name_of(self, row: Row) -> str:
        """What a row is called where only its check box or menu speaks."""
        if self._link:
            return self._link.plain(None, row)
        return str(row["pk"])

    def _head(self, name: str, column: Column) -> Head:
        if name not in self.offered:
            why = (
                gettext("Narrow the list to sort by this: it has too many rows.")
                if column.sort
                else ""
            )
            return Head(_label(column, name), column.css, "", "", why)
        direction = {name: "ascending", f"-{name}": "descending"}.get(self.sort, "")
        return Head(
            _label(column, name),
            column.css,
            f"-{name}" if direction == "ascending" else name,
            direction,
        )

    def _left_out(self, sort: str) -> str:
        """The column in the URL by which so many rows are not sorted."""
        name = sort.removeprefix("-")
        if not self.sort and name in self.base_columns and self.base_columns[name].sort:
            return name
        return ""

    def _pick(self, row: Row) -> str:
        """Without quotes where HTML needs none: it is in every row."""
        label = escape(self.name_of(row))
        return f'<td class=pick><input type=checkbox name="select" value="{row["pk"]}" aria-label="{label}">'


def requested_columns(query: Mapping[str, str]) -> list[str]:
    """The columns in the URL; none where it leaves them to the reader."""
    return [name for name in query.get("columns", "").split(",") if name]


def address(viewname: str, *args: Any) -> str:
    """The URL of a row's view with {} where the row's id goes: reversed once and not for every row."""
    return reverse(viewname, args=[*args, ANY_ID]).replace(ANY_ID, "{}")


def _label(column: Column, name: str) -> str:
    return capfirst(str(column.verbose_name or name))
