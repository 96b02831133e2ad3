"""CSV and Excel files: what exports, templates and refused rows have in common.

No spreadsheet runs what a cell contains.
"""

import csv
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date, datetime
from itertools import chain, islice, zip_longest
from typing import IO, Any

from django.utils import timezone
from django.utils.translation import get_language
from openpyxl import Workbook
from openpyxl.cell import Cell, WriteOnlyCell
from openpyxl.styles import Font
from openpyxl.utils import get_column_letter, quote_sheetname
from openpyxl.worksheet.datavalidation import DataValidation

from accounts.models import Fleet
from core.values import times
from core.values.cells import neutral, writable

Rows = Iterable[Iterable[Any]]
# What spreadsheets of a language expect; a comma elsewhere. The import accepts each of them.
OF_LANGUAGE = {"de": ";"}

CSV = "text/csv; charset=utf-8"
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
BYTE_ORDER_MARK = "\ufeff"  # Excel recognises UTF-8 by it

CHOICES_TITLE = "Choices"
LAST_ROW = 1_048_576  # of a sheet

AS_TEXT = "@"
AS_DAY = "yyyy-mm-dd"
AS_MOMENT = "yyyy-mm-dd hh:mm:ss"
FIRST_DAY = date(1900, 3, 1)  # Excel takes 1900 for a leap year: days before this one shift
MOST_DIGITS = 15  # of a number; Excel makes the further ones zero
# The rows by which the widths of columns are chosen, and the bounds of a width in characters.
MEASURED = 200
NARROWEST, WIDEST = 8, 60


def separator_for(fleet: Fleet) -> str:
    """Return the sign between the cells of a CSV file: the fleet's, else that of the reader's language."""
    return fleet.separator or OF_LANGUAGE.get((get_language() or "")[:2], ",")


def text_of(value: Any) -> str:
    """The text of a value: days and moments as in ISO 8601, moments in the reader's zone."""
    if value is None:
        return ""
    if isinstance(value, datetime):
        return times.written(value)
    return str(value)


def csv_lines(rows: Rows, separator: str) -> Iterator[str]:
    """Write one line at a time. Every cell is quoted: a spreadsheet in another language splits lines at other signs."""
    writer = csv.writer(_Echo(), delimiter=separator, quoting=csv.QUOTE_ALL)
    yield BYTE_ORDER_MARK
    for row in rows:
        yield writer.writerow(neutral(text_of(cell)) for cell in row)


def write_workbook(
    file: IO[bytes],
    sheets: Mapping[str, Rows],
    *,
    as_text: bool = False,
    choices: Mapping[str, Sequence[str]] | None = None,
) -> None:
    """Write each of `sheets` under its title. The first row of each is its heading, which stays in sight.

    Days, moments and numbers are cells of that kind, so that a spreadsheet sorts and sums them.

    `as_text`: format all cells as text, so that a spreadsheet keeps long numbers and plates when they are edited.
    That takes longer: it is for files that are filled in and imported.
    `choices`: what the first sheet offers beneath a heading. Another value may be typed nevertheless.
    """
    book = Workbook(write_only=True)
    written = []
    for title, rows in sheets.items():
        writer = SheetWriter(book.create_sheet(title), as_text=as_text)
        writer.write(rows)
        written.append(writer)
    if choices:
        written[0].offer(choices, book.create_sheet(CHOICES_TITLE))
    book.save(file)


class SheetWriter:
    def __init__(self, sheet: Any, *, as_text: bool) -> None:
        self.sheet = sheet
        self.cell = self._text if as_text else self._typed
        self.headings: list[str] = []

    def write(self, rows: Rows) -> None:
        rows = iter(rows)
        measured = [list(row) for row in islice(rows, MEASURED)]
        self._lay_out(measured)
        if not measured:
            return
        heading, *first = measured
        self.headings = [text_of(value) for value in heading]
        self.sheet.append([self._heading(text) for text in self.headings])
        number = 1
        for number, row in enumerate(chain(first, rows), start=2):  # noqa: B007 - the last one
            self.sheet.append([self.cell(value) for value in row])
        self.sheet.auto_filter.ref = f"A1:{get_column_letter(len(heading))}{number}"

    def offer(self, choices: Mapping[str, Sequence[str]], hidden: Any) -> None:
        """Offer values beneath headings. A sheet of its own holds them: the list of a cell has 255 characters."""
        offered = {name: values for name, values in choices.items() if values}
        hidden.sheet_state = "hidden"
        for row in zip_longest(*offered.values()):
            hidden.append([value and writable(value) for value in row])
        for column, (name, values) in enumerate(offered.items(), start=1):
            source = get_column_letter(column)
            target = get_column_letter(self.headings.index(name) + 1)
            validation = DataValidation(
                type="list",
                formula1=f"{quote_sheetname(hidden.title)}!${source}$1:${source}${len(values)}",
                allow_blank=True,
                showErrorMessage=False,
                sqref=f"{target}2:{target}{LAST_ROW}",
            )
            self.sheet.data_validations.append(validation)

    def _lay_out(self, measured: list[list[Any]]) -> None:
        """Decide what the file has before its rows."""
        self.sheet.freeze_panes = "A2"
        for place, width in enumerate(widths(measured), start=1):
            self.sheet.column_dimensions[get_column_letter(place)].width = width

    def _heading(self, text: str) -> Cell:
        cell = self._text(text)
        cell.font = Font(bold=True)
        return cell

    def _text(self, value: Any) -> Cell:
        cell = WriteOnlyCell(self.sheet, value=writable(text_of(value)))
        cell.number_format = AS_TEXT
        cell.data_type = "s"
        return cell

    def _typed(self, value: Any) -> Any:
        """A cell of the kind of its value. A text stays as it is: most cells are texts."""
        if isinstance(value, datetime):
            return self._dated(
                timezone.localtime(value).replace(tzinfo=None, microsecond=0), AS_MOMENT
            )
        if isinstance(value, date):
            return self._dated(value, AS_DAY)
        if isinstance(value, int | float) and len(str(value)) <= MOST_DIGITS:
            return value
        return writable(text_of(value))

    def _dated(self, value: date, shown_as: str) -> Any:
        if value.timetuple() < FIRST_DAY.timetuple():
            return value.isoformat()
        cell = WriteOnlyCell(self.sheet)
        cell.value = value
        cell.number_format = shown_as
        return cell


def widths(rows: list[list[Any]]) -> list[int]:
    """For each column the width of its longest line, within bounds."""
    longest = [NARROWEST] * max(map(len, rows), default=0)
    for row in rows:
        for place, value in enumerate(row):
            lines = text_of(value).splitlines()
            longest[place] = max([longest[place], *(len(line) + 2 for line in lines)])
    return [min(width, WIDEST) for width in longest]


class _Echo:
    """A file that returns what is written to it."""

    def write(self, text: str) -> str:
        return text
