"""What a file leaves open, and notes for the reader of the preview: nothing is decided silently."""

from typing import TYPE_CHECKING, Any

from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from openpyxl.utils import range_boundaries

from jobs.importing.errors import BadCell, Finding, shown
from jobs.importing.layout import NO_HEADER

if TYPE_CHECKING:
    from jobs.importing.checking import Check, Options
    from jobs.importing.sheet import Reading

# How many values of each column the preview shows, and how many rows are offered as the header.
SAMPLES = 3
ROWS_OFFERED = 10
WARNED_RANGES = 20


def unanswered(reading: "Reading", options: "Options") -> list[Finding]:
    """What a person has to decide before any row can be imported."""
    found = []
    if reading.hidden and not options.layout.hidden:
        found.append(_hidden_rows(reading))
    if reading.header_row == NO_HEADER and options.layout.header is None:
        text = _("No row with headings was found.")
        advice = _("Choose the row, or that there is none, and what the columns mean.")
        found.append(Finding(None, "", "no_header", "", text, advice))
    return found


def is_header_missing(findings: list[Finding]) -> bool:
    return any(finding.code == "no_header" for finding in findings)


def _hidden_rows(reading: "Reading") -> Finding:
    text = ngettext(
        "%(hidden)s of %(total)s row is hidden.",
        "%(hidden)s of %(total)s rows are hidden.",
        reading.total,
    ) % {"hidden": reading.hidden, "total": reading.total}
    advice = _("Choose whether to import all rows or only those that the sheet shows.")
    return Finding(None, "", "hidden_rows", "", text, advice)


def warn_of_merged_cells(check: "Check") -> None:
    """Warn of each range that reaches over several rows: its value is in the first one only."""
    last = check.reading.sheet.records[-1][0]
    for range_ in check.reading.table.merged[:WARNED_RANGES]:
        _left, top, _right, bottom = range_boundaries(range_)
        row = check.reading.record_number(top or 1)
        is_among_records = row >= check.numbers[0] and row <= last
        if is_among_records and top != bottom:
            text = _("The cells %(range)s are merged. Only the first row has the value.")
            check.found.warnings.append(
                Finding(row, "", "merged_cells", range_, text % {"range": range_}, "")
            )


def turned_into_dates(texts: set[str]) -> dict[str, BadCell]:
    """A spreadsheet takes the model 9-3 for a day in March. What was typed is lost."""
    problem = BadCell(
        "date_in_text",
        _("The spreadsheet has turned this value into a date."),
        _("Format the column as text and enter the value again."),
        is_advice=True,
    )
    return dict.fromkeys(texts, problem)


def description(check: "Check") -> dict[str, Any]:
    """How the file was read, in a form that can be kept."""
    reading = check.reading
    table = reading.table
    return {
        "encoding": table.encoding,
        "proof": list(table.proof),
        "sheet": table.sheet,
        "header": reading.header_row,
        "top": [(row, _beginning(cells)) for row, cells in table.rows[:ROWS_OFFERED]],
        "hidden": reading.hidden,
        "total": reading.total,
        "samples": [_samples(check, heading.position) for heading in check.found.headings],
    }


def _beginning(cells: list[str]) -> str:
    return shown(" · ".join(cell.strip() for cell in cells if cell.strip()))


def _samples(check: "Check", position: int) -> list[str]:
    """The first different values of a column."""
    found: dict[str, None] = {}
    for text in dict.fromkeys(check.texts[position]):  # thousands of rows share a few values
        if text.strip():
            found.setdefault(shown(" ".join(text.split())))
        if len(found) == SAMPLES:
            break
    return list(found)
