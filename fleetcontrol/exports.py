"""Exports of lists, as CSV or as an Excel workbook."""

from collections.abc import Iterator
from datetime import tzinfo
from tempfile import TemporaryFile

from django.db.models import QuerySet
from django.http import FileResponse, HttpResponseBase, StreamingHttpResponse
from django.utils import timezone, translation
from django.utils.translation import gettext_lazy

from accounts.models import Fleet
from jobs.spreadsheets import CSV, XLSX, Rows, csv_lines, separator_for, write_workbook

# A sheet of Excel has a million rows; it is complete before its first byte is sent.
LONGEST_SHEET = 100_000
TOO_LONG = gettext_lazy(
    "An Excel file takes up to 100,000 rows. Filter the list, or export it as CSV."
)


def fits(file_format: str, rows: QuerySet) -> bool:
    return file_format != "xlsx" or not rows.order_by()[LONGEST_SHEET:].exists()


def export(file_format: str, rows: Rows, name: str, *, fleet: Fleet) -> HttpResponseBase:
    """Return `rows` as an attachment; `file_format` is csv or xlsx."""
    name = f"{name}-{timezone.localdate():%Y-%m-%d}.{file_format}"
    if file_format == "xlsx":
        return export_workbook(rows, name)
    return export_csv(rows, name, separator_for(fleet))


def export_csv(rows: Rows, name: str, separator: str) -> StreamingHttpResponse:
    headers = {"Content-Disposition": f'attachment; filename="{name}"'}
    lines = in_current_locale(csv_lines(rows, separator))
    return StreamingHttpResponse(lines, content_type=CSV, headers=headers)


def export_workbook(rows: Rows, name: str) -> FileResponse:
    file = TemporaryFile()  # noqa: SIM115 - the response closes it
    write_workbook(file, {"Sheet": rows})
    file.seek(0)
    return FileResponse(file, as_attachment=True, filename=name, content_type=XLSX)


def in_current_locale(lines: Iterator[str]) -> Iterator[str]:
    """Make each line in the current zone and language: a stream is read after those of its request have ended."""
    return _lines_in(lines, timezone.get_current_timezone(), translation.get_language())


def _lines_in(lines: Iterator[str], zone: tzinfo, language: str | None) -> Iterator[str]:
    while True:
        with timezone.override(zone), translation.override(language):
            line = next(lines, None)
        if line is None:
            return
        yield line
