"""The columns of our tables. A column hands out a ready, escaped cell for the page and a plain value for an export."""

from collections.abc import Callable, Iterable, Mapping
from copy import copy
from html import escape
from typing import Any

import django_tables2 as tables2
from django.utils.html import conditional_escape
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext

from core.values import times
from core.values.shown import days, moments
from core.web.lists import cells

Row = Mapping[str, Any]


class Column(tables2.Column):
    """Text. `reads` names what a cell needs besides its own value; `sort` the path that orders the rows.

    `indexed=False`: no index helps, so it is offered only while the rows are few. `label_on_phone`: on a card, where
    there is no heading, the label stands before the value.
    """

    css = ""
    always = False  # cannot be hidden
    isolates = True  # a text that people typed, which may run from right to left

    def __init__(
        self,
        verbose_name: Any = None,
        *,
        reads: Iterable[str] = (),
        sort: str = "",
        indexed: bool = True,
        label_on_phone: bool = False,
        css: str = "",
        **options: Any,
    ):
        super().__init__(
            verbose_name,
            orderable=bool(sort),
            order_by=sort or None,
            **options,
        )
        self.reads = tuple(reads)
        self.sort = sort
        self.indexed = indexed
        self.label_on_phone = label_on_phone
        self.css = css or self.css

    def __deepcopy__(self, memo: dict) -> "Column":
        """Every table has columns of its own, for each request; what they are made of never changes."""
        return copy(self)

    def cell(self, value: Any, row: Row) -> Any:
        """The content of the cell; anything not marked safe is escaped."""
        if value is None:
            return ""
        return value

    def plain(self, value: Any, row: Row) -> Any:
        """The value in a file: days, moments and numbers as such, which a spreadsheet sorts."""
        if value is None:
            return ""
        return value

    def heading(self, label: str) -> str:
        """The heading above the plain values in a file."""
        return label

    def printer(self, name: str, label: str) -> Callable[[Row], str]:
        """The whole cell, compiled for one column of one table.

        HTML ends it where the next begins, so nothing else does.
        """
        key = str(self.accessor or name)
        cell = self.cell
        shown = cells.isolated if self.isolates else conditional_escape
        opening = f'<td class="{self.css}"' if self.css else "<td"
        opening += f' data-label="{escape(label)}">' if self.label_on_phone else ">"

        empty = opening.partition(" data-label")[0].rstrip(">") + ">"

        def print_cell(row: Row) -> str:
            content = cell(row[key], row)
            if content == "":
                return empty
            if content.__class__ is SafeString:
                return f"{opening}{content}"
            return f"{opening}{shown(str(content))}"

        return print_cell


class GroupColumn(Column):
    """Rows that are sorted by it have a heading above those of each value."""


class LinkColumn(Column):
    """The name of a row, as a link to its details: the first of `names` that is set."""

    always = True

    def __init__(self, verbose_name: Any = None, *, names: tuple[str, ...], **options: Any):
        super().__init__(
            verbose_name,
            accessor=names[0],
            reads=names,
            **options,
        )
        self.names = names

    def cell(self, value: Any, row: Row) -> SafeString:
        return SafeString(
            f'<a class="row-link" href="{escape(self.url(row))}">'
            f"{cells.isolated(self.plain(value, row))}</a>"
        )

    def plain(self, value: Any, row: Row) -> str:
        for name in self.names:
            if row[name]:
                return row[name]
        return gettext("no name yet")

    def url(self, row: Row) -> str:
        return self._table.row_url.format(row["pk"])


class CodeColumn(Column):
    """An id: in monospace, copied by a click."""

    def cell(self, value: Any, row: Row) -> SafeString:
        return cells.copy_button(value or "")


class ChoiceColumn(Column):
    """The label of a choice."""

    isolates = False

    def __init__(self, verbose_name: Any = None, *, choices: Any, **options: Any):
        super().__init__(verbose_name, **options)
        self.labels = dict(choices.choices)

    def plain(self, value: Any, row: Row) -> str:
        return str(self.labels.get(value, value or ""))

    cell = plain


class StatusColumn(ChoiceColumn):
    def printer(self, name: str, label: str) -> Callable[[Row], str]:
        self._tags: dict[str, SafeString] = {}  # in the language of this page
        return super().printer(name, label)

    def cell(self, value: Any, row: Row) -> SafeString:
        if value not in self._tags:
            self._tags[value] = cells.status_tag(value, self.plain(value, row))
        return self._tags[value]


class DateColumn(Column):
    isolates = False
    formatter: Callable[[], Callable[[Any], str]] = staticmethod(days)

    def printer(self, name: str, label: str) -> Callable[[Row], str]:
        self._format = self.formatter()  # as of this page
        return super().printer(name, label)

    def cell(self, value: Any, row: Row) -> str:
        return self._format(value)


class TimeColumn(DateColumn):
    formatter = staticmethod(moments)

    def heading(self, label: str) -> str:
        return times.heading_with_zone(label)


class FlagColumn(Column):
    """Shown where it holds, empty where it does not."""

    def __init__(self, verbose_name: Any = None, *, tag: str, text: Any, **options: Any):
        super().__init__(verbose_name, **options)
        self.tag = tag
        self.text = text

    def cell(self, value: Any, row: Row) -> SafeString:
        if value:
            return cells.status_tag(self.tag, str(self.text))
        return mark_safe("")

    def plain(self, value: Any, row: Row) -> str:
        if value:
            return str(self.text)
        return ""
