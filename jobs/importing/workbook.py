"""XLSX: the first visible sheet, values as the spreadsheet shows them."""

import io
import zipfile
from collections.abc import Iterator
from datetime import date, datetime, time
from typing import Any

from django.utils.translation import gettext_lazy as _
from openpyxl import load_workbook

from jobs.importing import bounds
from jobs.importing.errors import Unreadable
from jobs.importing.sheet import Sheet, sheet_of

SIGNATURE = b"PK\x03\x04"
AS_CSV = _("Save it as Excel workbook (.xlsx) or as CSV.")


def read_workbook(content: bytes) -> Sheet:
    _inspect(content)
    try:
        rows = list(_rows(content, values=False))
        if any(_is_formula(cell) for row in rows for cell in row):
            rows = [_calculated(*both) for both in zip(rows, _rows(content, values=True), strict=False)]
    except Unreadable:
        raise
    except Exception as error:
        # openpyxl answers a broken workbook with whatever its parts happen to raise: KeyError, TypeError, ParseError …
        raise Unreadable(
            "broken_workbook", _("The workbook is damaged and cannot be read."), suggestion=AS_CSV
        ) from error
    return sheet_of([text_of(cell) for cell in row] for row in rows)


def _inspect(content: bytes) -> None:
    """Before anything is unpacked: is it a workbook, and how much would come out of it?"""
    try:
        parts = zipfile.ZipFile(io.BytesIO(content)).infolist()
    except (zipfile.BadZipFile, OSError, ValueError, NotImplementedError) as error:
        raise Unreadable(
            "broken_workbook", _("The workbook is damaged and cannot be read."), suggestion=AS_CSV
        ) from error
    if not any(part.filename.lower() == "xl/workbook.xml" for part in parts):
        raise Unreadable("not_a_workbook", _("This is not an Excel workbook."), suggestion=AS_CSV)
    if sum(part.file_size for part in parts) > bounds.MAX_UNPACKED or len(parts) > bounds.MAX_PARTS:
        raise Unreadable(
            "unpacks_too_large",
            _("The workbook unpacks to more than %(bound)s MB or holds more than %(parts)s parts.")
            % {"bound": bounds.megabytes(bounds.MAX_UNPACKED), "parts": bounds.MAX_PARTS},
            suggestion=_("Copy the table into an empty workbook."),
        )


def _rows(content: bytes, *, values: bool) -> Iterator[tuple[Any, ...]]:
    book = load_workbook(io.BytesIO(content), read_only=True, data_only=values, keep_links=False)
    sheet = next((sheet for sheet in book.worksheets if sheet.sheet_state == "visible"), None)
    if sheet is None:
        raise Unreadable("not_a_workbook", _("The workbook has no visible sheet."))
    sheet.reset_dimensions()  # what the file claims about its own size decides nothing
    for number, row in enumerate(sheet.iter_rows(values_only=True, max_col=bounds.MAX_COLUMNS + 1), start=1):
        if number > bounds.MAX_SHEET_ROWS:
            raise Unreadable(
                "too_many_rows",
                _("The sheet reaches below row %(bound)s.") % {"bound": bounds.MAX_SHEET_ROWS},
                row=number,
                suggestion=_("Delete the blank rows below the table."),
            )
        yield row


def _is_formula(cell: Any) -> bool:
    return isinstance(cell, str) and cell.startswith("=")


def _calculated(row: tuple, values: tuple) -> list:
    """A formula's stored value; without one the formula itself, which the rules of every column refuse."""
    values += (None,) * (len(row) - len(values))
    return [cell if not _is_formula(cell) or value is None else value for cell, value in zip(row, values, strict=False)]


def text_of(cell: Any) -> str:
    """A value as a person would write it into a CSV file."""
    match cell:
        case None:
            return ""
        case str():
            return cell
        case bool():
            return "true" if cell else "false"
        case float() if cell.is_integer() and abs(cell) < 1e15:
            return str(int(cell))
        case datetime() if cell.time() == time.min:
            return cell.date().isoformat()
        case datetime() | date() | time():
            return cell.isoformat()
    return str(cell)
