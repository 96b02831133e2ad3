"""What no page can cost less than: its bytes, and its bytes behind session and user."""

from functools import cache

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse


def alone(request: HttpRequest, size: int) -> HttpResponse:
    return HttpResponse(_page(size))


@login_required
def behind_the_user(request: HttpRequest, size: int) -> HttpResponse:
    return HttpResponse(_page(size))


@cache
def _page(size: int) -> bytes:
    return b"<!doctype html>".ljust(size)
