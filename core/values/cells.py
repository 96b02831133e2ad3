"""Cells of CSV and Excel files that products write and people edit: no spreadsheet runs one, and none is lost."""

import re

# Where a spreadsheet would run what follows: at the start, and wherever a spreadsheet with another
# separator would split the line. Exports write an apostrophe there to prevent it.
_CUT = "(?:^|(?<=[;,\t\r\n]))"
_RUN = "(?=['\"]*[=+\\-@＝＋－＠])"
RUNS = re.compile(_CUT + _RUN)
GUARD = re.compile(f"{_CUT}'{_RUN}")
# Characters that XML cannot hold. The importer refuses the replacement character as it refuses these.
UNWRITABLE = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")


def neutral(text: str) -> str:
    """A cell that no spreadsheet runs, however it splits the line. `meant` removes the apostrophes again."""
    return RUNS.sub("'", text)


def meant(text: str) -> str:
    """The text of a cell as its author meant it."""
    return GUARD.sub("", text)


def writable(text: str) -> str:
    """A neutral cell with nothing that an Excel file cannot hold."""
    return UNWRITABLE.sub("\N{REPLACEMENT CHARACTER}", neutral(text))
