"""CSV files as spreadsheets write them: comma, semicolon, tab or vertical bar, and quoted line breaks."""

import csv
import io
import re
from collections.abc import Callable, Iterator
from itertools import islice

from django.utils.translation import gettext_lazy as _

from jobs.importing import header
from jobs.importing.encoding import Decoded
from jobs.importing.errors import Unreadable
from jobs.importing.sheet import Table, rows_of

DELIMITERS = ",;\t|"
# Excel writes this hint on the first line; other programs quote it.
HINT = re.compile(r'(?:sep=([,;\t|])|"sep=([,;\t|])")[,;\t|]*(?:\r\n|[\r\n]|$)', re.IGNORECASE)
QUOTED = re.compile(r'"(?:[^"]|"")*"')


def read_text(decoded: Decoded, known: Callable[[str], bool]) -> Table:
    """Read the rows. `known` returns whether a heading names a column; this decides between the delimiters."""
    text = decoded.text
    hint = HINT.match(text)
    delimiter = (hint[1] or hint[2]) if hint else _delimiter(text, known)
    rows = _rows(text[hint.end() :] if hint else text, delimiter)
    return Table(rows_of(rows), encoding=decoded.encoding, proof=decoded.proof)


def _rows(text: str, delimiter: str) -> Iterator[list[str]]:
    # Without strict, a quote that is never closed would swallow every row below it without an error.
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    read = 0
    try:
        for row in reader:
            read += 1
            yield row
    except csv.Error as error:
        raise _refusal(str(error), read + 1) from error


def _refusal(error: str, row: int) -> Unreadable:
    if "field larger" in error:
        text = _(
            "A cell in row %(row)s is longer than %(bound)s characters, or a quotation mark before it is never closed."
        )
        return Unreadable(
            "cell_too_long", text % {"row": row, "bound": csv.field_size_limit()}, row=row
        )
    return Unreadable(
        "unclosed_quote",
        _("A quotation mark in row %(row)s is never closed, or text follows the closing one.")
        % {"row": row},
        row=row,
        suggestion=_("Double the quotation marks inside a quoted cell."),
    )


def _delimiter(text: str, known: Callable[[str], bool]) -> str:
    """The delimiter that splits one of the first lines into the most known headings, then most lines into cells."""
    lines = (line for line in io.StringIO(text, newline="") if line.strip(" \r\n\t,;|"))
    first = [QUOTED.sub(_masked, line[:100_000]) for line in islice(lines, header.WITHIN)]

    def score(delimiter: str) -> tuple[int, int, int]:
        split = [line.split(delimiter)[:200] for line in first]
        headings = [sum(known(cell.strip('" \r\n')) for cell in cells) for cells in split]
        widths = sorted(len(cells) for cells in split)
        return max(headings, default=0), widths[len(widths) // 2] if widths else 0, sum(widths)

    return max(DELIMITERS, key=score)


def _masked(quoted: re.Match[str]) -> str:
    return re.sub(f"[{re.escape(DELIMITERS)}]", " ", quoted[0])
