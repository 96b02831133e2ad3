"""The cache counts attempts to sign in. While it is away nobody signs in, and everybody is told when to try again."""

import pytest
from django.core.cache import cache
from redis.exceptions import TimeoutError as CacheAway

CREDENTIALS = {"login": "somebody@example.com", "password": "whatever-it-is"}


@pytest.fixture(autouse=True)
def away(monkeypatch):
    def fail(*args, **kwargs):
        raise CacheAway("Timeout reading from socket")

    for name in ("get", "set", "add", "get_many", "incr", "delete"):
        monkeypatch.setattr(type(cache._connections[cache._alias]), name, fail)


@pytest.mark.django_db
def test_a_page_says_so_and_when_to_come_back(client):
    answer = client.post("/accounts/login/", CREDENTIALS)
    assert (answer.status_code, answer["Retry-After"]) == (503, "5")
    assert "Try again in a moment." in answer.content.decode()


@pytest.mark.django_db
def test_the_app_gets_a_problem_like_any_other(client):
    credentials = {"email": CREDENTIALS["login"], "password": CREDENTIALS["password"]}
    answer = client.post(
        "/_allauth/app/v1/auth/login", credentials, content_type="application/json"
    )
    assert (answer.status_code, answer["Retry-After"]) == (503, "5")
    assert answer["Content-Type"] == "application/problem+json"
    assert answer.json()["code"] == "overloaded"
