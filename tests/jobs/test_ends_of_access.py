"""The first use after the end is refused, for every end that there is."""

from datetime import timedelta

import pytest
from django.utils import timezone

from core.moves import MoveRefused
from jobs.models import VehicleAccess
from jobs.tasks import end_leases
from telematics import verbs
from telematics.models import Key, SimulatorLog
from telematics.tasks import drop_key
from tests.cast.work import run_tests

pytestmark = pytest.mark.django_db


def suspend(row):
    row.suspended_at = timezone.now()
    row.save()


def let_lease_run_out(job):
    Key.objects.filter(access__job=job).update(ends_at=timezone.now() - timedelta(seconds=1))


def acts_of(access):
    """What the unit itself says it did for this access."""
    return SimulatorLog.objects.filter(key_id=access.key_id, act__in=verbs.VERBS)


# How it ends, and the reason the ledger gives: a suspension closes the door without ending the lease.
ENDS = {
    "succeed": (lambda c: c["job"].succeed(by=c["installer"]), "SUCCEEDED"),
    "fail": (lambda c: c["job"].fail(by=c["installer"], comment="No"), "FAILED"),
    "withdraw": (lambda c: c["job"].withdraw(by=c["company_admin"]), "WITHDRAWN"),
    "stop_access": (lambda c: c["job"].stop_access(by=c["manager"]), "STOPPED"),
    "another unit": (lambda c: c["job"].link_unit(c["second_unit"].pk, by=c["installer"]), "UNIT_CHANGED"),
    "person removed": (
        lambda c: c["company"].remove_member(c["installer"].company_memberships.get(), by=c["company_admin"]),
        "PERSON_REMOVED",
    ),
    "company closed": (lambda c: c["company"].close(by=c["company_admin"]), "COMPANY_REMOVED"),
    "partnership ended": (lambda c: c["partnership"].end(by=c["company_admin"]), "PARTNERSHIP_ENDED"),
    "lease over": (lambda c: let_lease_run_out(c["job"]), ""),
    "person suspended": (lambda c: suspend(c["installer"]), ""),
    "company suspended": (lambda c: suspend(c["company"]), ""),
    "fleet suspended": (lambda c: suspend(c["job"].fleet), ""),
    "provider suspended": (lambda c: suspend(c["job"].fleet.provider), ""),
}


@pytest.fixture
def cast(proven_job, installer, company_admin, manager, company, partnership, fleet):
    from tests.factories.telematics import UnitFactory

    people = {"installer": installer, "company_admin": company_admin, "manager": manager}
    return {
        "job": proven_job,
        **people,
        "company": company,
        "partnership": partnership,
        "second_unit": UnitFactory(fleet=fleet),
    }


@pytest.mark.parametrize("end", ENDS)
def test_the_first_command_after_the_end_is_refused(cast, end):
    job, installer = cast["job"], cast["installer"]
    access = VehicleAccess.objects.open_for(installer, job.vehicle_id)
    waiting = access.command("lock-central-lock", by=installer, announced=False)
    before = acts_of(access).count()
    how, reason = ENDS[end]

    how(cast)

    waiting.run()
    waiting.refresh_from_db()
    assert waiting.status == "REFUSED"
    with pytest.raises(MoveRefused, match="ended"):
        access.command("unlock-central-lock", by=installer)
    access.refresh_from_db()
    assert access.end_reason == reason
    assert access.pk != getattr(VehicleAccess.objects.open_for(installer, job.vehicle_id), "pk", None)
    assert acts_of(access).count() == before


def test_the_sweep_records_the_end_of_a_lease_once(cast):
    job = cast["job"]
    let_lease_run_out(job)

    end_leases()
    end_leases()

    access = job.accesses.get()
    assert (access.end_reason, access.ended_by) == ("LEASE_OVER", None)
    assert access.key.ended_at is not None


def test_the_key_is_dropped_at_the_unit_after_the_end(cast):
    cast["job"].succeed(by=cast["installer"])
    key = cast["job"].accesses.get().key
    assert key.dropped_at is None

    drop_key(key.pk)

    key.refresh_from_db()
    assert key.dropped_at is not None


def test_an_ended_lease_is_renewed_as_a_new_access(cast):
    job, installer = cast["job"], cast["installer"]
    let_lease_run_out(job)

    job.renew_access(by=installer)

    assert [access.end_reason for access in job.accesses.order_by("id")] == ["LEASE_OVER", ""]
    assert VehicleAccess.objects.open_for(installer, job.vehicle_id) is not None


def test_finishing_needs_the_job_and_not_an_open_lease(cast):
    job = cast["job"]
    let_lease_run_out(job)

    job.succeed(by=cast["installer"])

    assert (job.status, job.accesses.get().end_reason) == ("SUCCEEDED", "SUCCEEDED")


def test_an_act_of_the_holder_moves_the_lease_forward(cast):
    job, installer = cast["job"], cast["installer"]
    Key.objects.filter(access__job=job).update(ends_at=timezone.now() + timedelta(minutes=1))

    job.fill_in(by=installer, license_plate="B QX 2041")

    assert job.current_access().key.ends_at > timezone.now() + timedelta(hours=7)


def test_finishing_unlocked_is_recorded(cast):
    job, installer = cast["job"], cast["installer"]
    VehicleAccess.objects.open_for(installer, job.vehicle_id).command("unlock-central-lock", announced=False).run()

    job.succeed(by=installer)

    assert job.events.get(verb="succeed").data["unlocked"] is True


def test_a_company_that_goes_leaves_no_open_test_key_or_running_job(cast):
    job = cast["job"]
    job.request_tests(by=cast["installer"])

    cast["company"].close(by=cast["company_admin"])

    job.refresh_from_db()
    run_tests(job)
    assert (job.status, job.company, job.assignee, job.unit) == ("PENDING", None, None, None)
    assert not job.tests.open().exists()
    assert not Key.objects.of_holders().filter(ended_at=None).exists()
