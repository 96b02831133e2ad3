"""A job's number as people speak and type it: `BER-1043`. Stored is the number alone, the prefix is the fleet's."""

import re
from collections import defaultdict
from collections.abc import Iterable

from django.db.models import Q

from accounts.models import Fleet

# As a search normalises what is typed: without blanks and hyphens, in upper case.
TYPED = re.compile(r"([A-Z]{2,4})?([1-9][0-9]{0,8})")


def spoken(prefix: str, number: int | None) -> str:
    """The number with its prefix; "" while either is missing."""
    if prefix and number:
        return f"{prefix}-{number}"
    return ""


def typed(term: str) -> tuple[str, int] | None:
    """The prefix, which may be left out, and the number that a normalised term may mean."""
    found = TYPED.fullmatch(term)
    if found is None:
        return None
    return found[1] or "", int(found[2])


def in_fleet(terms: Iterable[str], fleet: Fleet) -> dict[str, int]:
    """The terms that mean a number of this fleet, by its prefix or a former one."""
    known = {"", *fleet.prefixes}
    numbers = {}
    for term in terms:
        meant = typed(term)
        if meant and meant[0] in known:
            numbers[term] = meant[1]
    return numbers


def numbered(terms: Iterable[str], fleet: Fleet | None = None) -> Q:
    """The condition that the number of a job is among the terms; empty if none of them can be one."""
    if fleet is not None:
        return _either(in_fleet(terms, fleet).values())
    by_prefix: dict[str, list[int]] = defaultdict(list)
    for prefix, number in filter(None, map(typed, terms)):
        by_prefix[prefix].append(number)
    wanted = _either(by_prefix.pop("", ()))
    for prefix, numbers in by_prefix.items():
        fleets = Fleet.objects.with_job_prefix(prefix).values("pk")
        wanted |= Q(number__in=numbers, fleet__in=fleets)
    return wanted


def _either(numbers: Iterable[int]) -> Q:
    if wanted := sorted(set(numbers)):
        return Q(number__in=wanted)
    return Q()
