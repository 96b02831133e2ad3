"""A busy database is a 503 with the time of the next try, in the reader's language, and never a 500."""

import sqlite3
from contextlib import closing

import pytest
from django.conf import settings
from django.db import connection


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
