"""Who renames a vehicle holds all its jobs, who replaces its unit both units: in one order, or two wait for ever."""

import time
from threading import Event

import pytest
from django.utils import timezone

from jobs.models import Job
from jobs.models.job_queryset import JobQuerySet
from telematics.models import Key, Unit, Vehicle
from tests.factories.jobs import JobFactory
from tests.factories.telematics import UnitFactory, VehicleFactory
from tests.jobs.test_maintenance import prove
from tests.threads import race

pytestmark = [pytest.mark.pg, pytest.mark.django_db(transaction=True)]


def fresh(job) -> Job:
    return Job.objects.get(pk=job.pk)


def slow(monkeypatch, owner, name: str) -> Event:
    """Set as soon as this begins, which then takes a while: for the other one to wait at a lock."""
    begun, plain = Event(), getattr(owner, name)

    def slowly(*args):
        begun.set()
        time.sleep(0.3)
        return plain(*args)

    monkeypatch.setattr(owner, name, slowly)
    return begun


@pytest.fixture
def renaming(monkeypatch) -> Event:
    return slow(monkeypatch, JobQuerySet, "follow_vehicle")


@pytest.fixture
def older_job(manager, fleet, vehicle_model):
    """Written before all others here; it is about no vehicle yet."""
    return JobFactory(
        by=manager, fleet=fleet, kind="MAINTENANCE", task="INSPECTION", custom_name=""
    )


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


def test_two_jobs_of_one_vehicle_succeed_at_once(
    partnership, manager, installer, fleet, unit, vehicle_model, renaming
):
    vehicle = VehicleFactory(fleet=fleet, unit=unit, vehicle_model=vehicle_model)
    # Both prove themselves at one unit, so one of them must not configure it: that would void the other's passes.
    work = ({"kind": "MAINTENANCE", "task": "INSPECTION"}, {"license_plate": "B QX 2"})
    first, second = (
        proven(vehicle, partnership, manager, installer, **written) for written in work
    )

    results = race(
        lambda: fresh(second).succeed(by=installer),
        lambda: renaming.wait(10) and fresh(first).succeed(by=installer),
    )

    assert results == [None, None]
    vehicle.refresh_from_db()
    assert vehicle.license_plate == "B QX 2"


def proven(vehicle, partnership, manager, installer, **written) -> Job:
    written_for = {"vehicle": vehicle, "vehicle_model": vehicle.vehicle_model, "custom_name": ""}
    job = JobFactory(by=manager, fleet=vehicle.fleet, **written_for | written)
    job.assign(partnership.company, by=manager)
    job.take(by=installer)
    prove(job)
    Key.objects.filter(access__job=job).update(
        ends_at=timezone.now()
    )  # the vehicle is free for the next one
    return job


# --- the units of one vehicle -----------------------------------------------------------------------------------------
@pytest.fixture
def replacement(partnership, manager, installer, fleet, vehicle_model):
    """The unit that is in the vehicle comes before the one that goes in."""
    old, new = (UnitFactory(fleet=fleet, qnr=f"{n:016X}") for n in (1, 2))
    vehicle = VehicleFactory(fleet=fleet, unit=old, vehicle_model=vehicle_model)
    job = JobFactory(
        by=manager, fleet=fleet, vehicle=vehicle, kind="MAINTENANCE", task="REPLACE_UNIT"
    )
    job.assign(partnership.company, by=manager)
    job.take(by=installer)
    return job, old, new


@pytest.mark.parametrize("act", ["link_unit", "fail"])
def test_a_replacement_meets_an_operator_who_retires_both_units(
    replacement, installer, monkeypatch, act
):
    job, old, new = replacement
    if act == "fail":
        job.link_unit(new.pk, by=installer)
    begun = slow(monkeypatch, Vehicle, "unmount" if act == "link_unit" else "mount")
    acts = {
        "link_unit": lambda j: j.link_unit(new.pk, by=installer),
        "fail": lambda j: j.fail(by=installer, comment="No"),
    }

    acted, retired = race(
        lambda: acts[act](fresh(job)),
        lambda: begun.wait(10) and Unit.objects.filter(pk__in=[old.pk, new.pk]).retire(),
    )

    assert acted is None
    assert retired == (0 if act == "link_unit" else 1), "the one that nobody counts on by then"
