"""403 within the site that the reader is on, with its navigation, so that they can go on from there."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views import defaults

from core import context
from core.web.api.problems import problem
from core.web.unavailable import SPEAKS_JSON


def keep_frame(request: Any, base_template: str, **frame: Any) -> None:
    """Keep what the frame of a site shows, for the page that explains why access is refused."""
    request.frame = {"base_template": base_template, **frame}


def forbidden(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """Django's `handler403`."""
    if request.path.startswith(SPEAKS_JSON):
        return problem("not_allowed")
    frame = getattr(request, "frame", None)
    if frame is None:
        return defaults.permission_denied(request, exception or Exception())
    why = {"exception": str(exception or ""), "flow_id": context.request_id()}
    return render(request, "403_in_site.html", frame | why, status=403)
