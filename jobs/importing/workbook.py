"""XLSX files: the visible sheet with the most known headings, with the values that it shows."""

import io
import zipfile
from collections.abc import Callable, Iterator
from functools import cache
from typing import Any

from django.utils.translation import gettext_lazy as _
from openpyxl import load_workbook
from openpyxl.styles.numbers import BUILTIN_FORMATS, BUILTIN_FORMATS_MAX_SIZE
from openpyxl.worksheet._reader import WorkSheetParser

from jobs.importing import bounds, header
from jobs.importing.cells import is_date, is_formula, text_of, with_format
from jobs.importing.errors import Unreadable
from jobs.importing.sheet import ROWS_READ, Table, is_blank, rows_of

SIGNATURE = b"PK\x03\x04"
AS_CSV = _("Save it as an Excel workbook (.xlsx) or as CSV.")
# A workbook of the same name and another inside: its parts are named and written differently.
STRICT = b"http://purl.oclc.org/ooxml/"
# How many rows are searched for a header while the sheet is being chosen.
HEADER_WITHIN = 50


def read_workbook(content: bytes, known: Callable[[str], bool]) -> Table:
    """Read the rows. `known` returns whether a heading names a column; this decides between the sheets."""
    try:
        _inspect(content)
        return _table(content, known)
    except Unreadable:
        raise
    except Exception as error:
        # A broken workbook can raise anything: BadZipFile, KeyError, ParseError …
        raise Unreadable(
            "broken_workbook", _("The workbook is damaged and cannot be read."), suggestion=AS_CSV
        ) from error


def _inspect(content: bytes) -> None:
    """Refuse other files and large workbooks before anything is unpacked."""
    with zipfile.ZipFile(io.BytesIO(content)) as packed:
        books = [one for one in packed.infolist() if one.filename.lower() == "xl/workbook.xml"]
        if not books:
            raise Unreadable(
                "not_a_workbook", _("This is not an Excel workbook."), suggestion=AS_CSV
            )
        if _is_too_large(packed):
            raise Unreadable(
                "unpacks_too_large",
                _(
                    "The workbook unpacks to more than %(bound)s MB, %(parts)s parts or %(tags)s XML tags."
                )
                % {
                    "bound": bounds.megabytes(bounds.MAX_UNPACKED),
                    "parts": bounds.MAX_PARTS,
                    "tags": bounds.MAX_TAGS,
                },
                suggestion=_("Copy the table into an empty workbook."),
            )
        if STRICT in packed.read(books[0])[:10_000]:
            raise Unreadable(
                "strict_workbook",
                _("This workbook is saved as “Strict Open XML Spreadsheet”, which is not read."),
                suggestion=_("Save it as “Excel Workbook (.xlsx)” or as CSV."),
            )


def _is_too_large(packed: zipfile.ZipFile) -> bool:
    parts = packed.infolist()
    if len(parts) > bounds.MAX_PARTS or sum(part.file_size for part in parts) > bounds.MAX_UNPACKED:
        return True
    return sum(packed.read(part).count(b"<") for part in parts) > bounds.MAX_TAGS


def _table(content: bytes, known: Callable[[str], bool]) -> Table:
    sheet = Sheet.chosen(_open(content), known)
    rows = sheet.filled()
    if any(is_formula(cell) for row in rows.values() for cell in row):
        values = Sheet(_open(content, data_only=True), sheet.title).filled(with_empty_texts=True)
        rows = {number: _with_results(row, values.get(number, [])) for number, row in rows.items()}
    depth = max(rows, default=0)
    lines = ([text_of(cell) for cell in rows.get(number, ())] for number in range(1, depth + 1))
    return Table(
        rows_of(lines),
        hidden=frozenset(sheet.hidden),
        merged=tuple(sheet.merged),
        sheet=sheet.title,
        dates=frozenset(text_of(cell) for row in rows.values() for cell in row if is_date(cell)),
    )


def _open(content: bytes, **options: Any) -> Any:
    return load_workbook(io.BytesIO(content), read_only=True, keep_links=False, **options)


