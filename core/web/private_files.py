"""Files of one reader: streamed through a view, so that each request is authorised, and kept by their browser alone."""

from typing import Any

from django.http import FileResponse, HttpRequest, HttpResponse, HttpResponseNotModified
from django.http.response import HttpResponseBase

from core.web.api.tags import is_known

# Kept by the browser, which checks with the view before each use.
PRIVATE = "private, no-cache"


def private_file(
    request: HttpRequest, file: Any, *, content_type: str, name: str, tag: str
) -> HttpResponseBase:
    """The answer with an open file, or 304 where the reader has it. `tag` is another one for other bytes."""
    etag = f'"{tag}"'
    response: HttpResponse | FileResponse
    if is_known(request, etag):
        file.close()
        response = HttpResponseNotModified()
    else:
        response = FileResponse(file, content_type=content_type, filename=name)
        # Whatever the bytes are, nothing in them runs.
        response["Content-Security-Policy"] = "default-src 'none'; sandbox"
        response["X-Content-Type-Options"] = "nosniff"
    response["ETag"] = etag
    response["Cache-Control"] = PRIVATE
    return response
