"""The header `Idempotency-Key`: a request that is sent twice is carried out once and gets the same response."""

import hashlib
import json
import re
from collections.abc import Callable, Iterator
from datetime import timedelta

from django.core.exceptions import SuspiciousOperation
from django.utils.translation import gettext_lazy as _
from rest_framework.exceptions import APIException
from rest_framework.request import Request

from core.errors import MoveRefused
from core.once import KEPT, Answer, AnsweredRequest, KeyReused, once
from core.refusals import sentence
from core.values.times import in_utc

HEADER = "Idempotency-Key"
KEY = re.compile(r"[\x21-\x7e]{1,255}")


class KeyRequired(APIException):
    status_code = 400
    default_code = "idempotency_key_required"
    default_detail = sentence("idempotency_key_required")
    errors = {HEADER: [_("This header is required.")]}


class KeyInvalid(APIException):
    status_code = 400
    default_code = "invalid"
    default_detail = sentence("invalid")
    errors = {HEADER: [_("Up to 255 printable characters without blanks.")]}


class KeyUsedBefore(APIException):
    status_code = 422
    default_code = "idempotency_key_reused"
    default_detail = sentence("idempotency_key_reused")


def answer_once(
    request: Request,
    action: Callable[[], Answer],
    *,
    judge: Callable[[], None] = lambda: None,
    authorise: Callable[[], None] = lambda: None,
    on_behalf_of: str = "",
    kept: timedelta = KEPT,
) -> Answer:
    """`once` for a request of an API; without the header it runs each time.

    A key or a body that cannot be read is reported after `judge`, so that a refusal comes first.
    """
    if HEADER not in request.headers:
        judge()
        return action()
    try:
        key = _key(request)
        body_hash = fingerprint(request)
    except (APIException, SuspiciousOperation):
        judge()
        raise
    try:
        return once(
            request.user.principal,
            key,
            body_hash,
            action,
            judge=judge,
            authorise=authorise,
            on_behalf_of=on_behalf_of,
            kept=kept,
        )
    except KeyReused as error:
        raise KeyUsedBefore from error


def check_done_before(request: Request, on_behalf_of: str) -> None:
    """Raise MoveRefused if this request was carried out before on behalf of the party that its caller belongs to now.

    For what the caller no longer sees: they learn that it is done, and when, but not what has become of it.
    """
    earlier = _earlier(request)
    if earlier is None or not on_behalf_of or earlier.on_behalf_of != on_behalf_of:
        return
    try:
        done = earlier.recall(fingerprint(request))
    except KeyReused as error:
        raise KeyUsedBefore from error
    raise MoveRefused("done_before", done_status=done.status, done_at=in_utc(earlier.created_at))


def _earlier(request: Request) -> AnsweredRequest | None:
    key = request.headers.get(HEADER, "")
    if not KEY.fullmatch(key):
        return None
    return AnsweredRequest.objects.given_before(request.user.principal, key)


def require_key(request: Request) -> None:
    if HEADER not in request.headers:
        raise KeyRequired


def fingerprint(request: Request) -> str:
    """A hash of method, path and body. A repeat may order its JSON differently, and may use another form boundary."""
    digest = hashlib.sha256(f"{request.method} {request.path}\n".encode())
    for part in _parts(request):
        digest.update(part)
    return digest.hexdigest()


def _parts(request: Request) -> Iterator[bytes]:
    if (request.content_type or "").startswith("multipart/"):
        names = [name for name in request.data if name not in request.FILES]
        fields = sorted((name, request.data.getlist(name)) for name in names)
        yield json.dumps(fields).encode()
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
