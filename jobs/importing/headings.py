"""Which column a heading means: its name or the page's label in any language, whatever the case and the blanks."""

from functools import cache
from typing import NamedTuple

from django.utils.translation import gettext as _

from jobs.importing import words
from jobs.importing.columns import BY_NAME, COLUMNS, REASON
from jobs.importing.errors import Finding, shown

IGNORE = "-"


@cache
def known_headings() -> dict[str, str]:
    labels = {heading: column.name for column in COLUMNS for heading in column.headings()}
    return labels | {words.key(name): name for name in BY_NAME}


def is_known(heading: str) -> bool:
    return words.key(heading) in known_headings()


class Heading(NamedTuple):
    position: int
    text: str
    column: str  # a column's name, IGNORE, or "" when nobody knows
    suggestion: str

    @property
    def shown(self) -> str:
        return shown(self.text) or _("Column %(letter)s") % {"letter": letter_of(self.position)}


def match(header: list[str], by_hand: dict[str, str], filled: set[int]) -> tuple[list[Heading], list[Finding]]:
    """Each heading with its column; `by_hand` maps positions to a column or IGNORE, `filled` are positions with cells."""
    headings = [_heading(position, text, by_hand.get(str(position)), filled) for position, text in enumerate(header)]
    return headings, [finding for heading in headings for finding in _problems(heading, headings)]


def _heading(position: int, text: str, chosen: str | None, filled: set[int]) -> Heading:
    if chosen == IGNORE or chosen in BY_NAME:
        return Heading(position, text, chosen, "")
    key = words.key(text)
    column = known_headings().get(key, "")
    if key == REASON or not (column or position in filled):
        return Heading(position, text, IGNORE, "")
    near = "" if column or not key else words.closest(text, known_headings())
    return Heading(position, text, column, known_headings().get(near, ""))


def _problems(heading: Heading, headings: list[Heading]) -> list[Finding]:
    if not heading.column:
        text = _("This column is unknown.") if heading.text else _("This column holds values but has no heading.")
        return [Finding(1, heading.shown, "unknown_column", shown(heading.text), text, heading.suggestion)]
    earlier = [one for one in headings[: heading.position] if one.column == heading.column]
    if heading.column != IGNORE and earlier:
        text = _("This column is there twice.")
        return [Finding(1, heading.column, "duplicate_column", shown(heading.text), text, "")]
    return []


def letter_of(position: int) -> str:
    """As a spreadsheet names its columns."""
    letters = ""
    position += 1
    while position:
        position, rest = divmod(position - 1, 26)
        letters = chr(ord("A") + rest) + letters
    return letters
