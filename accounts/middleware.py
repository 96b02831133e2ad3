from collections.abc import Callable
from typing import Any

from django.conf import settings
from django.contrib.auth.models import AnonymousUser
from django.http import HttpRequest, HttpResponse
from django.utils import timezone, translation

from accounts import second_factor
from core.web.private_files import PRIVATE
from core.web.unavailable import AWAY, unavailable


class ReaderMiddleware:
    """Activate the reader's language and time zone.

    Readers who are not signed in get the browser's language and UTC.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]):
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        try:
            reader = request.user if request.user.is_authenticated else None
        except AWAY as error:
            request.user = (
                AnonymousUser()
            )  # the error page and the log read it, and need not wait again
            return unavailable(request, error)
        if reader is None:
            return self.get_response(request)
        language = reader.language
        of_browser = request.LANGUAGE_CODE
        request.LANGUAGE_CODE = language
        with translation.override(language), timezone.override(reader.time_zone):
            response = self.get_response(request)
        if language != of_browser:
            _remember(language, request, response)
        return response


class NoStoreMiddleware:
    """Keep pages and exports of a signed-in reader out of every cache, also out of the browser's own.

    A photo may stay in the browser, which has to ask each time whether it may show it.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]):
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        was_signed_in = request.user.is_authenticated
        response = self.get_response(request)
        if response.get("Cache-Control") == PRIVATE:
            return response
        # The reader may have signed in, or out, with this request. An API leaves None where nobody is signed in.
        if was_signed_in or (request.user and request.user.is_authenticated):
            response["Cache-Control"] = "no-store"
        return response


class OperatorMiddleware:
    """Lead an operator without two-factor authentication to its setup, where the settings require it of operators."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]):
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_view(self, request: HttpRequest, *_view: Any) -> HttpResponse | None:
        match = request.resolver_match
        if match is None or match.app_name != "admin":
            return None
        if request.user.is_staff and second_factor.is_missing_for_operator(request.user):
            return second_factor.lead_to_setup(request)
        return None


def _remember(language: str, request: HttpRequest, response: HttpResponse) -> None:
    """Set a cookie for pages that cannot read the account, e.g. while the database is unavailable."""
    response.set_cookie(
        settings.LANGUAGE_COOKIE_NAME,
        language,
        max_age=settings.SESSION_COOKIE_AGE,
        secure=request.is_secure(),
        httponly=True,
        samesite="Lax",
    )
