"""Finding the row with the headings: lists have titles above it, or no headings at all."""

import re
from collections.abc import Callable

from jobs.importing.patterns import DATE, VIN

Known = Callable[[str], bool]
# The header is searched among so many rows that are not blank.
WITHIN = 20
NONE = -1
_LETTERS = re.compile(r"[^\W\d_]+")
_DIGITS = re.compile(r"\d+")
# Letters and digits together, as plates and numbers of things have them; headings do not.
_NUMBER = re.compile(r"(?=.*\d.*\d)[\w .·\-/]{3,20}")


def place_of(rows: list[list[str]], known: Known) -> int:
    """The index of the header, or NONE. It has the most known headings; the first one of equals."""
    best = NONE
    most = 0
    for place, cells in enumerate(rows):
        number = sum(map(known, cells))
        if number > most:
            best, most = place, number
        if number > 1 and number * 2 >= len(cells):
            break
    if most:
        return best
    return _without_known_headings(rows)


def _without_known_headings(rows: list[list[str]]) -> int:
    """The first row of the table, below any titles; NONE if that row holds values itself."""
    widths = [sum(not cell.isspace() and cell != "" for cell in cells) for cells in rows]
    # The last row is no header: there would be no row below it.
    wide = [place for place, width in enumerate(widths[:-1]) if width > 1]
    place = wide[0] if wide and widths[0] == 1 else 0
    if any(map(is_value, rows[place])) or _continues_below(rows[place:]):
        return NONE
    return place


def _continues_below(rows: list[list[str]]) -> bool:
    """Whether the first row is one of the others: a cell with a digit has the shape of all cells below it."""
    below = rows[1:]
    for position, cell in enumerate(rows[0]):
        cells = [row[position] for row in below if position < len(row)]
        if (
            cells
            and any(map(str.isdigit, cell))
            and {_shape(one) for one in cells} == {_shape(cell)}
        ):
            return True
    return False


def _shape(cell: str) -> str:
    """B-QX 12 → a-a 9"""
    return _DIGITS.sub("9", _LETTERS.sub("a", cell.strip()))


def is_value(cell: str) -> bool:
    """Whether a cell holds what no heading does: a VIN, a date, a plate, a number."""
    text = cell.strip()
    return bool(VIN.fullmatch(text) or DATE.match(text) or _NUMBER.fullmatch(text))
