"""A form that is sent twice, by a double click, a slow line or the back button, is carried out once."""

import hashlib
import json
import re
from collections.abc import Callable
from typing import Any

from django.db import transaction
from django.http import HttpRequest

from core.once import Answer, AnsweredRequest, once

# The hidden field by which a form that was shown is recognised.
SHOWN_AS = "shown_as"
SHAPE = re.compile(r"[0-9A-Z]{26}")
# What differs between two submissions of the same form.
PASSING = ("csrfmiddlewaretoken",)


def form_answer(request: HttpRequest) -> str | None:
    """What `answer_form_once` returned for this form with the same values; None if it was not sent before."""
    if not (key := _key(request)):
        return None
    mine = AnsweredRequest.objects.filter(principal=request.user.principal, key=key)
    return mine.values_list("object_id", flat=True).first()


def answer_form_once(request: HttpRequest, action: Callable[[], str]) -> str:
    """`once` for a form: run `action` and keep what it returns; a repeat returns the same.

    With other values it runs again: a person who goes back and changes something means it.
    """
    if not (key := _key(request)):
        with transaction.atomic():
            return action()
    return once(
        request.user.principal, key, key.rpartition(":")[2], lambda: Answer(302, action())
    ).object_id


def _key(request: HttpRequest) -> str:
    shown_as = request.POST.get(SHOWN_AS, "")
    if not SHAPE.fullmatch(shown_as):
        return ""
    sent = sorted((name, values) for name, values in request.POST.lists() if name not in PASSING)
    sent += [(name, [digest_of(file)]) for name, file in sorted(request.FILES.items())]
    digest = hashlib.sha256(json.dumps([request.path, sent]).encode()).hexdigest()
    return f"form:{shown_as}:{digest}"


def digest_of(file: Any) -> str:
    """Of the content, which another file of the same name does not have."""
    found = hashlib.sha256()
    for part in file.chunks():
        found.update(part)
    file.seek(0)
    return found.hexdigest()
