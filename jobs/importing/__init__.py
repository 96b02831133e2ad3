"""Installation jobs from a file: bytes → sheet → columns → checked rows → jobs. Nothing here knows pages or APIs."""

from jobs.importing.checking import Check, Checked, Options
from jobs.importing.errors import Finding, Unreadable
from jobs.importing.headings import is_known
from jobs.importing.reading import read, take
from jobs.importing.writing import write


def examine(fleet, content: bytes, options: Options) -> Checked:
    """Everything that is to be said about a file, without writing anything. Raises Unreadable."""
    return Check(fleet, read(content, is_known), options).run()


__all__ = ["Check", "Checked", "Finding", "Options", "Unreadable", "examine", "is_known", "read", "take", "write"]
