"""Counts attempts to sign in, answers 429 when there are too many, and makes the device known after a success."""

import logging
from collections.abc import Callable
from typing import Any

from allauth.core.internal import ratelimit
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render

from accounts.models import User
from accounts.sign_in import devices, limits
from accounts.sign_in.entrances import ENTRANCES, Entrance, session_of
from core.web.api.problems import problem
from core.web.unavailable import AWAY, unavailable

logger = logging.getLogger(__name__)
# Paths whose answers are JSON.
HEADLESS = "/_allauth/"
OAUTH = "/oauth/"
# The limits that allauth counts itself are by signed-in person and minute.
WINDOW = 60


class SignInMiddleware:
    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]):
        self.get_response = get_response

    def __call__(self, request: Any) -> HttpResponse:
        request.counted = None
        request.signed_in_person = None
        response = self.get_response(request)
        if request.counted:
            settle(response.status_code, *request.counted)
        if request.signed_in_person:
            devices.remember(request, response, request.signed_in_person)
        if response.status_code == 429:
            response.headers.setdefault("Retry-After", str(WINDOW))
        return response

    def process_view(self, request: Any, *args: Any) -> HttpResponse | None:
        match = request.resolver_match
        entrance = ENTRANCES.get(match.view_name) if match else None
        if entrance is None or request.method != "POST":
            return None
        try:
            request.counted = (entrance, count(request, entrance))
        except limits.TooMany as refused:
            return too_many(request, refused.wait)
        except AWAY as error:
            return unavailable(request, error)
        return None


def count(request: HttpRequest, entrance: Entrance) -> list[ratelimit.RateLimitUsage]:
    attempt = ""
    rates = entrance.rates
    if entrance.of_pending:
        session = session_of(request)
        attempt = (session and session.session_key) or ""
    else:
        rates = rates._replace(attempt="")
    return limits.count_attempt(request, entrance.what, entrance.account(request), rates, attempt)


def settle(status: int, entrance: Entrance, used: list[ratelimit.RateLimitUsage]) -> None:
    if entrance.failed is None or status == entrance.failed:
        return
    try:
        limits.roll_back(used)
    except AWAY as error:
        logger.warning("a successful attempt still counts: %s", error)  # but the sign-in holds


def remember_person(request: Any, user: User, **kwargs: Any) -> None:
    """Django's signal `user_logged_in`."""
    request.signed_in_person = user


def too_many(request: HttpRequest, wait: int = WINDOW) -> HttpResponse:
    """429 in the shape of the caller, with the seconds to wait."""
    headers = {"Retry-After": str(wait)}
    if request.path.startswith(OAUTH):
        return JsonResponse({"error": "slow_down"}, status=429, headers=headers)
    if request.path.startswith(HEADLESS):
        return problem("throttled", headers=headers)
    page = render(request, "429.html", {"minutes": wait // 60}, status=429)
    page["Retry-After"] = headers["Retry-After"]
    return page
