"""What wraps every request: its channel and flow id, and how a page says that a move was refused."""

import logging
import re

from django.core.exceptions import PermissionDenied, SuspiciousOperation
from django.db import IntegrityError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from redis.exceptions import RedisError
from structlog.contextvars import bind_contextvars, get_contextvars

from core import context
from core.moves import MoveRefused, NotAllowed
from core.ulid import new_ulid
from core.web.collisions import refusal
from core.web.problems import problem

FLOW_ID = "X-Flow-ID"
CHANNELS = {
    "/api/smartcontrol/": "smartcontrol",
    "/smartcontrol/": "smartcontrol",
    "/api/oneapi/": "oneapi",
    "/oauth/": "oneapi",
    "/fleetcontrol/": "fleetcontrol",
    "/installers/": "installers",
    "/admin/": "admin",
}
# A request id may come from a proxy or a client: what stands in our rows is short and plain.
UNSAFE = re.compile(r"[^\w.:-]+", re.ASCII)


SPEAKS_JSON = ("/api/", "/_allauth/", "/oauth/")
# Seconds after which it is worth a try again.
AWAY = 5

logger = logging.getLogger(__name__)


class ContextMiddleware:
    """Puts channel and flow id where answers, logs, rows and messages find them; right behind structlog's own middleware."""

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        flow_id = UNSAFE.sub("", str(get_contextvars().get("request_id", "")))[:64] or new_ulid()
        bind_contextvars(request_id=flow_id)
        with context.acting(channel=channel_of(request.path), request_id=flow_id):
            response = self.get_response(request)
        response[FLOW_ID] = flow_id
        return response


class RefusalMiddleware:
    """409 with what happened, 403 for a missing role, 503 while the cache, which counts attempts to sign in, is away.

    An address with a NUL in it names nothing (400): no field of ours holds one, and PostgreSQL takes none to compare.
    APIs answer by core/web/problems.py; what is not ours and speaks JSON answers as they do.
    """

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if "%00" in request.META.get("QUERY_STRING", "") and not request.path.startswith(SPEAKS_JSON):
            raise SuspiciousOperation("a NUL in the address")
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, exc: Exception) -> HttpResponse | None:
        if isinstance(exc, NotAllowed):
            # Raised again here, it takes Django's own way to the 403 page.
            raise PermissionDenied(exc.message) from exc
        if isinstance(exc, RedisError):
            return away(request, exc)
        refused = refusal(exc) if isinstance(exc, IntegrityError) else exc
        if not isinstance(refused, MoveRefused):
            return None
        return render(request, "409.html", {"refused": refused, "flow_id": context.request_id()}, status=409)


def away(request: HttpRequest, exc: RedisError) -> HttpResponse:
    logger.error("the cache is away: %s", exc)
    if request.path.startswith(SPEAKS_JSON):
        return problem("overloaded", headers={"Retry-After": str(AWAY)})
    page = render(request, "503.html", {"flow_id": context.request_id()}, status=503)
    page["Retry-After"] = str(AWAY)
    return page


def channel_of(path: str) -> str:
    return next((name for prefix, name in CHANNELS.items() if path.startswith(prefix)), "web")
