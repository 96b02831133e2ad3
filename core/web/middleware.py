"""What wraps every request: its channel and flow id, and how a page shows that a move was refused."""

import re
from collections.abc import Callable
from functools import cache

from django.apps import apps
from django.core.exceptions import PermissionDenied, SuspiciousOperation
from django.db import IntegrityError
from django.http import HttpRequest, HttpResponse, UnreadablePostError
from django.shortcuts import render
from structlog.contextvars import bind_contextvars, get_contextvars

from core import context
from core.errors import MoveRefused, NotAllowed
from core.ulid import new_ulid
from core.web.collisions import refusal
from core.web.health import PROBES
from core.web.posted import WrongFields
from core.web.unavailable import SPEAKS_JSON, away_behind, unavailable

FLOW_ID = "X-Flow-ID"
# A request id may come from a proxy or a client: what we store is short and plain.
UNSAFE = re.compile(r"[^\w.:-]+", re.ASCII)


class ContextMiddleware:
    """Puts channel and flow id where answers, logs, rows and messages find them; right behind
    structlog's own middleware.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]):
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        given = request.headers.get(FLOW_ID) or str(get_contextvars().get("request_id", ""))
        flow_id = UNSAFE.sub("", given)[:64] or new_ulid()
        bind_contextvars(request_id=flow_id)
        with context.acting(channel=channel_of(request.path), request_id=flow_id):
            response = self.get_response(request)
        response[FLOW_ID] = flow_id
        return response


class ProbeMiddleware:
    """Answers monitors before the session is read and the Host is checked: they come by address and in bad times."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]):
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        probe = PROBES.get(request.path)
        if probe:
            return probe(request)
        return self.get_response(request)


class RefusalMiddleware:
    """409 with what happened, 400 for wrong fields, 403 for a missing role, 503 while database or cache are away.

    An address with a NUL in it names nothing (400): no field of ours holds one, and PostgreSQL takes none to compare.
    APIs answer by core/web/problems.py; what is not ours and speaks JSON answers as they do.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]):
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if "%00" in request.META.get("QUERY_STRING", "") and not request.path.startswith(
            SPEAKS_JSON
        ):
            raise SuspiciousOperation("a NUL in the address")
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, exc: Exception) -> HttpResponse | None:
        if isinstance(exc, NotAllowed):
            # Raised again here, it takes Django's own way to the 403 page.
            raise PermissionDenied(exc.message) from exc
        if away := away_behind(exc):
            return unavailable(request, away)
        if isinstance(exc, UnreadablePostError):
            # Likewise to the 400 page. The client has left, or its request did not arrive in time.
            raise SuspiciousOperation("the request ended early") from exc
        if isinstance(exc, WrongFields):
            about = {"message": str(exc), "flow_id": context.request_id()}
            return render(request, "400_fields.html", about, status=400)
        refused = refusal(exc) if isinstance(exc, IntegrityError) else exc
        if not isinstance(refused, MoveRefused):
            return None
        return render(
            request, "409.html", {"refused": refused, "flow_id": context.request_id()}, status=409
        )


@cache
def channels() -> dict[str, str]:
    """URL prefix → channel. A site names its own as `channels` of its AppConfig."""
    found = {"/admin/": "admin"}
    for config in apps.get_app_configs():
        found |= getattr(config, "channels", {})
    return found


def channel_of(path: str) -> str:
    for prefix, name in channels().items():
        if path.startswith(prefix):
            return name
    return "web"
