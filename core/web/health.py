"""The checks of a supervisor, a load balancer and a monitor: alive, ready, and how much waits."""

import logging
import secrets
from collections.abc import Callable
from urllib.parse import urlsplit

from allauth.core.internal.httpkit import get_client_ip
from celery import current_app
from django.conf import settings
from django.core.cache import cache
from django.core.exceptions import ImproperlyConfigured
from django.db import connection
from django.db.migrations.executor import MigrationExecutor
from django.http import HttpRequest, HttpResponse
from django.utils.cache import add_never_cache_headers
from django.views.decorators.http import require_safe
from prometheus_client.exposition import CONTENT_TYPE_PLAIN_0_0_4

from core import disk, queues, signs
from core.gauges import exposition
from core.outbox import relay
from core.web.readiness import PER_MINUTE, PerMinute, Recent
from core.web.unavailable import RETRY_AFTER

PLAIN = "text/plain; charset=utf-8"
LOOPBACK = ("127.0.0.1", "::1")
THIS_MACHINE = (*LOOPBACK, "localhost")

logger = logging.getLogger(__name__)


@require_safe
def healthz(request: HttpRequest) -> HttpResponse:
    """This process answers; nothing else is checked."""
    return _plain("ok\n")


@require_safe
def readyz(request: HttpRequest) -> HttpResponse:
    """Everything a page needs is there; otherwise 503 and what is missing, one line each.

    What pages do without is listed too, such as workers and beat. It does not change the status.
    """
    if not requests_by_address.allows(address_of(request)):
        refused = _plain("too many requests\n", status=429)
        refused["Retry-After"] = "60"
        return refused
    states = recent.states()
    lines = [f"{name}: {state}\n" for name, state in states.items()]
    lines += [f"{name}: {state}\n" for name, state in _background().items()]
    text = "".join(lines)
    if all(states[name] == "ok" for name in CHECKS):
        return _plain(text)
    response = _plain(text, status=503)
    response["Retry-After"] = str(RETRY_AFTER)
    return response


@require_safe
def metrics(request: HttpRequest) -> HttpResponse:
    """The rooms' numbers, for who brings METRICS_TOKEN; without one set, for the machine itself alone.

    Behind a proxy everybody may look like this machine, so there the token is needed.
    """
    if not _may_measure(request):
        return _plain("not for you\n", status=403)
    return HttpResponse(exposition(), content_type=CONTENT_TYPE_PLAIN_0_0_4)


def _plain(text: str, status: int = 200) -> HttpResponse:
    response = HttpResponse(text, content_type=PLAIN, status=status)
    add_never_cache_headers(response)
    return response


def _may_measure(request: HttpRequest) -> bool:
    if settings.METRICS_TOKEN:
        given = request.headers.get("Authorization", "").removeprefix("Bearer ")
        return secrets.compare_digest(given.encode(), settings.METRICS_TOKEN.encode())
    return request.META.get("REMOTE_ADDR") in LOOPBACK and not _is_behind_proxy(request)


def _is_behind_proxy(request: HttpRequest) -> bool:
    """A proxy that sends no address is known by the settings: https, or links to another host, lead to a proxy."""
    base = urlsplit(settings.BASE_URL)
    is_elsewhere = base.scheme == "https" or base.hostname not in THIS_MACHINE
    return is_elsewhere or settings.TRUSTED_PROXIES > 0 or any(map(request.headers.get, FORWARDED))


def address_of(request: HttpRequest) -> str:
    """The IP address of the client, behind as many proxies as are trusted."""
    try:
        return get_client_ip(request) or "a Unix socket"
    except (ImproperlyConfigured, ValueError):  # fewer addresses than proxies, or none at all
        return "unknown"


def _states() -> dict[str, str]:
    states = {name: _state(check) for name, check in (CHECKS | OPTIONAL).items()}
    return {name: state for name, state in states.items() if state}


def _state(check: Callable[[], str]) -> str:
    """The state in one word. The reason stays in the log, because it names hosts and users."""
    try:
        return check()
    except Exception:
        logger.exception("not_ready")
        return "unreachable"


def _background() -> dict[str, str]:
    """Workers and beat sign in the cache. While it is away, nothing is known of them."""
    try:
        workers = queues.alive(queues.names())
        beat = "no sign of life" if signs.is_beat_silent() else "ok"
    except Exception:
        logger.exception("workers_unknown")
        return {}
    states = {f"queue {name}": _workers(number) for name, number in workers.items()}
    return states | {"beat": beat}


def _workers(number: int) -> str:
    if number == 0:
        return "no worker"
    return f"{number} worker{'' if number == 1 else 's'}"


def _relay() -> str:
    return "ok" if queues.is_signed(relay.NAME) else "not running"


def _database() -> str:
    executor = MigrationExecutor(connection)
    if executor.migration_plan(executor.loader.graph.leaf_nodes()):
        return "migrations missing"
    return "ok"


def _cache() -> str:
    cache.get("readyz")
    return "ok"


def _broker() -> str:
    with current_app.connection_for_write() as broker:
        broker.ensure_connection(max_retries=1, interval_start=0, timeout=3)
    return "ok"


FORWARDED = ("X-Forwarded-For", "X-Forwarded-Proto", "X-Forwarded-Host", "Forwarded", "Via")
recent = Recent(_states)
requests_by_address = PerMinute(PER_MINUTE)
CHECKS = {
    "database": _database,
    "cache": _cache,
    "broker": _broker,
    "disk": disk.state,
}
# Pages do without them. One that gives no state is not listed.
OPTIONAL = {"relay": _relay}
PROBES = {
    "/healthz": healthz,
    "/readyz": readyz,
    "/metrics": metrics,
}
