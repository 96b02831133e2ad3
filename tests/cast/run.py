"""What a run has and has not: tests that need more say so and are skipped, unless the run demands it."""

import gc
import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.core.cache import cache
from django.db import connection
from django.utils import timezone, translation
from kombu.transport import memory

# Files that `bin/test --quick` leaves out: thousands of pages, files and requests, the whole demo world, or a process
# for each test.
SLOW = {
    "tests/accounts/test_admin.py",
    "tests/accounts/test_offboarding.py",
    "tests/config/test_settings.py",
    "tests/config/test_wrong_settings.py",
    "tests/core/test_admin_dates.py",
    "tests/core/test_callers.py",
    "tests/core/test_database_away.py",
    "tests/core/test_fresh_starts.py",
    "tests/core/test_silent_broker.py",
    "tests/core/test_silent_cache.py",
    "tests/demo/world/test_admin_site.py",
    "tests/demo/test_demo_refused.py",
    "tests/demo/world/test_world.py",
    "tests/fleetcontrol/test_dates.py",
    "tests/fleetcontrol/test_hostile_pages.py",
    "tests/fleetcontrol/test_import_hostile.py",
    "tests/fleetcontrol/test_writing_hostile.py",
    "tests/installers/api/test_hostile.py",
    "tests/matrix/test_matrix.py",
    "tests/telematics/test_simulator_app.py",
    "tests/telematics/test_vehicle_models.py",
    "tests/test_german.py",
    "tests/test_hostile_admin.py",
    "tests/test_routes.py",
}
# Every test there opens pages.
PAGES = {"tests/browser"}

# What gives a test a database.
DATABASES = {"db", "transactional_db", "crowd"}


# For these jobs the simulated unit runs each of its tests, which takes half a second.
SLOW_FIXTURES = {"proven_job", "void_job"}
seen: set[str] = set()


@pytest.hookimpl(trylast=True)
def pytest_itemcollected(item: pytest.Item) -> None:
    """Mark what `bin/test --quick` leaves out."""
    if is_slow(item):
        item.add_marker(pytest.mark.slow)
    test = item.nodeid.partition("[")[0]
    if test in seen:
        item.add_marker(pytest.mark.further)
    seen.add(test)


def is_slow(item: pytest.Item) -> bool:
    file = named(item.path, item.config)
    return (
        file in SLOW or has_own_transactions(item) or bool(SLOW_FIXTURES & set(item.fixturenames))
    )


def has_own_transactions(item: pytest.Item) -> bool:
    """Whether the tables are emptied after a test, because what it has written cannot be rolled back."""
    marker = item.get_closest_marker("django_db")
    return "transactional_db" in item.fixturenames or bool(
        marker and marker.kwargs.get("transaction")
    )


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """What starts the product goes first: it waits for minutes, in two processes, while the others work."""
    items.sort(key=lambda item: item.get_closest_marker("process") is None)


@pytest.hookimpl(wrapper=True, tryfirst=True)
def pytest_collection() -> Iterator[object]:
    """Thousands of tests and what they import stay until the end: the collector of garbage need not look at them."""
    gc.disable()
    try:
        return (yield)
    finally:
        gc.freeze()
        gc.enable()


def pytest_ignore_collect(collection_path: Path, config: pytest.Config) -> bool | None:
    """Do not even import a file of which `bin/test --quick` runs no test."""
    file = named(collection_path, config)
    if "not slow" not in config.option.markexpr or file not in SLOW | PAGES:
        return None
    return not any(argument.startswith(file) for argument in config.args)


def named(path: Path, config: pytest.Config) -> str:
    return path.relative_to(config.rootpath).as_posix()


def is_tried_once(item: pytest.Item) -> bool:
    """Whether PostgreSQL can change nothing about the outcome of a test."""
    if item.get_closest_marker("pg"):
        return False
    on_one = any(map(item.get_closest_marker, ("process", "browser", "once")))
    return on_one or not uses_the_database(item)


def uses_the_database(item: pytest.Item) -> bool:
    """Whether a test asks for a database. Fixtures that it requests by their names give it none."""
    return bool(
        item.get_closest_marker("django_db")
        or item.get_closest_marker("own_database")
        or DATABASES.intersection(item.fixturenames)
    )


def pytest_runtest_setup(item: pytest.Item) -> None:
    if item.get_closest_marker("pg") and connection.vendor != "postgresql":
        pytest.skip("needs PostgreSQL: run with --pg")
    if connection.vendor == "postgresql" and is_tried_once(item):
        pytest.skip("is tried once, on the embedded default: run without --pg")
    for marker in item.iter_markers("servers"):
        if missing := [name for name in marker.args if name not in os.environ]:
            pytest.skip(f"needs running servers: {', '.join(missing)} (see tests/servers.py)")


@pytest.fixture(autouse=True)
def _nothing_remembered():
    """No test inherits another one's limits on signing in, messages, language or time zone."""
    cache.clear()
    memory.Channel.queues.clear()
    translation.deactivate()
    timezone.deactivate()
