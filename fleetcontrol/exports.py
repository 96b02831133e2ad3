"""The files that the lists hand out, as CSV or as a workbook. No cell of them is one that a spreadsheet would run."""

import csv
from collections.abc import Iterable, Iterator
from datetime import date
from tempfile import TemporaryFile
from typing import Any

from django.http import FileResponse, HttpResponseBase, StreamingHttpResponse
from openpyxl import Workbook

from jobs.importing.characters import neutral
from jobs.importing.files import UNWRITABLE

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
# A sheet of Excel has a million rows, and is built before its first byte is sent.
LONGEST_SHEET = 100_000

Rows = Iterable[Iterable[Any]]


def export(form: str, rows: Rows, name: str) -> HttpResponseBase:
    """`rows` as a file to keep; `form` is csv or xlsx."""
    name = f"{name}-{date.today():%Y-%m-%d}.{form}"  # noqa: DTZ011 - a name, in the server's day
    return as_workbook(rows, name) if form == "xlsx" else as_csv(rows, name)


def as_csv(rows: Rows, name: str) -> StreamingHttpResponse:
    """A line at a time. Every cell is quoted: a spreadsheet of another language cuts lines at other signs than ours."""
    writer = csv.writer(Echo(), quoting=csv.QUOTE_ALL)
    lines = ("\ufeff" * (number == 0) + writer.writerow(row) for number, row in enumerate(_neutralised(rows)))
    headers = {"Content-Disposition": f'attachment; filename="{name}"'}
    return StreamingHttpResponse(lines, content_type="text/csv; charset=utf-8", headers=headers)


def as_workbook(rows: Rows, name: str) -> FileResponse:
    book = Workbook(write_only=True)
    sheet = book.create_sheet()
    for row in _neutralised(rows):
        sheet.append([UNWRITABLE.sub("\N{REPLACEMENT CHARACTER}", cell) for cell in row])
    file = TemporaryFile()  # noqa: SIM115 - the response closes it
    book.save(file)
    file.seek(0)
    return FileResponse(file, as_attachment=True, filename=name, content_type=XLSX)


def _neutralised(rows: Rows) -> Iterator[list[str]]:
    for row in rows:
        yield [neutral(str(cell)) for cell in row]


class Echo:
    """A file that hands back what is written to it, for a line at a time."""

    def write(self, text: str) -> str:
        return text
