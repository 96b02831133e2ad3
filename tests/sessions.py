"""Being signed in to the app without its sign-in."""

from django.test import Client

from accounts.sign_in.sessions import APP, AUDIENCE


def app_token(person) -> str:
    """The token of a new session of `person` in the app."""
    browser = Client()
    browser.force_login(person)
    session = browser.session
    session[AUDIENCE] = APP
    session.save()
    return session.session_key
