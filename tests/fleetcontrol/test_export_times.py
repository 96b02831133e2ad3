"""Times in exported files: in the reader's zone and language, which the heading names, in CSV as in XLSX."""

import csv
import io
from datetime import UTC, datetime

import pytest
from django.utils import timezone, translation
from django.utils.text import capfirst
from django.utils.translation import gettext
from openpyxl import load_workbook

from jobs.models import Job, JobTemplate
from jobs.resources import TIMES, JobResource

AT = datetime(2026, 7, 1, 22, 30, 15, tzinfo=UTC)
HERE = {
    "Europe/Berlin": "2026-07-02 00:30:15",
    "America/New_York": "2026-07-01 18:30:15",
    "UTC": "2026-07-01 22:30:15",
}


@pytest.fixture(params=HERE)
def zone(request, manager):
    manager.time_zone = request.param
    manager.save()
    return request.param


@pytest.fixture(params=["csv", "xlsx"])
def exported(request, manager_client):
    """The rows of an export: `exported(url)`."""

    def read(url: str, **query) -> list[list[str]]:
        answer = manager_client.get(f"{url}export/{request.param}/", query)
        content = b"".join(answer.streaming_content)
        if request.param == "xlsx":
            return [
                ["" if cell is None else str(cell) for cell in row]
                for row in load_workbook(io.BytesIO(content)).active.values
            ]
        text = content.decode("utf-8-sig")
        separator = ";" if '";"' in text else ","  # that of the reader's language
        return list(csv.reader(io.StringIO(text), delimiter=separator))

    return read


def test_jobs_are_exported_with_times_of_the_readers_zone(exported, list_url, zone, assigned_job):
    Job.objects.update(created_at=AT, updated_at=AT, assigned_at=AT)
    header, row = exported(list_url)
    found = dict(zip(header, row, strict=True))
    for name in ("created_at", "updated_at", "assigned_at"):
        assert found[f"{name} ({zone})"] == HERE[zone]
    assert found[f"finished_at ({zone})"] == ""
    assert not set(TIMES) & set(header)


def test_templates_are_exported_with_times_of_the_readers_zone(exported, at, zone, fleet):
    JobTemplate.objects.create(fleet=fleet, name="Vans")
    JobTemplate.objects.update(updated_at=AT)
    header, row = exported(at("templates/"), columns="name,updated_at")
    assert header == ["Name", f"Changed ({zone})"]
    assert row == ["Vans", HERE[zone]]


def test_an_export_is_in_the_readers_language(exported, at, manager, fleet):
    manager.language = "de"
    manager.save()
    JobTemplate.objects.create(fleet=fleet, name="Transporter")
    header, row = exported(at("templates/"), columns="name,tracking")
    with translation.override("de"):
        expected = [capfirst(gettext("tracking")), gettext("installer decides")]
    assert [header[1], row[1]] == expected
    assert expected != ["Tracking", "installer decides"]


def test_reading_a_streamed_file_leaves_the_zone_around_it_alone(
    manager_client, list_url, zone, pending_job
):
    lines = manager_client.get(f"{list_url}export/csv/").streaming_content
    with timezone.override("Asia/Tokyo"):
        next(lines)
        assert timezone.get_current_timezone_name() == "Asia/Tokyo"


def test_the_resource_of_operators_and_scripts_names_the_zone_too(pending_job):
    Job.objects.update(created_at=AT)
    with timezone.override("Europe/Berlin"):
        found = JobResource().export(Job.objects.all()).dict[0]
    assert found["created_at (Europe/Berlin)"] == HERE["Europe/Berlin"]
