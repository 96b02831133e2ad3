"""Rows from before texts were cleaned: a task brings them to the canonical form, and names what it leaves."""

import pytest
from django.core.management import call_command

from core.values.old_rows import OldRows
from jobs.models import Job, JobTemplate
from jobs.old_texts import LABELS
from jobs.tasks import clean_old_texts, clean_texts_after
from tests.factories.jobs import JobFactory, JobTemplateFactory
from tests.factories.telematics import VehicleFactory
from tests.old_rows import store

VIN = "WVWZZZ1KZAW000123"


def clean_all():
    for label in LABELS:
        clean_texts_after(label, "")


@pytest.fixture
def old_job(manager, fleet):
    job = JobFactory(by=manager, fleet=fleet)
    store(
        job,
        license_plate="b-qx\u200b 2041",
        custom_name="Mu\u0308ller",
        vin=VIN.lower(),
        search="?",
    )
    return job


def test_an_old_row_is_brought_to_the_form_and_found(old_job):
    clean_all()
    old_job.refresh_from_db()
    assert (old_job.license_plate, old_job.custom_name, old_job.vin) == ("B-QX 2041", "Müller", VIN)
    assert Job.objects.matching("müller").get() == old_job
    assert (old_job.version, old_job.events.count()) == (1, 1)


def test_plans_and_history_stay_as_they_were_written(old_job, partnership, manager):
    planned = {"license_plate": "b-qx\u200b 2041", "custom_name": "Mu\u0308ller"}
    old_job.assign(partnership.company, by=manager)
    store(old_job, custom_name="Mu\u0308ller")
    Job.objects.filter(pk=old_job.pk).update(planned=planned)
    before = list(old_job.events.values("verb", "data", "reason"))
    clean_all()
    old_job.refresh_from_db()
    assert old_job.planned == planned
    assert list(old_job.events.values("verb", "data", "reason")) == before
    assert old_job.plan.differences() == {}
    assert old_job.plan.lock_reason("license_plate") == "planned"


def test_a_second_run_writes_nothing(old_job, django_assert_num_queries):
    clean_all()
    with django_assert_num_queries(1):
        OldRows(Job, "vehicle").clean_after()


def test_batches_go_on_where_the_last_one_ended(manager, fleet):
    jobs = [JobFactory(by=manager, fleet=fleet) for _n in range(5)]
    for job in jobs:
        store(job, location="Hall\u00a03")
    rows, last, batches = OldRows(Job, batch=2), None, 0
    while (last := rows.clean_after(last)) is not None:
        batches += 1
    assert batches == 2
    assert set(Job.objects.values_list("location", flat=True)) == {"Hall 3"}


def test_what_somebody_has_changed_meanwhile_is_not_written_over(old_job):
    rows = OldRows(Job)
    seen = rows._read(None)[0]
    Job.objects.filter(pk=old_job.pk).update(license_plate="B NEW 1")
    rows.clean(seen)
    old_job.refresh_from_db()
    assert old_job.license_plate == "B NEW 1"


def test_a_row_that_would_collide_is_left_and_listed(fleet, capsys):
    VehicleFactory(fleet=fleet, vin=VIN)
    twin = VehicleFactory(fleet=fleet, vin="")
    store(twin, vin=f"{VIN[:16]}\uff13")
    clean_all()
    twin.refresh_from_db()
    assert twin.vin == f"{VIN[:16]}\uff13"
    call_command("old_texts")
    listed = capsys.readouterr().out
    assert (
        f"telematics.Vehicle {twin.pk} vin: '{VIN[:16]}\\uff13' → '{VIN}' (Another row has"
        in listed
    )
    assert "1 row(s) to correct." in listed


def test_a_name_that_would_be_blank_or_taken_is_left(fleet, capsys):
    JobTemplateFactory(fleet=fleet, name="Car")
    taken = JobTemplateFactory(fleet=fleet, name="Other")
    unseen = JobTemplateFactory(fleet=fleet, name="Third")
    store(taken, name="Ca\u200br")
    store(unseen, name="\u200b")
    clean_all()
    assert set(JobTemplate.objects.values_list("name", flat=True)) == {"Car", "Ca\u200br", "\u200b"}
    call_command("old_texts")
    listed = capsys.readouterr().out
    assert f"jobs.JobTemplate {unseen.pk}" in listed
    assert "2 row(s) to correct." in listed


def test_the_task_goes_from_one_model_to_the_next(db, django_capture_on_commit_callbacks):
    with django_capture_on_commit_callbacks() as nudges:
        clean_old_texts()
    assert len(nudges) == 1
    with django_capture_on_commit_callbacks() as nudges:
        clean_texts_after(LABELS[-1], "")
    assert nudges == []


def test_a_row_that_is_written_again_is_cleaned_by_that(old_job):
    old_job.refresh_from_db()
    old_job.save()
    old_job.refresh_from_db()
    assert old_job.license_plate == "B-QX 2041"
