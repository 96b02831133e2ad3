"""What a supervisor, a load balancer and a monitor ask: alive, ready, and how much waits."""

import logging
import secrets
from collections.abc import Callable

from celery import current_app
from django.conf import settings
from django.core.cache import cache
from django.db import connection
from django.db.migrations.executor import MigrationExecutor
from django.http import HttpRequest, HttpResponse
from django.utils.cache import add_never_cache_headers
from django.views.decorators.http import require_safe

from core.gauges import exposition

PLAIN = "text/plain; charset=utf-8"
LOOPBACK = ("127.0.0.1", "::1")

logger = logging.getLogger(__name__)


@require_safe
def healthz(request: HttpRequest) -> HttpResponse:
    """This process answers; nothing else is asked."""
    return _plain("ok\n")


@require_safe
def readyz(request: HttpRequest) -> HttpResponse:
    """Everything a page needs is there; otherwise 503 and what is missing, one line each."""
    states = {name: _state(check) for name, check in CHECKS.items()}
    text = "".join(f"{name}: {state}\n" for name, state in states.items())
    return _plain(text, status=200 if set(states.values()) == {"ok"} else 503)


@require_safe
def metrics(request: HttpRequest) -> HttpResponse:
    """The rooms' numbers, for who brings METRICS_TOKEN; without one set, for the machine itself alone."""
    if not _may_measure(request):
        return _plain("not for you\n", status=403)
    return HttpResponse(exposition(), content_type="text/plain; version=0.0.4; charset=utf-8")


def _plain(text: str, status: int = 200) -> HttpResponse:
    response = HttpResponse(text, content_type=PLAIN, status=status)
    add_never_cache_headers(response)
    return response


def _may_measure(request: HttpRequest) -> bool:
    if settings.METRICS_TOKEN:
        given = request.headers.get("Authorization", "").removeprefix("Bearer ")
        return secrets.compare_digest(given.encode(), settings.METRICS_TOKEN.encode())
    return request.META.get("REMOTE_ADDR") in LOOPBACK and "X-Forwarded-For" not in request.headers


def _state(check: Callable[[], str]) -> str:
    """The reason stays in the log: whoever asks need not learn hosts and users from it."""
    try:
        return check()
    except Exception:
        logger.exception("not_ready")
        return "unreachable"


def _database() -> str:
    executor = MigrationExecutor(connection)
    return "migrations missing" if executor.migration_plan(executor.loader.graph.leaf_nodes()) else "ok"


def _cache() -> str:
    cache.get("readyz")
    return "ok"


def _broker() -> str:
    with current_app.connection_for_write() as broker:
        broker.ensure_connection(max_retries=1, interval_start=0, timeout=3)
    return "ok"


CHECKS = {"database": _database, "cache": _cache, "broker": _broker}
