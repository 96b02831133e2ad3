"""Sends the files of the app's build before the session is read: they are the same for everybody, and kept for ever."""

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse

from installers.smartcontrol import build

FOR_EVER = "public, max-age=31536000, immutable"


class BuildMiddleware:
    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]):
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        file = build.find(request.path)
        if file is None or request.method not in ("GET", "HEAD"):
            return self.get_response(request)
        response = answer(file, compressed="gzip" in request.headers.get("Accept-Encoding", ""))
        # A browser obeys the policy of a page or a worker; on each of their files it is a quarter of what they weigh.
        response._csp_exempt = not build.has_policy(request.path)  # type: ignore[attr-defined]
        return response


def answer(file: build.File, *, compressed: bool) -> HttpResponse:
    response = HttpResponse(
        file.compressed if compressed else file.content, content_type=file.content_type
    )
    if compressed:
        response["Content-Encoding"] = "gzip"
    response["Cache-Control"] = FOR_EVER
    response["Vary"] = "Accept-Encoding"
    return response
