"""The lists of a preview, one a tab: errors, warnings, differences, and rows without errors."""

from typing import TYPE_CHECKING, Any, NamedTuple

from django.core.paginator import Page, Paginator
from django.http import QueryDict
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy

from core.web.lists.tabs import Tab, make_tabs
from jobs.importing.checking import groups
from jobs.importing.columns import COLUMNS
from jobs.importing.errors import Finding
from jobs.reading.words import Words

if TYPE_CHECKING:
    from fleetcontrol.import_preview.preview import Preview

PAGE = 50
LABELS = {
    "errors": gettext_lazy("Errors"),
    "warnings": gettext_lazy("Warnings"),
    "differences": gettext_lazy("Template differences"),
    "rows": gettext_lazy("Rows without errors"),
}

# The number of a row of the file, and the values of its job.
NumberedRow = tuple[int, dict[str, Any]]


class Listed(NamedTuple):
    kind: str
    group: str
    page: Page
    tabs: list[Tab]
    heads: list[str]


class Lists:
    def __init__(self, preview: "Preview"):
        self.preview = preview

    @cached_property
    def counts(self) -> dict[str, int]:
        if not self.preview.kept:
            return dict.fromkeys(LABELS, 0)
        return {kind: len(getattr(self.preview.kept, kind)) for kind in LABELS}

    def tabs(self, current: str) -> list[Tab]:
        labels = {}
        for kind, label in LABELS.items():
            if self.counts[kind] or kind == "rows":
                labels[kind] = label
        return make_tabs(labels, url=list_url, counts=self.counts, current=current)

    def listed(self, query: QueryDict) -> Listed:
        """Return the list that the URL names, else the first one with problems."""
        kind = query.get("list", "")
        if kind not in LABELS:
            kind = next((each for each in LABELS if self.counts[each]), "rows")
        group = query.get("group", "")
        rows = self._rows() if kind == "rows" else self._of_group(kind, group)
        page: Any = Paginator(rows, PAGE).get_page(query.get("page"))
        if kind == "rows":
            page.object_list = self._in_words(page.object_list)
        return Listed(kind, group, page, self.tabs(kind), self.heads)

    def _of_group(self, kind: str, number: str) -> list[Finding]:
        found = self.preview.findings(kind)
        grouped = groups(found)
        if number.isdecimal() and int(number) < len(grouped):
            return grouped[int(number)][1]
        return found

    def _rows(self) -> list[NumberedRow]:
        return self.preview.kept.rows if self.preview.kept else []

    @cached_property
    def written(self) -> list[str]:
        """The fields that the import sets in at least one job, in the order of the columns."""
        names = {name for _row, values in self._rows() for name in values}
        return [column.field for column in COLUMNS if column.field in names]

    @property
    def heads(self) -> list[str]:
        return [Words.label(name) for name in self.written]

    def _in_words(self, rows: Any) -> list[tuple[int, list[tuple[str, str]]]]:
        """Return the number of each row, and label and value of each column shown."""
        words = Words.for_values(
            (name, values.get(name)) for _row, values in rows for name in self.written
        )
        listed = []
        for number, values in rows:
            cells = []
            for name in self.written:
                text = words.value(name, values[name]) if name in values else ""
                cells.append((words.label(name), text))
            listed.append((number, cells))
        return listed


def list_url(kind: str) -> str:
    return f"?list={kind}"
