"""What stays of an import, for how long, and what it costs while it runs."""

import json
import tracemalloc
from datetime import timedelta

import pytest
from django.db import connection
from django.utils import timezone

from core.errors import MoveRefused
from core.tasks import forget
from jobs.importing.errors import Finding
from jobs.models import ImportedFile, Job, JobImport
from tests.threads import race

DRAFT_KEPT = timedelta(days=7)
FILE_KEPT = timedelta(days=90)
GOOD = "custom_name\nOne\nTwo\n"


def aged(job_import, age):
    JobImport.objects.filter(pk=job_import.pk).update(created_at=timezone.now() - age)
    return job_import


def test_a_draft_that_nobody_confirmed_is_forgotten(preview):
    aged(preview(GOOD), DRAFT_KEPT + timedelta(hours=1))
    young = preview(GOOD)
    forget()
    assert list(JobImport.objects.all()) == [young]


def test_of_an_import_the_file_goes_and_the_line_stays(preview, manager):
    done = preview(GOOD)
    done.confirm(by=manager)
    aged(done, FILE_KEPT - timedelta(hours=1))
    forget()
    assert ImportedFile.objects.count() == 1
    aged(done, FILE_KEPT + timedelta(hours=1))
    forget()
    assert not ImportedFile.objects.exists()
    assert list(JobImport.objects.values_list("file_name", "created", "status")) == [
        ("jobs.csv", 2, "DONE")
    ]
    assert done.jobs.count() == 2


@pytest.mark.django_db(transaction=True)
def test_two_confirmations_at_once_create_everything_once(preview, manager):
    draft = preview(GOOD)
    same = [JobImport.objects.get(pk=draft.pk) for _rival in range(2)]
    answers = race(*(lambda one=one: one.confirm(by=manager) for one in same))
    assert sorted(type(answer) for answer in answers if answer is not None) == [MoveRefused]
    assert Job.objects.count() == 2


@pytest.mark.django_db(transaction=True)
def test_a_partnership_that_ends_at_the_same_moment_leaves_no_job_with_the_company(
    preview, manager, partnership
):
    draft = preview(GOOD, company=partnership.company)
    race(lambda: draft.confirm(by=manager), lambda: partnership.end(by=manager))
    assert not Job.objects.filter(company__isnull=False).exists()
    assert {job.status for job in Job.objects.all()} <= {"PENDING"}


def test_a_thousand_rows_take_little_memory(preview, manager):
    rows = "".join(f"B QX {n},Name {n},Hall {n},Keys at the gate {n}\n" for n in range(1000))
    tracemalloc.start()
    preview(f"license_plate,custom_name,location,instructions\n{rows}").confirm(by=manager)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < 50 * 1024 * 1024
    assert Job.objects.count() == 1000


def test_a_long_file_name_is_shortened_everywhere(preview):
    assert len(preview(GOOD, name="x" * 3000 + ".csv").file_name) <= 200


def test_rows_are_kept_as_they_were_checked(preview, vehicle_model):
    header = "custom_name,tracking,year_of_production,vehicle_model_id"
    draft = preview(f"{header}\nA,off,2024,\n\n,,,{vehicle_model.pk}\nB,on,1,\n")
    assert list(ImportedFile.objects.get(pk=draft.pk).rows) == draft.file.rows
    assert draft.file.rows == [
        (2, {"custom_name": "A", "tracking": False, "year_of_production": 2024}),
        (4, {"vehicle_model": vehicle_model.pk}),
    ]


def test_a_file_without_a_good_row_keeps_none(preview):
    assert ImportedFile.objects.get(pk=preview("vin\nWRONG\n").pk).rows == []


def test_findings_are_kept_in_their_order(preview):
    draft = preview("vin,tracking,custom_name\nWRONG,maybe,A\n,maybe,B\u0001\nWRONG,perhaps,C\n")
    kept = ImportedFile.objects.get(pk=draft.pk)
    assert kept.findings("errors") == draft.file.errors
    assert [(one.row, one.column) for one in kept.errors] == [
        (2, "vin"),
        (2, "tracking"),
        (3, "tracking"),
        (3, "custom_name"),
        (4, "vin"),
        (4, "tracking"),
    ]


def test_what_earlier_versions_kept_is_read(preview):
    """Rows by row and by column, findings one by one, and the bytes of the file as they were."""
    draft = preview("custom_name,tracking\nA,on\nB,maybe\n")
    finding = [3, "tracking", "not_a_flag", "maybe", "Use on or off.", ""]
    rows = {"numbers": [2], "columns": {"custom_name": ["A"], "tracking": [True]}}
    for kept_rows in (rows, [[2, {"custom_name": "A", "tracking": True}]]):
        with connection.cursor() as cursor:
            cursor.execute(
                "UPDATE jobs_importedfile SET content = %s, errors = %s, rows = %s",
                [b"custom_name\nA\n", json.dumps([finding]), json.dumps(kept_rows)],
            )
        kept = ImportedFile.objects.get(pk=draft.pk)
        assert bytes(kept.content) == b"custom_name\nA\n"
        assert kept.errors == [Finding(*finding)]
        [(number, values)] = kept.rows
        assert (number, values) == (2, {"custom_name": "A", "tracking": True})


def test_a_file_is_stored_smaller_than_it_came(preview):
    content = b"custom_name,location\n" + b"Pool,Hall 3\n" * 500
    draft = preview(content.decode())
    with connection.cursor() as cursor:
        cursor.execute("SELECT length(content) FROM jobs_importedfile")
        [stored] = cursor.fetchone()
    assert stored < len(content) / 10
    assert bytes(ImportedFile.objects.get(pk=draft.pk).content) == content
