"""Known devices: a signed cookie, set at each sign-in, by which a browser or an app is recognised for a year.

It gives no access. Other people's failed attempts do not count against it, so they cannot lock its owner out.
"""

import secrets
from typing import Any, NamedTuple

from django.conf import settings
from django.core import signing
from django.http import HttpRequest, HttpResponse
from django.utils.crypto import salted_hmac

from accounts.models import User

COOKIE = "device"
SALT = "known device"
MAX_AGE = 365 * 24 * 3600
# A device that more people share forgets the one who signed in first.
KEYS_KEPT = 20


class Device(NamedTuple):
    id: str
    keys: list[str]

    def knows(self, account: str) -> bool:
        """By each key of the installation: a device stays known while they are replaced."""
        keys = (settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS)
        return any(_digest(account, key) in self.keys for key in keys)


def device_of(request: HttpRequest) -> Device | None:
    try:
        known: Any = signing.loads(request.COOKIES.get(COOKIE, ""), salt=SALT, max_age=MAX_AGE)
        return Device(*known)
    except (signing.BadSignature, TypeError, ValueError):
        return None


def remember(request: HttpRequest, response: HttpResponse, user: User) -> None:
    """Make the caller's device known for `user`, by their address and by their id."""
    device = device_of(request) or Device(secrets.token_urlsafe(12), [])
    accounts = [_digest(user.email), _digest(user.principal)]
    others = [key for key in device.keys if key not in accounts]
    kept = [*others, *accounts][-KEYS_KEPT:]
    response.set_cookie(
        COOKIE,
        signing.dumps([device.id, kept], salt=SALT, compress=True),
        max_age=MAX_AGE,
        secure=settings.SESSION_COOKIE_SECURE,
        httponly=True,
        samesite="Lax",
    )


def _digest(account: str, key: str | None = None) -> str:
    return salted_hmac(SALT, account, secret=key).hexdigest()[:16]
