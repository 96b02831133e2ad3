"""Jobs of one vehicle are called as it is, so whoever renames it holds them all: in one order, or two wait for ever."""

import time
from threading import Event

import pytest
from django.utils import timezone

from jobs.models import Job
from jobs.models.job_queryset import JobQuerySet
from telematics.models import Key
from tests.factories.jobs import JobFactory
from tests.factories.telematics import VehicleFactory
from tests.jobs.test_maintenance import prove
from tests.threads import race

pytestmark = [pytest.mark.pg, pytest.mark.django_db(transaction=True)]


def fresh(job) -> Job:
    return Job.objects.get(pk=job.pk)


@pytest.fixture
def renaming(monkeypatch) -> Event:
    """Set as soon as a vehicle is being renamed, which then takes a while: for the other one to wait at a lock."""
    begun, plain = Event(), JobQuerySet.follow_vehicle

    def follow(jobs, vehicle, changed):
        begun.set()
        time.sleep(0.3)
        plain(jobs, vehicle, changed)

    monkeypatch.setattr(JobQuerySet, "follow_vehicle", follow)
    return begun


@pytest.fixture
def older_job(manager, fleet, vehicle_model):
    """Written before all others here; it is about no vehicle yet."""
    return JobFactory(by=manager, fleet=fleet, kind="MAINTENANCE", task="INSPECTION", custom_name="")


def test_a_fill_in_meets_a_company_that_closes(
    older_job, linked_job, partnership, manager, installer, company_admin, renaming
):
    older_job.edit(by=manager, vehicle=linked_job.vehicle)
    older_job.assign(partnership.company, by=manager)

    filled_in, closed = race(
        lambda: fresh(linked_job).fill_in(by=installer, license_plate="B QX 2041"),
        lambda: renaming.wait(10) and partnership.company.close(by=company_admin),
    )

    assert (filled_in, closed) == (None, None)
    assert {fresh(older_job).status, fresh(linked_job).status} == {"PENDING"}


def test_two_jobs_of_one_vehicle_succeed_at_once(partnership, manager, installer, fleet, unit, vehicle_model, renaming):
    vehicle = VehicleFactory(fleet=fleet, unit=unit, vehicle_model=vehicle_model)
    first, second = (proven(vehicle, plate, partnership, manager, installer) for plate in ("B QX 1", "B QX 2"))

    results = race(
        lambda: fresh(second).succeed(by=installer),
        lambda: renaming.wait(10) and fresh(first).succeed(by=installer),
    )

    assert results == [None, None]
    vehicle.refresh_from_db()
    assert vehicle.license_plate == "B QX 1"


def proven(vehicle, plate: str, partnership, manager, installer) -> Job:
    written_for = {"vehicle": vehicle, "vehicle_model": vehicle.vehicle_model, "license_plate": plate}
    job = JobFactory(by=manager, fleet=vehicle.fleet, **written_for)
    job.assign(partnership.company, by=manager)
    job.take(by=installer)
    prove(job)
    Key.objects.filter(access__job=job).update(ends_at=timezone.now())  # the vehicle is free for the next one
    return job
