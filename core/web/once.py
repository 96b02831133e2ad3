"""A form that is sent twice, by a double click, a slow line or the way back, acts once."""

import hashlib
import json
import re
from collections.abc import Callable

from django.db import transaction
from django.http import HttpRequest

from core.models import AnsweredRequest
from core.models.answered_request import AnsweredBefore

# The hidden field by which a form that was shown is known again.
SHOWN_AS = "shown_as"
SHAPE = re.compile(r"[0-9A-Z]{26}")
# What differs between two sendings of the same.
PASSING = ("csrfmiddlewaretoken",)


def acted_before(request: HttpRequest) -> str | None:
    """What this very form, filled in alike, has done: as `act_once` gave it then. None where it has done nothing yet."""
    if not (key := _key(request)):
        return None
    mine = AnsweredRequest.objects.filter(principal=request.user.principal, key=key)
    return mine.values_list("object_id", flat=True).first()


def act_once(request: HttpRequest, act: Callable[[], str]) -> str:
    """Do `act` and remember what it gives, in one transaction; a repeat, even at the same moment, is given the same.

    Filled in otherwise the form acts again: who goes back and changes something means it. What is refused leaves no trace.
    """
    if not (key := _key(request)):
        with transaction.atomic():
            return act()
    try:
        with transaction.atomic():
            row = AnsweredRequest.objects.claim(request.user.principal, key, key.rpartition(":")[2])
            done = act()
            row.settle(302, done)
            return done
    except AnsweredBefore:
        return acted_before(request) or ""


def _key(request: HttpRequest) -> str:
    shown_as = request.POST.get(SHOWN_AS, "")
    if not SHAPE.fullmatch(shown_as):
        return ""
    sent = sorted((name, values) for name, values in request.POST.lists() if name not in PASSING)
    return f"form:{shown_as}:{hashlib.sha256(json.dumps([request.path, sent]).encode()).hexdigest()}"
