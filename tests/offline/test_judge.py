"""The judge finds nothing in an installation that went well, and each fault in one that did not."""

import pytest
from django.db import connection

from jobs.models import Job
from tests.cast.work import run_tests
from tests.factories.jobs import JobPhotoFactory
from tests.offline.judge import Judge
from tests.offline.photos import KINDS

pytestmark = pytest.mark.pg

FIRST = {"license_plate": "B QX 2041", "vin": "WVWZZZ1KZAW000001"}
SECOND = {"brand": "Volkswagen", "year_of_production": "2021"}
COMMENT = "Done below ground."
JOB = "(SELECT id FROM jobs_job)"


@pytest.fixture
def finished_job(running_job, unit, installer) -> Job:
    running_job.link_unit(unit.pk, by=installer)
    running_job.fill_in(by=installer, **FIRST)
    running_job.fill_in(by=installer, brand="Volkswagen", year_of_production=2021)
    running_job.proof.latest_configuration.push()
    running_job.request_tests(by=installer)
    run_tests(running_job)
    for kind in KINDS:
        JobPhotoFactory(job=running_job, kind=kind)
    running_job.succeed(by=installer, comment=COMMENT)
    return running_job


@pytest.fixture
def faults(finished_job):
    photos = list(finished_job.photos.values_list("sha256", flat=True))

    def judged() -> list[str]:
        typed = {"id": finished_job.pk, "qnr": finished_job.unit_id}
        judge = Judge(connection.connection)
        return judge.faults_of({**typed, "first": FIRST, "second": SECOND}, COMMENT, photos)

    return judged


def run(sql: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute(sql)


def test_an_installation_that_went_well_has_no_fault(faults):
    assert faults() == []


@pytest.mark.parametrize(
    ("broken_by", "fault"),
    [
        ("UPDATE jobs_jobevent SET verb = 'succeed' WHERE verb = 'take'", "2 outcomes"),
        ("UPDATE jobs_jobevent SET verb = 'renew' WHERE verb = 'succeed'", "0 outcomes"),
        ("UPDATE jobs_jobevent SET verb = 'fill_in' WHERE verb = 'take'", "fill_in is 3 times"),
        ("UPDATE jobs_job SET vin = ''", "vin is ''"),
        ("UPDATE jobs_job SET comment = 'x'", "comment is 'x'"),
        ("UPDATE jobs_jobphoto SET sha256 = 'x' WHERE kind = 'SERIAL'", "of the photos"),
        ("UPDATE jobs_jobphoto SET deleted_at = now() WHERE kind = 'SERIAL'", "of the photos"),
        ("UPDATE jobs_installationtest SET kind = 'GNSS'", "attempts at GNSS"),
        (
            """
            INSERT INTO telematics_simulatorlog (id, unit_id, act, key_id, at)
            SELECT gen_random_uuid(), unit_id, 'draw-attention', id, now() + interval '1 hour'
            FROM telematics_key WHERE unit_id IS NOT NULL LIMIT 1""",
            "the unit did draw-attention after the end",
        ),
    ],
)
def test_a_fault_is_found(faults, broken_by, fault):
    run(broken_by)
    found = faults()
    assert any(fault in line for line in found), found
