"""What the phone's lists ask the database: nothing that reads a table through, whatever the company has."""

import pytest
from django.test import Client

from bench.reading import searches
from installers.api.filters import CATEGORIES
from tests.installers.api.contract import ROOT
from tests.sessions import app_token

pytestmark = [pytest.mark.pg, pytest.mark.usefixtures("db")]


@pytest.fixture(scope="module")
def db(crowd):
    """In place of a database of each test's own."""


@pytest.fixture(scope="module")
def app(crowd, browser_of):
    """Signed in by a header alone."""
    return Client(headers={"X-Session-Token": app_token(crowd.installers[0])})


@pytest.fixture(scope="module")
def phone(app, costs):
    """`phone("jobs/", search="B XY")`: (statements, those that read a table through)."""
    return lambda path, **query: costs(lambda: app.get(ROOT + path, query))


def test_each_of_the_four_lists_reads_by_an_index(phone):
    assert phone("jobs/", page_size=100) == (4, [])
    for category in CATEGORIES:
        assert phone("jobs/", category=category) == (4, []), category


def test_the_counts_read_by_indexes(phone):
    assert phone("jobs/counts/") == (4, [])


def test_each_search_over_all_clients_reads_by_an_index(phone):
    for name, text in searches().items():
        assert phone("jobs/", search=text[:17]) == (4, []), name
        assert phone("jobs/", search=text[:17], category="finished") == (4, []), name


def test_one_client_of_many_reads_by_an_index(crowd, phone):
    assert phone("jobs/", fleet=crowd.fleets[0].pk) == (4, [])
    assert phone("jobs/", provider=crowd.fleets[0].provider_id) == (4, [])


def test_a_page_further_on_reads_by_an_index(app, costs):
    following = app.get(f"{ROOT}jobs/?page_size=10").json()["next"]
    assert costs(lambda: app.get(following)) == (4, [])
