"""The app's session token, looked up in one statement where allauth's own strategy takes two."""

from importlib import import_module

from allauth.headless.tokens.strategies.sessions import SessionTokenStrategy
from django.conf import settings
from django.contrib.auth import SESSION_KEY
from django.contrib.sessions.backends.base import SessionBase


class OneLookStrategy(SessionTokenStrategy):
    def lookup_session(self, session_token: str) -> SessionBase | None:
        session = import_module(settings.SESSION_ENGINE).SessionStore(session_key=session_token)
        return session if SESSION_KEY in session else None
