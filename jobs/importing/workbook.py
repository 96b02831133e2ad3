"""XLSX: the first visible sheet with a header we know, else the first visible one; values as the spreadsheet shows them."""

import io
import re
import zipfile
from collections.abc import Callable, Iterator, Sequence
from datetime import date, datetime, time, timedelta
from typing import Any

from django.utils.translation import gettext_lazy as _
from openpyxl import load_workbook
from openpyxl.worksheet.formula import ArrayFormula, DataTableFormula

from jobs.importing import bounds
from jobs.importing.errors import Unreadable
from jobs.importing.sheet import Sheet, is_blank, sheet_of

SIGNATURE = b"PK\x03\x04"
AS_CSV = _("Save it as Excel workbook (.xlsx) or as CSV.")
# How Excel writes a control character into a text: a carriage return in front of a line break, mostly.
ESCAPED = re.compile(r"_x00([01][0-9A-Fa-f])_")
# How far down a header is looked for while it is not yet clear which sheet is meant.
HEADER_WITHIN = 50


def read_workbook(content: bytes, known: Callable[[str], bool]) -> Sheet:
    """`known` says of a heading whether a column is called so: that decides between the sheets."""
    try:
        _inspect(content)
        return sheet_of(_texts(content, known))
    except Unreadable:
        raise
    except Exception as error:
        # A broken workbook is answered with whatever its parts happen to raise: BadZipFile, KeyError, ParseError …
        raise Unreadable(
            "broken_workbook", _("The workbook is damaged and cannot be read."), suggestion=AS_CSV
        ) from error


def _inspect(content: bytes) -> None:
    """Before anything is read: is it a workbook, and how much would come out of it?"""
    with zipfile.ZipFile(io.BytesIO(content)) as packed:
        parts = packed.infolist()
        if not any(part.filename.lower() == "xl/workbook.xml" for part in parts):
            raise Unreadable("not_a_workbook", _("This is not an Excel workbook."), suggestion=AS_CSV)
        if (
            sum(part.file_size for part in parts) > bounds.MAX_UNPACKED
            or len(parts) > bounds.MAX_PARTS
            or sum(packed.read(part).count(b"<") for part in parts) > bounds.MAX_TAGS
        ):
            raise Unreadable(
                "unpacks_too_large",
                _("The workbook unpacks to more than %(bound)s MB, %(parts)s parts or %(tags)s XML tags.")
                % {"bound": bounds.megabytes(bounds.MAX_UNPACKED), "parts": bounds.MAX_PARTS, "tags": bounds.MAX_TAGS},
                suggestion=_("Copy the table into an empty workbook."),
            )


def _texts(content: bytes, known: Callable[[str], bool]) -> Iterator[list[str]]:
    sheet = _sheet(_open(content), known)
    rows = _filled(_written(sheet))
    if any(_is_formula(cell) for row in rows.values() for cell in row):
        values = _filled(_calculated(_open(content, data_only=True)[sheet.title]))
        rows = {number: _with_results(row, values.get(number, [])) for number, row in rows.items()}
    for number in range(1, max(rows, default=0) + 1):
        yield [text_of(cell) for cell in rows.get(number, ())]


def _open(content: bytes, **options: Any) -> Any:
    return load_workbook(io.BytesIO(content), read_only=True, keep_links=False, **options)


def _sheet(book: Any, known: Callable[[str], bool]) -> Any:
    """Numbers writes a summary of its own in front, others a page of instructions."""
    visible = [sheet for sheet in book.worksheets if sheet.sheet_state == "visible"]
    if not visible:
        raise Unreadable("not_a_workbook", _("The workbook has no visible sheet."))
    return next((sheet for sheet in visible if len(visible) > 1 and _has_header(sheet, known)), visible[0])


def _has_header(sheet: Any, known: Callable[[str], bool]) -> bool:
    header = next(iter(_filled(_written(sheet, within=HEADER_WITHIN), first=1).values()), [])
    return any(known(cell) for cell in header if isinstance(cell, str))


def _written(sheet: Any, *, within: int = bounds.MAX_SHEET_ROW + 1) -> Iterator[tuple]:
    sheet.reset_dimensions()  # what the file claims about its own size decides nothing
    return sheet.iter_rows(max_row=within, values_only=True)


def _calculated(sheet: Any) -> Iterator[list]:
    """With what came out of each formula. An empty text is a result too, and not the same as none."""
    sheet.reset_dimensions()
    for row in sheet.iter_rows(max_row=bounds.MAX_SHEET_ROW + 1):
        yield ["" if cell.value is None and cell.data_type == "str" else cell.value for cell in row]


def _filled(rows: Iterator, *, first: int = bounds.MAX_ROWS + 2) -> dict[int, list]:
    """Rows that hold anything, by number: the `first` ones, not counting those that hold nothing but formulas."""
    found: dict[int, list] = {}
    for number, row in enumerate(rows, start=1):
        if not row or all(cell is None for cell in row):
            continue
        if number > bounds.MAX_SHEET_ROW:
            raise Unreadable(
                "too_many_rows",
                _("The sheet reaches below row %(bound)s.") % {"bound": bounds.MAX_SHEET_ROW},
                row=number,
            )
        found[number] = _within_bounds(row)
        first -= any(not (_is_formula(cell) or is_blank(text_of(cell))) for cell in row)
        if not first:
            break
    return found


def _within_bounds(row: Sequence) -> list:
    """What stands further right is reported, however much it is, by the first of it."""
    beyond = [cell for cell in row[bounds.MAX_COLUMNS :] if cell is not None]
    return [*row[: bounds.MAX_COLUMNS], *beyond[:1]]


def _is_formula(cell: Any) -> bool:
    return isinstance(cell, ArrayFormula | DataTableFormula) or (isinstance(cell, str) and cell.startswith("="))


def _with_results(row: list, values: list) -> list:
    """A formula's stored result; without one the formula itself, which the rules of every column refuse."""
    values = values + [None] * (len(row) - len(values))
    return [cell if not _is_formula(cell) or value is None else value for cell, value in zip(row, values, strict=False)]


def text_of(cell: Any) -> str:
    """A value as a person would write it into a CSV file; what has no such text is refused like a broken cell."""
    match cell:
        case None:
            return ""
        case str():
            return ESCAPED.sub(lambda found: chr(int(found[1], 16)), cell)
        case bool():
            return "true" if cell else "false"
        case float() if cell.is_integer() and abs(cell) < 1e15:
            return str(int(cell))
        case int() | float():
            return str(cell)
        case datetime() if cell.time() == time.min:
            return cell.date().isoformat()
        case datetime() | date() | time():
            return cell.isoformat()
        case timedelta():
            return str(cell)
        case ArrayFormula() | DataTableFormula():
            return "=" + (getattr(cell, "text", None) or "").removeprefix("=")
    return "#VALUE!"
