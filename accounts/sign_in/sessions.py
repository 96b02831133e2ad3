"""Sessions: each is for one audience, the website's cookie or the app's token, and is refused as the other.

A session ends 14 days after its last use. To save writes, its end is moved at most once a day.
"""

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any, NamedTuple

from django.conf import settings
from django.contrib.auth import HASH_SESSION_KEY, SESSION_KEY, get_user_model
from django.contrib.sessions.backends.db import SessionStore as DatabaseStore
from django.contrib.sessions.middleware import SessionMiddleware as DjangoMiddleware
from django.contrib.sessions.models import Session
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.cache import patch_vary_headers

AUDIENCE = "audience"
APP = "app"
LIFETIME = timedelta(seconds=settings.SESSION_COOKIE_AGE)
STEP = timedelta(days=1)


class SessionStore(DatabaseStore):
    """Django's store, with the end of the session. Using the session moves its end."""

    # One for all subclasses, and the same as that of Django's own store: each can read what another has written.
    key_salt = "django.contrib.sessions.SessionStore"
    expires_at: datetime | None = None

    def _get_session_from_db(self) -> Any:
        row = super()._get_session_from_db()  # type: ignore[misc]  # the stubs do not name it
        self.expires_at = row.expire_date if row else None
        return row

    @property
    def is_for_app(self) -> bool:
        return self.get(AUDIENCE) == APP

    @property
    def is_due_to_slide(self) -> bool:
        return self.expires_at is not None and self.expires_at < timezone.now() + LIFETIME - STEP

    @property
    def ends_at(self) -> datetime | None:
        """When the session ends unless it is used again after now."""
        if self.is_due_to_slide:
            return timezone.now() + LIFETIME
        return self.expires_at

    def slide(self) -> None:
        """Move the end, and nothing else: a request at the same time may be writing the session's data."""
        if not self.is_due_to_slide:
            return
        self.expires_at = timezone.now() + LIFETIME
        Session.objects.filter(pk=self.session_key).update(expire_date=self.expires_at)


class WebsiteStore(SessionStore):
    """What a cookie finds: a session of the app is none."""

    def load(self) -> dict[str, Any]:
        found = super().load()
        if found.get(AUDIENCE) != APP:
            return found
        self._session_key = None
        self.expires_at = None
        return {}


def sign_again(session: SessionStore) -> bool:
    """Sign a session by the SECRET_KEY where a former one signed it. Return whether it did.

    Django would give it another key instead: that is an app's token, and leads from a person's list to it.
    """
    if not settings.SECRET_KEY_FALLBACKS or HASH_SESSION_KEY not in session:
        return False
    pk: Any = session.get(SESSION_KEY)
    user = get_user_model()._base_manager.filter(pk=pk).first()
    if user is None:
        return False
    signed, now = session[HASH_SESSION_KEY], user.get_session_auth_hash()
    if signed == now or signed not in user.get_session_auth_fallback_hash():
        return False
    session[HASH_SESSION_KEY] = now
    return True


class SessionMiddleware(DjangoMiddleware):
    def __init__(self, get_response: Any) -> None:
        super().__init__(get_response)
        self.SessionStore = WebsiteStore

    def process_request(self, request: HttpRequest) -> None:
        super().process_request(request)
        session: Any = request.session
        if settings.SECRET_KEY_FALLBACKS and session.session_key:
            sign_again(session)  # marks the session, so it is saved with the response

    def process_response(self, request: HttpRequest, response: HttpResponse) -> HttpResponse:
        session: Any = request.session
        if session.is_empty() and not session.modified:
            return self._of_unknown_session(session, response)
        if session.accessed and session.is_due_to_slide and not session.is_empty():
            session.modified = True  # saves it, and sends the cookie again
        return super().process_response(request, response)

    @staticmethod
    def _of_unknown_session(session: Any, response: HttpResponse) -> HttpResponse:
        """Leave the cookie. Django removes it, and with it the session of a person who signs in while a request from
        before is under way: the answer that comes last decides.
        """
        if session.accessed:
            patch_vary_headers(response, ("Cookie",))
        return response


class Stored(NamedTuple):
    is_for_app: bool
    expires_at: datetime


def stored_sessions(keys: Iterable[str]) -> dict[str, Stored]:
    """Which audience each session is for, and when it ends."""
    found = {}
    for row in Session.objects.filter(pk__in=list(keys)):
        found[row.pk] = Stored(row.get_decoded().get(AUDIENCE) == APP, row.expire_date)
    return found


def app_session(token: str) -> SessionStore | None:
    """The session of an app's token; None for an unknown or expired one, and for the website's."""
    session = SessionStore(token)
    if not session.is_for_app or not session.session_key:
        return None
    session.slide()
    if sign_again(session):
        session.save()
    return session
