"""CSV as spreadsheets write it: comma, semicolon or tab, quoted line breaks."""

import csv
import io
import re
from collections.abc import Callable, Iterator

from django.utils.translation import gettext_lazy as _

from jobs.importing.errors import Unreadable
from jobs.importing.sheet import Sheet, sheet_of

DELIMITERS = ",;\t"
# Excel's own hint on the first line.
HINT = re.compile(r"sep=([,;\t])\r?\n?", re.IGNORECASE)
QUOTED = re.compile(r'"(?:[^"]|"")*"')


def read_text(text: str, known: Callable[[str], bool]) -> Sheet:
    """`known` says of a heading whether a column is called so: that decides between the delimiters."""
    hint = HINT.match(text)
    text = text[hint.end() :] if hint else text
    return sheet_of(_rows(text, hint[1] if hint else _delimiter(text, known)))


def _rows(text: str, delimiter: str) -> Iterator[list[str]]:
    # strict: without it a quote that is never closed swallows every row below it in silence.
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    read = 0
    try:
        for row in reader:
            read += 1
            yield row
    except csv.Error as error:
        raise _refusal(str(error), read + 1) from error


def _refusal(said: str, row: int) -> Unreadable:
    if "field larger" in said:
        return Unreadable(
            "cell_too_long",
            _(
                "A cell in row %(row)s is longer than %(bound)s characters, or a quotation mark before it is never closed."
            )
            % {"row": row, "bound": csv.field_size_limit()},
            row=row,
        )
    return Unreadable(
        "unclosed_quote",
        _("A quotation mark in row %(row)s is never closed, or text follows the closing one.") % {"row": row},
        row=row,
        suggestion=_("Write a quotation mark inside of a quoted cell twice."),
    )


def _delimiter(text: str, known: Callable[[str], bool]) -> str:
    """The one that cuts the header into the most names we know, then into the most cells."""
    lines = (line for line in io.StringIO(text, newline="") if line.strip(" \r\n\t,;"))
    header = QUOTED.sub(lambda found: re.sub(f"[{DELIMITERS}]", " ", found[0]), next(lines, "")[:100_000])

    def score(delimiter: str) -> tuple[int, int]:
        cells = header.split(delimiter)
        return sum(known(cell.strip('" \r\n')) for cell in cells[:200]), len(cells)

    return max(DELIMITERS, key=score)
