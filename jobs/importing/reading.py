"""Which reader takes a file: by its content, never by its name."""

from collections.abc import Callable

from django.utils.translation import gettext_lazy as _

from jobs.importing import bounds
from jobs.importing.delimited import read_text
from jobs.importing.encoding import decode
from jobs.importing.errors import Unreadable
from jobs.importing.sheet import Sheet
from jobs.importing.workbook import SIGNATURE, read_workbook

OLD_EXCEL = bytes.fromhex("d0cf11e0a1b11ae1")


def take(upload) -> bytes:
    """The content of an upload, a byte more than may be at most: enough for `read` to refuse it."""
    return upload.read(bounds.MAX_BYTES + 1)


def read(content: bytes, known: Callable[[str], bool]) -> Sheet:
    """Raises Unreadable, and nothing else, for whatever is not a table within the bounds."""
    if len(content) > bounds.MAX_BYTES:
        raise Unreadable(
            "too_large",
            _("The file is larger than %(bound)s MB.") % {"bound": bounds.megabytes(bounds.MAX_BYTES)},
            suggestion=_("Split it into several files."),
        )
    if content.startswith(OLD_EXCEL):
        raise Unreadable(
            "old_workbook",
            _("This is a workbook of the old Excel format, or it is protected by a password."),
            suggestion=_("Save it as Excel workbook (.xlsx) or as CSV."),
        )
    if content.startswith(SIGNATURE):
        return read_workbook(content, known)
    return read_text(decode(content), known)
