"""The column of a heading: by its name, its label or a usual word in any language, ignoring case and spaces."""

import re
from collections.abc import Mapping
from functools import cache
from typing import NamedTuple

from django.utils.translation import gettext as _

from jobs.importing import words
from jobs.importing.columns import BY_NAME, COLUMNS, REASON
from jobs.importing.errors import Finding, shown
from jobs.resources import JobResource

# The choice to leave a column of the file out.
IGNORE = "-"
# A remark behind a heading: "Baujahr (JJJJ)", "VIN [17]", "Kennzeichen *".
_REMARK = re.compile(r"\s*[(\[]([^()\[\]]*)[)\]]\s*$")
_HINTS = frozenset((
    "jjjj", "yyyy", "rrrr", "ttmmjjjj", "ddmmyyyy", "mmddyyyy", "yyyymmdd", "jjjjmmtt", "optional",
    "required", "mandatory", "pflicht", "pflichtfeld", "wymagane", "opcjonalne", "17", "jn", "yn",
    "janein", "yesno",
))  # fmt: skip
# A file with these is an export of jobs; what else such a file has than columns of the import is left out.
OF_EXPORT = {"id", "kind"}
ADDED_BY_EXPORT = set(JobResource.Meta.fields) - set(BY_NAME)
MISSPELT = 6
ONE_LETTER = 0.9
_ALTERNATIVES = re.compile(r"\s*[/|,;]\s*")


@cache
def known_headings() -> dict[str, str]:
    labels = {heading: column.name for column in COLUMNS for heading in column.headings()}
    return labels | {words.key(name): name for name in BY_NAME}


def is_known(heading: str) -> bool:
    """Whether a row with this cell can be the header."""
    return bool(column_of(heading)) or words.key(heading) == REASON


def column_of(heading: str) -> str:
    """The name of the column that a heading means beyond doubt; "" for any other heading."""
    if len(heading) > 100:
        return ""
    text = heading.strip(" \t\r\n*:")
    found = known_headings().get(words.key(text), "")
    if found:
        return found
    return _with_remark(text) or _of_alternatives(text)


def _with_remark(text: str) -> str:
    """A heading with a hint in brackets, or with another word for the same column."""
    remark = _REMARK.search(text)
    if not remark:
        return ""
    column = known_headings().get(words.key(text[: remark.start()]), "")
    inside = words.key(remark[1])
    if inside in _HINTS or not inside or known_headings().get(inside) == column:
        return column
    return ""


def _of_alternatives(text: str) -> str:
    """Several words for one column: "VIN / FIN"."""
    parts = _ALTERNATIVES.split(text)
    columns = {known_headings().get(words.key(part), "") for part in parts}
    if len(parts) > 1 and len(columns) == 1:
        return columns.pop()
    return ""


class Heading(NamedTuple):
    position: int
    text: str
    column: str  # a column's name, IGNORE, or "" for an unknown column
    suggestion: str

    @property
    def shown(self) -> str:
        return shown(self.text) or _("Column %(letter)s") % {"letter": letter_of(self.position)}


def match(
    header: list[str],
    by_hand: dict[str, str],
    filled: set[int],
    by_values: Mapping[int, str] = {},
    row: int | None = 1,
) -> tuple[list[Heading], list[Finding]]:
    """Match each heading to its column.

    `by_hand`: position → a column or IGNORE; `filled`: positions with cells; `by_values`: position → the column
    that its values suggest; `row`: the record number of the header.
    """
    by_hand = _added_by_export(header) | by_hand
    headings = [
        _heading(position, text, by_hand.get(str(position)), filled, by_values.get(position, ""))
        for position, text in enumerate(header)
    ]
    problems = [_problem(heading, headings, row) for heading in headings]
    return headings, [problem for problem in problems if problem]


def _added_by_export(header: list[str]) -> dict[str, str]:
    if not OF_EXPORT.issubset(header):
        return {}
    names = [_REMARK.sub("", text) for text in header]  # created_at (Europe/Berlin)
    return {str(place): IGNORE for place, name in enumerate(names) if name in ADDED_BY_EXPORT}


def _heading(
    position: int, text: str, chosen: str | None, filled: set[int], by_values: str
) -> Heading:
    if chosen is not None and (chosen == IGNORE or chosen in BY_NAME):
        return Heading(position, text, chosen, "")
    key = words.key(text)
    column = column_of(text)
    if key == REASON or not (column or position in filled):
        return Heading(position, text, IGNORE, "")
    if column or not key:
        return Heading(position, text, column, "" if column else by_values)
    return Heading(position, text, "", _misspelt(text) or by_values)


def _misspelt(text: str) -> str:
    """The column of a heading with one letter wrong. Short words are left out: they have too many neighbours."""
    if len(text) < MISSPELT:
        return ""
    return known_headings().get(words.closest(text, known_headings(), cutoff=ONE_LETTER), "")


def _problem(heading: Heading, headings: list[Heading], row: int | None) -> Finding | None:
    if not heading.column:
        text = _("Unknown column.") if heading.text else _("This column has values but no heading.")
        return Finding(
            row, heading.shown, "unknown_column", shown(heading.text), text, heading.suggestion
        )
    earlier = [one for one in headings[: heading.position] if one.column == heading.column]
    if heading.column != IGNORE and earlier:
        text = _("This column appears twice.")
        return Finding(row, heading.column, "duplicate_column", shown(heading.text), text, "")
    return None


def letter_of(position: int) -> str:
    """The letters by which a spreadsheet names the column."""
    letters = ""
    position += 1
    while position:
        position, rest = divmod(position - 1, 26)
        letters = chr(ord("A") + rest) + letters
    return letters
