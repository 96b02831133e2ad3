"""`Idempotency-Key`: the same request twice happens once and is answered alike."""

import hashlib
import json
import re
from collections.abc import Callable
from typing import NamedTuple

from django.core.exceptions import SuspiciousOperation
from django.db import transaction
from django.utils.translation import gettext_lazy as _
from rest_framework.exceptions import APIException
from rest_framework.request import Request

from core.models import AnsweredRequest
from core.models.answered_request import AnsweredBefore
from core.web.problem_codes import CODES

HEADER = "Idempotency-Key"
KEY = re.compile(r"[\x21-\x7e]{1,255}")


class Answer(NamedTuple):
    """What a move is answered with; the body is rendered from the object afterwards, outside of the transaction."""

    status: int
    object_id: str
    code: str = ""


class KeyRequired(APIException):
    status_code, default_code = 400, "idempotency_key_required"
    default_detail = CODES["idempotency_key_required"].title
    errors = {HEADER: [_("This header is required.")]}


class KeyInvalid(APIException):
    status_code, default_code = 400, "invalid"
    default_detail = CODES["invalid"].title
    errors = {HEADER: [_("Up to 255 printable characters without blanks.")]}


class KeyReused(APIException):
    status_code, default_code = 422, "idempotency_key_reused"
    default_detail = CODES["idempotency_key_reused"].title


def answer_once(request: Request, act: Callable[[], Answer], *, judge: Callable[[], None] = lambda: None) -> Answer:
    """Do `act`, a move, and remember its answer in the same transaction; the repeat of a request gets that answer.

    The caller has authorised the request before. `judge` looks at what may have changed since (status, holder), so that a
    repeat after a success meets its answer and not the new status; a key or a body that cannot be read is told of after
    it. What is refused leaves no trace and may be tried again.
    """
    if HEADER not in request.headers:
        judge()
        return act()
    principal = request.user.principal
    try:
        key, body_hash = _key(request), fingerprint(request)
    except (APIException, SuspiciousOperation):
        judge()
        raise
    try:
        with transaction.atomic():
            row = AnsweredRequest.objects.claim(principal, key, body_hash)
            judge()
            answer = act()
            row.settle(*answer)
            return answer
    except AnsweredBefore:
        return _recall(principal, key, body_hash)


def require_key(request: Request) -> None:
    if HEADER not in request.headers:
        raise KeyRequired


def fingerprint(request: Request) -> str:
    """Method, path and body; a repeat may write the same JSON in another order, and a form with another boundary."""
    digest = hashlib.sha256(f"{request.method} {request.path}\n".encode())
    for part in _parts(request):
        digest.update(part)
    return digest.hexdigest()


def _parts(request: Request):
    if (request.content_type or "").startswith("multipart/"):
        yield json.dumps(
            sorted((name, request.data.getlist(name)) for name in request.data if name not in request.FILES)
        ).encode()
        for name in sorted(request.FILES):
            yield name.encode()
            yield from request.FILES[name].chunks()
            request.FILES[name].seek(0)
        return
    raw = request._request.body
    try:
        yield json.dumps(json.loads(raw), sort_keys=True).encode()
    except (ValueError, RecursionError):
        yield raw


def _key(request: Request) -> str:
    key = request.headers[HEADER]
    if not KEY.fullmatch(key):
        raise KeyInvalid
    return key


def _recall(principal: str, key: str, body_hash: str) -> Answer:
    row = AnsweredRequest.objects.get(principal=principal, key=key)
    if row.body_hash != body_hash:
        raise KeyReused
    return Answer(row.status, row.object_id, row.code)
