from collections.abc import Callable

from django.http import HttpRequest, HttpResponse
from django.utils import timezone, translation


class ReaderMiddleware:
    """The reader's own language and zone; who is not signed in gets the browser's language and UTC."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]):
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if not request.user.is_authenticated:
            return self.get_response(request)
        request.LANGUAGE_CODE = request.user.language
        with translation.override(request.user.language), timezone.override(request.user.time_zone):
            return self.get_response(request)
