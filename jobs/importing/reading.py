"""Choosing the reader of a file by its content, never by its name."""

from collections.abc import Callable

from django.core.files import File
from django.utils.translation import gettext_lazy as _

from jobs.importing import bounds
from jobs.importing.delimited import read_text
from jobs.importing.encoding import decode
from jobs.importing.errors import Unreadable
from jobs.importing.layout import BY_CONTENT, Layout
from jobs.importing.sheet import Reading, Sheet, Table, reading_of
from jobs.importing.workbook import SIGNATURE, read_workbook

OLD_EXCEL = bytes.fromhex("d0cf11e0a1b11ae1")


def take(upload: File) -> bytes:
    """Return the content of an upload, at most one byte over the limit: enough for `read` to refuse it."""
    return upload.read(bounds.MAX_BYTES + 1)


def read(content: bytes, known: Callable[[str], bool], layout: Layout = BY_CONTENT) -> Sheet:
    """Read a sheet. Raises Unreadable, and nothing else, where the content is not a table within the limits."""
    return read_file(content, known, layout).sheet


def read_file(content: bytes, known: Callable[[str], bool], layout: Layout = BY_CONTENT) -> Reading:
    """Read a sheet, with how it was read. Raises Unreadable, and nothing else."""
    return reading_of(_table(content, known, layout), known, layout)


def _table(content: bytes, known: Callable[[str], bool], layout: Layout) -> Table:
    if len(content) > bounds.MAX_BYTES:
        raise Unreadable(
            "too_large",
            _("The file is larger than %(bound)s MB.")
            % {"bound": bounds.megabytes(bounds.MAX_BYTES)},
            suggestion=_("Split it into several files."),
        )
    if content.startswith(OLD_EXCEL):
        raise Unreadable(
            "old_workbook",
            _("This is a workbook in the old Excel format, or it is protected by a password."),
            suggestion=_("Save it as an Excel workbook (.xlsx) or as CSV."),
        )
    if content.startswith(SIGNATURE):
        return read_workbook(content, known)
    return read_text(decode(content, layout.encoding), known)
