"""The fixed cast and the work between them; what a run may demand or skip."""

import pytest

from core.web import health


@pytest.fixture(autouse=True)
def _nobody_has_asked_whether_it_is_ready():
    health.recent.forget()
    health.requests_by_address.forget()


pytest_plugins = [
    "tests.cast.browser",
    "tests.cast.crowd",
    "tests.cast.database",
    "tests.cast.people",
    "tests.cast.phones",
    "tests.cast.processes",
    "tests.cast.receivers",
    "tests.cast.run",
    "tests.cast.work",
]
