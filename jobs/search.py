"""Search terms: one text, or a pasted list of plates, VINs and names."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import reduce
from operator import or_

from django.db.models import Q

from core.normal import contains, normalise, search_column
from telematics.values import VIN, VIN_LENGTH

# A shorter search would read the whole index (docs/performance.md).
SHORTEST_SEARCH = 3
LONGEST_LIST = 200
LONGEST_NAME = 100
VIN_END = 6


@dataclass(frozen=True)
class SearchTerms:
    typed: dict[str, str]  # each term, normalised and without duplicates, as it was typed
    is_list: bool  # the terms of a list are whole names; a single one may be a part
    whole: str  # a list on one line as one name: "Pool 7, Berlin"; else blank
    too_short: list[str]  # left out, as they were typed
    too_many: list[str]  # left out, as they were typed

    @property
    def wanted(self) -> list[str]:
        return list(self.typed)

    @property
    def is_cut(self) -> bool:
        """Whether terms of a list are left out. If one text is too short, `wanted` is empty instead."""
        return bool(self.too_many or (self.too_short and self.typed))

    def filter(self) -> Q:
        """The condition for the search column, with at least one term."""
        if not self.is_list:
            return contains(self.wanted[0])
        each = [self.exact()]
        if self.whole:
            each.append(contains(self.whole))
        return reduce(or_, each)

    def exact(self) -> Q:
        """The condition that a row is called by a term, and not by a part of it alone."""
        return reduce(or_, map(is_called, self.typed))

    def missing_from(self, columns: Iterable[str]) -> list[str]:
        """The terms of a list that name none of the rows with these search columns, as they were typed."""
        if not self.is_list:
            return []
        found: set[str] = set()
        for column in columns:
            if self.whole and self.whole in column:
                return []
            found.update(names_in(column))
        return [text for term, text in self.typed.items() if term not in found]


def is_called(term: str) -> Q:
    """Rows whose VIN, plate or name is the term, or whose VIN ends with it."""
    if VIN.takes(term):
        # The column begins with the VIN, so an index reads these alone (search_column).
        return Q(search__startswith=search_column(term, ""))
    name = re.escape(term)
    either = Q(search__contains=f"|{term}", search__regex=rf"\|{name}(\||$)")
    if len(term) == VIN_END:
        before = VIN_LENGTH - VIN_END
        either |= Q(search__contains=f"{term}|", search__regex=rf"^[^|]{{{before}}}{name}\|")
    return either


def names_in(column: str) -> set[str]:
    """What a row of a search column can be called in a list."""
    vin, *names = column.split("|")
    return {vin, vin[-VIN_END:], *names}


def parse_search(text: str) -> SearchTerms:
    """Return the terms of a search, in their order."""
    terms: dict[str, str] = {}
    parts = split_list(text)
    for part in parts:
        part = part.strip()
        terms.setdefault(normalise(part), part)
    long = [term for term in terms if len(term) >= SHORTEST_SEARCH]
    return SearchTerms(
        typed={term: terms[term] for term in long[:LONGEST_LIST]},
        is_list=len(parts) > 1,
        whole=one_name(text, parts),
        too_short=[part for term, part in terms.items() if len(term) < SHORTEST_SEARCH],
        too_many=[terms[term] for term in long[LONGEST_LIST:]],
    )


def one_name(text: str, parts: list[str]) -> str:
    """The list as one name: a name may have a comma. A list of several lines is none."""
    text = text.strip()
    is_name = len(parts) > 1 and len(text) <= LONGEST_NAME and "\n" not in text
    if is_name:
        return normalise(text)
    return ""


def split_list(text: str) -> list[str]:
    """Split a pasted list. Plates contain spaces, so a space separates only VINs."""
    parts = [part for part in re.split(r"[\n\r\t,;]+", text) if part.strip()]
    words = text.split()
    if len(parts) == 1 and words and all(len(word) == VIN_LENGTH for word in words):
        return words
    return parts
