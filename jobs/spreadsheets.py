"""CSV and Excel files: what exports, templates and refused rows have in common.

No spreadsheet runs what a cell contains, and every cell is a text.
"""

import csv
from collections.abc import Iterable, Iterator, Mapping
from typing import IO, Any

from django.utils.translation import get_language
from openpyxl import Workbook
from openpyxl.cell import Cell, WriteOnlyCell

from accounts.models import Fleet
from core.values.cells import neutral, writable

Rows = Iterable[Iterable[Any]]
# What spreadsheets of a language expect; a comma elsewhere. The import accepts each of them.
OF_LANGUAGE = {"de": ";"}

CSV = "text/csv; charset=utf-8"
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
BYTE_ORDER_MARK = "\ufeff"  # Excel recognises UTF-8 by it


def separator_for(fleet: Fleet) -> str:
    """Return the sign between the cells of a CSV file: the fleet's, else that of the reader's language."""
    return fleet.separator or OF_LANGUAGE.get((get_language() or "")[:2], ",")


def csv_lines(rows: Rows, separator: str) -> Iterator[str]:
    """Write one line at a time. Every cell is quoted: a spreadsheet in another language splits lines at other signs."""
    writer = csv.writer(_Echo(), delimiter=separator, quoting=csv.QUOTE_ALL)
    yield BYTE_ORDER_MARK
    for row in rows:
        yield writer.writerow(neutral(str(cell)) for cell in row)


def write_workbook(file: IO[bytes], sheets: Mapping[str, Rows], *, as_text: bool = False) -> None:
    """Write each of `sheets` under its title.

    `as_text`: format the cells as text, so that a spreadsheet keeps long numbers and plates when they are edited.
    That takes longer: it is for files that are imported again.
    """
    book = Workbook(write_only=True)
    for title, rows in sheets.items():
        sheet = book.create_sheet(title)
        for row in rows:
            texts = [writable(str(cell)) for cell in row]
            sheet.append([_text_cell(sheet, text) for text in texts] if as_text else texts)
    book.save(file)


def _text_cell(sheet: Any, text: str) -> Cell:
    cell = WriteOnlyCell(sheet, value=text)
    cell.number_format = "@"
    cell.data_type = "s"
    return cell


class _Echo:
    """A file that returns what is written to it."""

    def write(self, text: str) -> str:
        return text