class Sheet:
    """One sheet of a workbook. Reading its rows also finds hidden rows and merged cells."""

    def __init__(self, book: Any, title: str):
        self.book = book
        self.title = title
        self.hidden: set[int] = set()
        self.merged: list[str] = []
        self.format_of = cache(self._format_of)

    @classmethod
    def chosen(cls, book: Any, known: Callable[[str], bool]) -> "Sheet":
        """Choose the sheet: some programs write a summary or a page of instructions in front of the table."""
        visible = [
            cls(book, sheet.title) for sheet in book.worksheets if sheet.sheet_state == "visible"
        ]
        if not visible:
            raise Unreadable("not_a_workbook", _("The workbook has no visible sheet."))
        if len(visible) == 1:
            return visible[0]
        return max(visible, key=lambda sheet: sheet._known_headings(known))

    def _known_headings(self, known: Callable[[str], bool]) -> int:
        rows = self.filled(first=header.WITHIN, within=HEADER_WITHIN).values()
        counts = [sum(known(cell) for cell in row if isinstance(cell, str)) for row in rows]
        return max(counts, default=0)

    def filled(
        self,
        *,
        first: int = ROWS_READ,
        within: int = bounds.MAX_SHEET_ROW,
        with_empty_texts: bool = False,
    ) -> dict[int, list]:
        """The `first` rows that are not blank, by number. Rows with nothing but formulas are not counted."""
        found: dict[int, list] = {}
        for number, cells in self._parsed():
            row = self._values(cells, with_empty_texts)
            if all(cell is None for cell in row):
                continue
            if number > within:
                self._refuse_depth(number)
                break
            found[number] = row
            first -= any(not (is_formula(cell) or is_blank(text_of(cell))) for cell in row)
            if first <= 0:
                break
        return found

    def _parsed(self) -> Iterator[tuple[int, list[dict[str, Any]]]]:
        sheet = self.book[self.title]
        with sheet._get_source() as source:
            parser = WorkSheetParser(
                source,
                sheet._shared_strings,
                data_only=self.book.data_only,
                epoch=self.book.epoch,
                date_formats=self.book._date_formats,
                timedelta_formats=self.book._timedelta_formats,
            )
            yield from parser.parse()
            self.hidden = {
                int(number) for number, row in parser.row_dimensions.items() if _is_hidden(row)
            }
            if parser.merged_cells is not None:
                self.merged = [str(one.ref) for one in parser.merged_cells.mergeCell]

    def _values(self, cells: list[dict[str, Any]], with_empty_texts: bool) -> list:
        """The values of a row. A cell may leave out its place; the size that the file states is not trusted."""
        row: list[Any] = []
        for cell in cells:
            place = cell["column"] - 1
            if place > bounds.MAX_COLUMNS:
                place = bounds.MAX_COLUMNS  # one of the cells beyond the limit is enough
            if place >= len(row):
                row.extend([None] * (place + 1 - len(row)))
            value = cell["value"]
            if value is None and with_empty_texts and cell["data_type"] == "str":
                value = ""  # the result of a formula, as opposed to no result
            if value is not None:
                row[place] = with_format(value, self.format_of(cell["style_id"]))
        return row

    def _format_of(self, style: int) -> str:
        number = self.book._cell_styles[style].numFmtId
        if number < BUILTIN_FORMATS_MAX_SIZE:
            return BUILTIN_FORMATS.get(number, "General")
        return self.book._number_formats[number - BUILTIN_FORMATS_MAX_SIZE]

    @staticmethod
    def _refuse_depth(number: int) -> None:
        if number > bounds.MAX_SHEET_ROW:
            raise Unreadable(
                "too_many_rows",
                _("The sheet reaches below row %(bound)s.") % {"bound": bounds.MAX_SHEET_ROW},
                row=number,
            )


def _is_hidden(row: dict[str, str]) -> bool:
    return row.get("hidden", "0") in ("1", "true")


def _with_results(row: list, values: list) -> list:
    """The row with the stored result of each formula. A formula without one stays, and every column refuses it."""
    found = list(row)
    for place, value in enumerate(values[: len(row)]):
        if is_formula(row[place]) and value is not None:
            found[place] = value
    return found
