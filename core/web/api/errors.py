"""What Django itself refuses below an API: as a problem there, as its usual page everywhere else."""

from django.http import HttpRequest, HttpResponse
from django.views import defaults

from core.web.api.problems import problem
from core.web.unavailable import SPEAKS_JSON


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    """Django's `handler400`."""
    if request.path.startswith(SPEAKS_JSON):
        return problem("parse_error")
    return defaults.bad_request(request, exception)


def not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    """Django's `handler404`."""
    if request.path.startswith(SPEAKS_JSON):
        return problem("not_found")
    return defaults.page_not_found(request, exception)
