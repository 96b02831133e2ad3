"""How both APIs refuse a request: `application/problem+json` (RFC 9457), one shape for every reason."""

from collections.abc import Iterable, Mapping
from typing import Any

from django.core.exceptions import PermissionDenied, RequestDataTooBig, SuspiciousOperation
from django.core.exceptions import ValidationError as DjangoValidationError
from django.core.signals import got_request_exception
from django.db import DataError, IntegrityError, InterfaceError, OperationalError
from django.http import Http404, JsonResponse, UnreadablePostError
from redis.exceptions import RedisError, ResponseError
from rest_framework import exceptions
from rest_framework.exceptions import APIException

from core import context
from core.errors import MoveRefused, NotAllowed
from core.refusals import CATALOGUE, UNLISTED, sentence
from core.web.collisions import refusal

CONTENT_TYPE = "application/problem+json"
# DRF's own words where ours differ.
RENAMED = {"permission_denied": "not_allowed", "error": "server_error"}
# SQLSTATE of a lock not available, a statement or transaction that took too long, a deadlock, too many connections.
BUSY = {"55P03", "57014", "40P01", "40001", "53300"}


def problem(
    code: str, detail: Any = "", *, headers: Mapping[str, str] | None = None, **members: Any
) -> JsonResponse:
    """The response for `code`. `members` are what this problem contains besides, such as `errors`."""
    content = body(code, detail, **members)
    return JsonResponse(
        content,
        status=content["status"],
        content_type=CONTENT_TYPE,
        headers=dict(headers or {}),
    )


def body(code: str, detail: Any = "", **members: Any) -> dict[str, Any]:
    status, title = CATALOGUE.get(code, UNLISTED)
    return {
        "type": f"/problems/{code}",
        "title": title,
        "status": status,
        "detail": detail or title,
        "code": code,
        "flow_id": context.request_id(),
        **members,
    }


def exception_handler(exc: Exception, handling: Mapping[str, Any]) -> JsonResponse:
    """What DRF calls for whatever a view raises. A view with `problem_members(exc)` adds its own members."""
    if isinstance(exc, IntegrityError):
        exc = refusal(exc) or exc
    if isinstance(exc, MoveRefused):
        return _refused(exc, handling.get("view"))
    if isinstance(exc, NotAllowed):
        return problem(exc.code if exc.code in CATALOGUE else "not_allowed", exc.message)
    known = _as_api_exception(exc)
    if known:
        return _answered(known)
    return _unforeseen(handling.get("request"))


def _refused(exc: MoveRefused, view: Any) -> JsonResponse:
    members = {
        name: value for name, value in exc.extra.items() if name not in {"status", "retry_after"}
    }
    if view is not None and hasattr(view, "problem_members"):
        members |= view.problem_members(exc)
    return problem(
        exc.code, exc.message, headers=_retry_after(exc.extra.get("retry_after")), **members
    )


def _as_api_exception(exc: Exception) -> APIException | None:
    match exc:
        case APIException():
            return exc
        case Http404():
            # Its own text may name what was searched for.
            return exceptions.NotFound(sentence("not_found"))
        case PermissionDenied():
            return exceptions.PermissionDenied()
        case DjangoValidationError():
            return exceptions.ValidationError(exceptions._get_error_details(_messages(exc)))
        case RequestDataTooBig():
            return TooLarge()
        case SuspiciousOperation() | UnreadablePostError() | RecursionError():
            return exceptions.ParseError(sentence("parse_error"))
        case DataError() | OverflowError():
            # Serializers bound what they take; this is what a number or text meets that slipped past them.
            return exceptions.ValidationError({})
        case OperationalError() | InterfaceError() | RedisError():
            if unavailable_code(exc) == "unavailable":
                return Unavailable()
            return Overloaded()
    return None


def unavailable_code(exc: Exception) -> str:
    """`unavailable` if the database is away, `overloaded` if it, or the cache, is busy and worth another try soon."""
    if isinstance(exc, ResponseError):
        return "unavailable"  # the cache refuses to write: its disk or its memory is full
    if not isinstance(exc, OperationalError | InterfaceError):
        return "overloaded"
    cause = exc.__cause__
    busy = (
        getattr(cause, "sqlstate", None) in BUSY
        or type(cause).__name__ == "PoolTimeout"
        or "locked" in str(exc)
    )
    if busy:
        return "overloaded"
    return "unavailable"


class TooLarge(APIException):
    status_code = 413
    default_code = "too_large"
    default_detail = sentence("too_large")


class Overloaded(APIException):
    status_code = 503
    default_code = "overloaded"
    default_detail = sentence("overloaded")
    wait = 1


class Unavailable(APIException):
    status_code = 503
    default_code = "unavailable"
    default_detail = sentence("unavailable")
    wait = 5


def _answered(exc: APIException) -> JsonResponse:
    headers = _retry_after(getattr(exc, "wait", None))
    if challenge := getattr(exc, "auth_header", None):
        headers["WWW-Authenticate"] = challenge
    if isinstance(exc, exceptions.ValidationError):
        return problem("invalid", headers=headers, errors=flat(exc.detail))
    code = RENAMED.get(exc.default_code, exc.default_code)
    members = {"errors": getattr(exc, "errors", {})} if CATALOGUE[code].status == 400 else {}
    return problem(code, exc.detail, headers=headers, **members)


def _unforeseen(request: Any) -> JsonResponse:
    """Signalled as Django would, which logs it with its trace; the client learns the flow id alone."""
    got_request_exception.send(sender=None, request=getattr(request, "_request", request))
    return problem("server_error")


def flat(detail: Any, path: str = "") -> dict[str, list[str]]:
    """DRF's nested errors as one map: {"kinds.0": [...]}; what concerns no single field: `non_field_errors`."""
    if isinstance(detail, Mapping):
        inner: Iterable[tuple[Any, Any]] = detail.items()
    elif isinstance(detail, list) and any(isinstance(item, Mapping | list) for item in detail):
        inner = ((index, item) for index, item in enumerate(detail) if item)
    else:
        return {
            path or "non_field_errors": [
                str(item) for item in (detail if isinstance(detail, list) else [detail])
            ]
        }
    found: dict[str, list[str]] = {}
    for key, value in inner:
        found |= flat(value, f"{path}.{key}" if path else str(key))
    return found


def _messages(exc: DjangoValidationError) -> dict | list:
    if hasattr(exc, "error_dict"):
        return exc.message_dict
    return exc.messages


def _retry_after(seconds: Any) -> dict[str, str]:
    if seconds is not None:
        return {"Retry-After": str(max(1, int(-(-float(seconds) // 1))))}
    return {}
