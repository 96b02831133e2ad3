"""What a run has and has not: tests that need more say so and are skipped, unless the run demands it."""

import os

import pytest
from django.core.cache import cache
from django.db import connection


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """What starts the product goes first: it waits for minutes, in one process, while the others work."""
    items.sort(key=lambda item: item.get_closest_marker("process") is None)


def pytest_runtest_setup(item: pytest.Item) -> None:
    if item.get_closest_marker("pg") and connection.vendor != "postgresql":
        pytest.skip("needs PostgreSQL: run with --pg")
    if connection.vendor == "postgresql" and any(map(item.get_closest_marker, ("process", "browser", "once"))):
        pytest.skip("is tried once, on the embedded default: run without --pg")
    for marker in item.iter_markers("servers"):
        if missing := [name for name in marker.args if name not in os.environ]:
            pytest.skip(f"needs running servers: {', '.join(missing)} (see tests/servers.py)")


@pytest.fixture(autouse=True)
def _nothing_remembered():
    """Limits on signing in count in the cache; no test inherits another one's."""
    cache.clear()
