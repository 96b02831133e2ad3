"""503: the database, or the cache that counts attempts to sign in, is away or busy.

What answers here needs neither of them, nor the session: it may replace any middleware.
"""

import logging
import sys

from django.contrib.sessions.backends.base import UpdateError
from django.db import InterfaceError, OperationalError
from django.http import HttpRequest, HttpResponse
from django.template.loader import render_to_string
from django.utils import translation
from django.views import defaults
from redis.exceptions import RedisError

from core import context
from core.web.api.problems import problem, unavailable_code

AWAY = (OperationalError, InterfaceError, RedisError)
SPEAKS_JSON = ("/api/", "/_allauth/", "/oauth/")
PAGES = {"overloaded": "503.html", "unavailable": "503_database.html"}
# Seconds after which it is worth a try again.
RETRY_AFTER = 5

logger = logging.getLogger(__name__)


def away_behind(exc: BaseException | None) -> Exception | None:
    """The exception out of AWAY that this is, or that was being handled when the session could not be saved.

    Whatever happens while somebody signs in, allauth saves the session, whose row has gone with the transaction.
    """
    if isinstance(exc, UpdateError):
        while exc is not None and not isinstance(exc, AWAY):
            exc = exc.__context__
    return exc if isinstance(exc, AWAY) else None


def unavailable(request: HttpRequest, exc: Exception) -> HttpResponse:
    """The answer to an exception out of AWAY."""
    logger.error("unavailable: %s", exc)
    code = unavailable_code(exc)
    if request.path.startswith(SPEAKS_JSON):
        return problem(code, headers={"Retry-After": str(RETRY_AFTER)})
    page = HttpResponse(_page(request, PAGES[code]), status=503)
    page["Retry-After"] = str(RETRY_AFTER)
    return page


def server_error(request: HttpRequest) -> HttpResponse:
    """Django's `handler500`. It also gets what a middleware raised, e.g. while it read the session."""
    if away := away_behind(sys.exc_info()[1]):
        return unavailable(request, away)
    if request.path.startswith(SPEAKS_JSON):
        return problem("server_error")
    return defaults.server_error(request)


def _page(request: HttpRequest, template: str) -> str:
    # Without LocaleMiddleware before it, the language is that of this thread's last request.
    known = hasattr(request, "LANGUAGE_CODE")
    with translation.override(
        translation.get_language() if known else translation.get_language_from_request(request)
    ):
        return render_to_string(template, {"request": request, "flow_id": context.request_id()})
