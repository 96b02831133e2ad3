"""Work stops while the installer, the company, the fleet or its provider is suspended.

One rule for every move of an installer. Ends are exempt: a person who may end something may always do so.
"""

from typing import Any

from django.db.models import Case, Exists, Q, Value, When

from accounts.models import User
from core.errors import MoveRefused, NotAllowed
from jobs.refusals import CLIENT_SUSPENDED

FLEET = "fleet_suspended"
COMPANY = "company_suspended"
PERSON = "not_allowed"


def fleet_works(job: str = "") -> Q:
    """Neither the fleet nor its provider is suspended; `job` is the path to the job."""
    return Q(**{f"{job}fleet__suspended_at": None, f"{job}fleet__provider__suspended_at": None})


def company_works(job: str = "") -> Q:
    return Q(**{f"{job}company__suspended_at": None})


def refusal_of(person: Any) -> Case:
    """An expression over jobs: the code that refuses a move of `person` now, "" if nothing is suspended."""
    return Case(
        When(~Exists(User.objects.filter(pk=person, is_active=True)), then=Value(PERSON)),
        When(~company_works(), then=Value(COMPANY)),
        When(~fleet_works(), then=Value(FLEET)),
        default=Value(""),
    )


def error(code: str) -> MoveRefused | NotAllowed:
    """Return the exception for what `refusal_of` found."""
    if code == FLEET:
        return MoveRefused(code, CLIENT_SUSPENDED)
    return NotAllowed(code)
