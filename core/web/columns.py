"""The columns of our tables. A column hands out a ready, escaped cell for the page and a plain value for an export."""

from collections.abc import Callable, Iterable, Mapping
from copy import copy
from html import escape
from typing import Any

import django_tables2 as tables2
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from core.web import cells

Row = Mapping[str, Any]


class Column(tables2.Column):
    """Text. `reads` names what a cell needs besides its own value; `sort` the path that orders the rows.

    `indexed=False`: no index helps, so it is offered only while the rows are few. `label_on_phone`: on a card, where
    there is no heading, the label stands before the value.
    """

    css = ""
    always = False  # cannot be hidden

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
        super().__init__(verbose_name, orderable=bool(sort), order_by=sort or None, **options)
        self.reads, self.sort, self.indexed, self.label_on_phone = tuple(reads), sort, indexed, label_on_phone
        self.css = css or self.css

    def __deepcopy__(self, memo: dict) -> "Column":
        """Every table has columns of its own, for each request; what they are made of never changes."""
        return copy(self)

    def cell(self, value: Any, row: Row) -> Any:
        """What stands in the cell; whatever is not marked safe gets escaped."""
        return "" if value is None else value

    def plain(self, value: Any, row: Row) -> Any:
        return "" if value is None else value

    def printer(self, name: str, label: str) -> Callable[[Row], str]:
        """The whole cell, compiled for one column of one table. HTML ends it where the next begins, so nothing else does."""
        key, cell = str(self.accessor or name), self.cell
        opening = f'<td class="{self.css}"' if self.css else "<td"
        opening += f' data-label="{escape(label)}">' if self.label_on_phone else ">"

        empty = opening.partition(" data-label")[0].rstrip(">") + ">"

        def print_cell(row: Row) -> str:
            content = cell(row[key], row)
            if content == "":
                return empty
            return f"{opening}{content if content.__class__ is SafeString else escape(str(content))}"

        return print_cell


class LinkColumn(Column):
    """What a row is called, leading to its details; `names` are tried in turn."""

    always = True

    def __init__(self, verbose_name: Any = None, *, names: tuple[str, ...], **options: Any):
        super().__init__(verbose_name, accessor=names[0], reads=names, **options)
        self.names = names

    def cell(self, value: Any, row: Row) -> SafeString:
        return SafeString(f'<a class="row-link" href="{escape(self.url(row))}">{escape(self.plain(value, row))}</a>')

    def plain(self, value: Any, row: Row) -> str:
        for name in self.names:
            if row[name]:
                return row[name]
        return gettext("no name yet")

    def url(self, row: Row) -> str:
        return self._table.row_url.format(row["pk"])


class CodeColumn(Column):
    """VIN, QNR, partner ID: in monospace, copied by a click."""

    def cell(self, value: Any, row: Row) -> SafeString:
        return cells.copy_button(value or "")


class ChoiceColumn(Column):
    """The label of a choice."""

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
    says: Callable[[], Callable[[Any], str]] = staticmethod(cells.days)

    def printer(self, name: str, label: str) -> Callable[[Row], str]:
        self._say = self.says()  # as of this page
        return super().printer(name, label)

    def cell(self, value: Any, row: Row) -> str:
        return self._say(value)


class TimeColumn(DateColumn):
    says = staticmethod(cells.moments)


class FlagColumn(Column):
    """Shown where it holds, empty where it does not."""

    def __init__(self, verbose_name: Any = None, *, tag: str, text: Any, **options: Any):
        super().__init__(verbose_name, **options)
        self.tag, self.text = tag, text

    def cell(self, value: Any, row: Row) -> SafeString:
        return cells.status_tag(self.tag, str(self.text)) if value else mark_safe("")

    def plain(self, value: Any, row: Row) -> str:
        return str(self.text) if value else ""


class FeatureColumn(Column):
    """On, off, or left to the installer."""

    def plain(self, value: Any, row: Row) -> str:
        return str({True: _("on"), False: _("off")}.get(value, _("installer decides")))

    cell = plain
