"""The app's session token. It is marked as the app's, so that it opens the APIs alone, and no page.

A session that still waits for its second factor is found too: the app needs it to send the factor.
"""

from allauth.headless.tokens.strategies.sessions import SessionTokenStrategy
from django.contrib.sessions.backends.base import SessionBase
from django.http import HttpRequest

from accounts.sign_in.sessions import APP, AUDIENCE, app_session


class AppTokenStrategy(SessionTokenStrategy):
    def create_session_token(self, request: HttpRequest) -> str:
        request.session[AUDIENCE] = APP
        return super().create_session_token(request)

    def lookup_session(self, session_token: str) -> SessionBase | None:
        return app_session(session_token)
