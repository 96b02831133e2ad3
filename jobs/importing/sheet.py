"""The result of every reader: the header, and the records below it that are not blank."""

import hashlib
from collections.abc import Callable, Iterable
from typing import NamedTuple

from django.utils.translation import gettext_lazy as _

from jobs.importing import bounds, header
from jobs.importing.errors import Unreadable
from jobs.importing.layout import BY_CONTENT, NO_HEADER, VISIBLE, Layout

Row = tuple[int, list[str]]  # the number of the row in its file, and its cells
Known = Callable[[str], bool]
# So many rows can be needed: those in front of the header, the header, and one more than is allowed.
ROWS_READ = header.WITHIN + bounds.MAX_ROWS + 1


class Sheet(NamedTuple):
    header: list[str]
    records: list[Row]  # (record number with header = 1, cells)


class Table(NamedTuple):
    """The rows of a file that are not blank, before one of them is taken as the header."""

    rows: list[Row]
    hidden: frozenset[int] = frozenset()  # numbers of the rows that the spreadsheet does not show
    merged: tuple[str, ...] = ()  # ranges of merged cells
    encoding: str = ""  # a key of encoding.NAMES; "" for a workbook
    proof: tuple[str, ...] = ()
    sheet: str = ""  # the title of the sheet of a workbook
    dates: frozenset[str] = frozenset()  # the texts of cells that a workbook stores as dates


class Reading(NamedTuple):
    """A sheet, and notes for the preview on how it was read."""

    sheet: Sheet
    table: Table
    header_row: int  # its number in the file, or NO_HEADER
    hidden: int  # how many of the records are hidden, whether they are taken or not
    total: int  # how many records the file has, hidden ones included

    def record_number(self, row: int) -> int:
        return record_number(row, self.header_row)

    @property
    def fingerprint(self) -> str:
        """Equal for files with the same rows, whatever their encoding, separators and line ends are."""
        content = "\x1e".join("\x1f".join(cells) for _row, cells in self.table.rows)
        content = content.replace("\r\n", "\n").replace("\r", "\n")
        return hashlib.sha256(content.encode("utf-8", "surrogatepass")).hexdigest()


def rows_of(lines: Iterable[list[str]]) -> list[Row]:
    """The rows that are not blank, with their numbers; no more of them than are needed."""
    rows = []
    for number, line in enumerate(lines, start=1):
        if cells := filled(line):
            # One cell beyond the limit is enough to report them all.
            rows.append((number, cells[: bounds.MAX_COLUMNS + 1]))
            if len(rows) == ROWS_READ:
                break
    return rows


def reading_of(table: Table, known: Known, layout: Layout = BY_CONTENT) -> Reading:
    """Take one row as the header, and the rows below it as the records. Raises Unreadable."""
    if not table.rows:
        raise Unreadable("empty_file", _("The file is empty."))
    place = _place_of_header(table.rows, known, layout)
    below = table.rows[place + 1 :]
    names = [cell.strip() for cell in table.rows[place][1]] if place >= 0 else _no_names(below)
    _check_bounds(names, below)
    header_row = table.rows[place][0] if place >= 0 else NO_HEADER
    hidden = [row for row, _cells in below if row in table.hidden]
    if layout.hidden == VISIBLE:
        below = [(row, cells) for row, cells in below if row not in table.hidden]
    if not below:
        raise Unreadable("no_rows", _("The file has a header but no rows below it."), row=1)
    records = [(record_number(row, header_row), cells) for row, cells in below]
    total = len(below) if layout.hidden != VISIBLE else len(below) + len(hidden)
    return Reading(Sheet(names, records), table, header_row, len(hidden), total)


def _place_of_header(rows: list[Row], known: Known, layout: Layout) -> int:
    """The index of the header's row; -1 where there is none."""
    if layout.header is None:
        return header.place_of([cells for _row, cells in rows[: header.WITHIN]], known)
    if layout.header == NO_HEADER:
        return -1
    for place, (number, _cells) in enumerate(rows[: header.WITHIN]):
        if number == layout.header:
            return place
    raise Unreadable(
        "no_header_row",
        _("Row %(row)s is blank or too far below to be the header.") % {"row": layout.header},
    )


def _no_names(rows: list[Row]) -> list[str]:
    return [""] * max(len(cells) for _row, cells in rows)


def _check_bounds(names: list[str], below: list[Row]) -> None:
    if len(names) > bounds.MAX_COLUMNS:
        raise Unreadable(
            "too_many_columns",
            _("The file has more than %(bound)s columns.") % {"bound": bounds.MAX_COLUMNS},
            row=1,
        )
    if len(below) > bounds.MAX_ROWS:
        raise Unreadable(
            "too_many_rows",
            _("The file has more than %(bound)s rows below the header.")
            % {"bound": bounds.MAX_ROWS},
            row=below[bounds.MAX_ROWS][0],
            suggestion=_("Split it into several files."),
        )


def record_number(row: int, header_row: int) -> int:
    """The header is 1. Without a header, the first row of the file is."""
    return row - max(header_row, 1) + 1


def filled(row: list[str]) -> list[str]:
    """The row without the blank cells at its end."""
    end = len(row)
    while end and is_blank(row[end - 1]):
        end -= 1
    return row[:end]


def is_blank(cell: str) -> bool:
    return not cell or cell.isspace()
