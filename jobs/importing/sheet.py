"""What every reader gives: the header, and the records below it that hold anything."""

from collections.abc import Iterable
from typing import NamedTuple

from django.utils.translation import gettext_lazy as _

from jobs.importing import bounds
from jobs.importing.errors import Unreadable


class Sheet(NamedTuple):
    header: list[str]
    records: list[tuple[int, list[str]]]  # (record number with header = 1, cells)


def sheet_of(rows: Iterable[list[str]]) -> Sheet:
    """The first row that holds anything is the header. Blank rows are passed over, but they keep their number."""
    rows = iter(rows)
    header = next((cells for row in rows if (cells := filled(row))), [])
    if not header:
        raise Unreadable("empty_file", _("The file is empty."))
    if len(header) > bounds.MAX_COLUMNS:
        raise Unreadable(
            "too_many_columns",
            _("The file has more than %(bound)s columns.") % {"bound": bounds.MAX_COLUMNS},
            row=1,
        )
    records = []
    for number, row in enumerate(rows, start=2):
        if cells := filled(row):
            if len(records) == bounds.MAX_ROWS:
                raise Unreadable(
                    "too_many_rows",
                    _("The file has more than %(bound)s rows below the header.") % {"bound": bounds.MAX_ROWS},
                    row=number,
                    suggestion=_("Split it into several files."),
                )
            # Cells without a header are reported, however many they are, by the first of them.
            records.append((number, cells[: bounds.MAX_COLUMNS + 1]))
    if not records:
        raise Unreadable("no_rows", _("The file has a header but no rows below it."), row=1)
    return Sheet([cell.strip() for cell in header], records)


def filled(row: list[str]) -> list[str]:
    """The row without the blank cells at its end."""
    end = len(row)
    while end and is_blank(row[end - 1]):
        end -= 1
    return row if end == len(row) else row[:end]


def is_blank(cell: str) -> bool:
    return not cell or cell.isspace()
