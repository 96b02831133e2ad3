"""The number at the bell of every page; a page that knows it already says so in its own context."""

from functools import cache
from typing import Any

from django.http import HttpRequest

from jobs.models import Notice


def bell(request: HttpRequest) -> dict[str, Any]:
    """Asked of the database once, and only by a page that draws the bell."""
    user = getattr(request, "user", None)
    if user is None or not user.is_authenticated:
        return {}
    return {"unread_notices": cache(lambda: Notice.objects.visible_to(user).unread().count())}
