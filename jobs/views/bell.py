"""The number at the bell of every page. A page that has counted already sets it in its own context."""

from functools import cache
from typing import Any

from django.http import HttpRequest

from jobs.models import Notification


def bell(request: HttpRequest) -> dict[str, Any]:
    """Context processor. The count runs once, and only if the page draws the bell."""
    user = getattr(request, "user", None)
    if user is None or not user.is_authenticated:
        return {}
    return {
        "unread_notifications": cache(
            lambda: Notification.objects.visible_to(user).unread().count()
        )
    }
