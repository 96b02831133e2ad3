"""The ground names nothing of the domain: each room registers its codes, channels, queues and gauges in it."""

import re
from pathlib import Path

import pytest
from django.conf import settings

pytestmark = pytest.mark.once

DOMAIN = {
    "agreement", "companies", "company", "fleet", "fleetcontrol", "fleets", "garage", "installation",
    "installations", "installer", "installers", "job", "jobs", "maintenance", "oneapi", "partner", "partners",
    "partnership", "plate", "preset", "provider", "qnr", "simulator", "smartcontrol", "telematics", "unit", "units",
    "vehicle", "vehicles", "vin",
}  # fmt: skip


def words_of(text: str) -> set[str]:
    """The words in names, strings and comments: `job_status`, `JobStatus` and "the job" all hold `job`."""
    apart = re.sub(r"([a-z0-9])([A-Z])", r"\1 \2", text)
    return set(re.findall(r"[a-z]+", apart.lower()))


def files() -> list[Path]:
    found = (settings.BASE_DIR / "core").rglob("*.py")
    return sorted(path for path in found if "migrations" not in path.parts)


@pytest.mark.parametrize("path", files(), ids=lambda path: str(path.relative_to(settings.BASE_DIR)))
def test_the_ground_names_nothing_of_the_domain(path):
    assert words_of(path.read_text()) & DOMAIN == set()


def test_the_search_finds_words_in_names_strings_and_comments():
    text = 'class JobStatus: ...\nunit_of = "of the fleet"  # a vehicle'
    assert words_of(text) & DOMAIN == {"job", "unit", "fleet", "vehicle"}
