"""How texts are compared: search ignores case, blanks and hyphens."""

from django.db.models import Q, Value
from django.db.models.functions import StrIndex
from django.db.models.lookups import GreaterThan

from core.values.texts import LINE, plain_hyphens, plain_width, upper

# The column of a search puts `|` between two texts, so no text has one there.
_IGNORED = str.maketrans("", "", " -|")


def normalise(text: str | None) -> str:
    shown = plain_hyphens(plain_width(LINE.canonical(text or "")))
    return upper(shown.translate(_IGNORED))


def search_column(*texts: str | None) -> str:
    """The text that a search reads. The separator keeps a match from running across two texts."""
    return "|".join(normalise(text) for text in texts)


# Of a longer text an index finds the end, which fewer rows have: VINs of one maker have the same start.
END = 8


def contains(wanted: str) -> Q:
    """The condition that the search column contains a text, which is normalised."""
    found = Q(search__contains=wanted[-END:])
    if len(wanted) > END:
        # Not LIKE, for which the index would read all parts of the text.
        found &= Q(GreaterThan(StrIndex("search", Value(wanted)), 0))
    return found
