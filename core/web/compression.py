"""Answers of the APIs are compressed where the client takes gzip."""

from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.middleware.gzip import GZipMiddleware

PREFIX = "/api/"


class ApiCompressionMiddleware(GZipMiddleware):
    """Django's own adds random bytes, so that the length of an answer does not give away what is in it."""

    def process_response(
        self, request: HttpRequest, response: HttpResponseBase
    ) -> HttpResponseBase:
        if request.path.startswith(PREFIX):
            return super().process_response(request, response)
        return response
