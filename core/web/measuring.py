"""Counts each request by its route, its status and the time it took."""

import time
from collections.abc import Callable

from django.conf import settings
from django.http import HttpRequest, HttpResponse

from core import processes
from core.web.health import PROBES

STATIC = "static"
UNKNOWN = "none"


class MeasuringMiddleware:
    """Around all others, so that their time and their answers count too."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]):
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        began = time.perf_counter()
        request.began = began  # type: ignore[attr-defined]  # for the log
        response = self.get_response(request)
        seconds = time.perf_counter() - began
        processes.count_request(route_of(request), response.status_code, seconds)
        return response


def route_of(request: HttpRequest) -> str:
    """The name of the route, never the path: paths have ids and secrets, and there is no end of them."""
    if request.path in PROBES:
        return request.path.strip("/")
    if request.resolver_match:
        return request.resolver_match.view_name
    if request.path.startswith(settings.STATIC_URL):
        return STATIC
    return UNKNOWN
