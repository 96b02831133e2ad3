"""A busy database is a 503 with the time of the next try, in the reader's language, and never a 500."""

import sqlite3
from contextlib import closing

import pytest
from allauth.usersessions.models import UserSession
from django.conf import settings
from django.contrib.sessions.models import Session
from django.db import OperationalError, connection


@pytest.fixture
def locked(transactional_db):
    """Somebody else writes, for longer than anybody waits."""
    if connection.vendor != "sqlite":
        pytest.skip("SQLite has one lock for all writers")
    with connection.cursor() as cursor:
        cursor.execute("PRAGMA busy_timeout = 50")
    with closing(sqlite3.connect(connection.settings_dict["NAME"], isolation_level=None)) as writer:

        def lock():
            writer.execute("BEGIN IMMEDIATE")

        yield lock
    connection.close()


def test_a_locked_database_is_a_page_that_says_when_to_come_back(client, manager, locked):
    manager.language = "de"
    manager.save()
    client.force_login(manager)
    locked()
    response = client.post("/theme/", {"theme": "dark"})

    assert (response.status_code, response["Retry-After"]) == (503, "5")
    assert "Im Moment ist zu viel los" in response.content.decode()


def test_the_browser_remembers_the_readers_language_where_it_prefers_another(client, manager):
    manager.language = "de"
    manager.save()
    client.force_login(manager)

    client.get("/problems/", headers={"Accept-Language": "de"})
    assert settings.LANGUAGE_COOKIE_NAME not in client.cookies

    client.get("/problems/", headers={"Accept-Language": "en"})
    assert client.cookies[settings.LANGUAGE_COOKIE_NAME].value == "de"


def test_a_database_that_is_lost_while_somebody_signs_in_by_the_app_is_a_503(
    client, installer, monkeypatch
):
    """allauth then saves the session again, whose row was never written, and fails for that reason."""
    installer.set_password("a-good-long-password")
    installer.save()

    def lost(*_args, **_kwargs):
        Session.objects.all().delete()
        raise OperationalError("the connection is lost")

    monkeypatch.setattr(UserSession.objects, "create_from_request", lost)
    response = client.post(
        "/_allauth/app/v1/auth/login",
        {"email": installer.email, "password": "a-good-long-password"},
        content_type="application/json",
    )

    assert (response.status_code, response["Retry-After"]) == (503, "5")
    assert response.json()["code"] == "unavailable"
