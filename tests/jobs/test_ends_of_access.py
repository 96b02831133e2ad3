"""The first use after the end is refused, for every end that there is."""

from datetime import timedelta

import pytest
from django.db.models.functions import Now
from django.utils import timezone

from accounts.models import Company, Fleet, MobilityProvider, User
from core.errors import MoveRefused
from jobs.models import VehicleAccess
from jobs.reading.history import History
from jobs.tasks import end_leases
from telematics import verbs
from telematics.models import Command, Key
from telematics.simulator.models import SimulatorLog
from telematics.tasks import drop_key
from tests.cast.work import run_tests
from tests.factories.jobs import JobFactory
from tests.factories.telematics import UnitFactory

pytestmark = pytest.mark.django_db


def let_lease_run_out(job):
    Key.objects.filter(access__job=job).update(ends_at=timezone.now() - timedelta(seconds=1))


def acts_of(access):
    """What the unit itself says it did for this access."""
    return SimulatorLog.objects.filter(key_id=access.key_id, action__in=verbs.VERBS)


# How it ends, and the reason in the ledger. A lease that is over is recorded by the sweep.
ENDS = {
    "succeed": (lambda c: c["job"].succeed(by=c["installer"]), "SUCCEEDED"),
    "fail": (lambda c: c["job"].fail(by=c["installer"], comment="No"), "FAILED"),
    "withdraw": (lambda c: c["job"].withdraw(by=c["company_admin"]), "WITHDRAWN"),
    "stop_access": (lambda c: c["job"].stop_access(by=c["manager"]), "STOPPED"),
    "another unit": (
        lambda c: c["job"].link_unit(c["second_unit"].pk, by=c["installer"]),
        "UNIT_CHANGED",
    ),
    "person removed": (
        lambda c: c["company"].remove_member(
            c["installer"].company_memberships.get(), by=c["company_admin"]
        ),
        "PERSON_REMOVED",
    ),
    "company closed": (lambda c: c["company"].close(by=c["company_admin"]), "COMPANY_REMOVED"),
    "partnership ended": (
        lambda c: c["partnership"].end(by=c["company_admin"]),
        "PARTNERSHIP_ENDED",
    ),
    "lease over": (lambda c: let_lease_run_out(c["job"]), ""),
    "person suspended": (lambda c: c["installer"].suspend(), "SUSPENDED"),
    "company suspended": (lambda c: c["company"].suspend(), "SUSPENDED"),
    "fleet suspended": (lambda c: c["job"].fleet.suspend(), "SUSPENDED"),
    "provider suspended": (lambda c: c["job"].fleet.provider.suspend(), "SUSPENDED"),
}


@pytest.fixture
def cast(job_to_end, installer, company_admin, manager, company, partnership, fleet):
    people = {"installer": installer, "company_admin": company_admin, "manager": manager}
    return {
        "job": job_to_end,
        **people,
        "company": company,
        "partnership": partnership,
        "second_unit": UnitFactory(fleet=fleet),
    }


@pytest.mark.parametrize("end", ENDS)
def test_the_first_command_after_the_end_is_refused(cast, end):
    job, installer = cast["job"], cast["installer"]
    access = VehicleAccess.objects.open_for(installer, job.vehicle_id)
    access.command("unlock-central-lock", by=installer, announced=False).run()
    waiting = access.command("lock-central-lock", by=installer, announced=False)
    before = acts_of(access).count()
    assert before
    how, reason = ENDS[end]

    how(cast)

    waiting.run()
    waiting.refresh_from_db()
    assert waiting.status == "REFUSED"
    with pytest.raises(MoveRefused, match=r"ended|suspended"):
        access.command("unlock-central-lock", by=installer)
    access.refresh_from_db()
    assert access.end_reason == reason
    assert access.pk != getattr(
        VehicleAccess.objects.open_for(installer, job.vehicle_id), "pk", None
    )
    assert acts_of(access).count() == before


# What a row says, where nothing has ended the key.
ROWS = {
    "person suspended": lambda job: User.objects.filter(pk=job.assignee_id).update(**SUSPENDED),
    "company suspended": lambda job: Company.objects.filter(pk=job.company_id).update(**SUSPENDED),
    "company closed": lambda job: Company.objects.filter(pk=job.company_id).update(closed_at=Now()),
    "fleet suspended": lambda job: Fleet.objects.filter(pk=job.fleet_id).update(**SUSPENDED),
    "provider suspended": lambda job: MobilityProvider.objects.update(**SUSPENDED),
    "membership ended": lambda job: job.company.memberships.update(ended_at=Now()),
    "partnership declined": lambda job: job.company.partnerships.update(status="DECLINED"),
    "partnership ended": lambda job: job.company.partnerships.update(ended_at=Now()),
    "agreement not signed": lambda job: job.company.signatures.all().delete(),
}
SUSPENDED = {"suspended_at": Now()}


@pytest.mark.parametrize("row", ROWS)
def test_each_row_ends_the_access_by_itself(linked_job, installer, row):
    access = VehicleAccess.objects.open_for(installer, linked_job.vehicle_id)
    waiting = access.command("lock-central-lock", by=installer, announced=False)

    ROWS[row](linked_job)

    assert Key.objects.live().filter(pk=access.key_id).exists()
    assert not VehicleAccess.objects.live().exists()
    waiting.run()
    waiting.refresh_from_db()
    assert waiting.status == "REFUSED"
    assert not acts_of(access).exists()


def test_the_sweep_records_the_end_of_a_lease_once(cast):
    job = cast["job"]
    let_lease_run_out(job)

    end_leases()
    end_leases()

    access = job.accesses.get()
    assert (access.end_reason, access.ended_by) == ("LEASE_OVER", None)
    assert access.key.ended_at is not None


def test_the_key_is_dropped_at_the_unit_after_the_end(cast, proven_job):
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


def test_finishing_needs_the_job_and_not_an_open_lease(cast, proven_job):
    job = cast["job"]
    let_lease_run_out(job)

    job.succeed(by=cast["installer"])

    assert (job.status, job.accesses.get().end_reason) == ("SUCCEEDED", "SUCCEEDED")


def test_an_act_of_the_holder_moves_the_lease_forward(cast):
    job, installer = cast["job"], cast["installer"]
    Key.objects.filter(access__job=job).update(ends_at=timezone.now() + timedelta(minutes=1))

    job.fill_in(by=installer, license_plate="B QX 2041")

    assert job.access.current().key.ends_at > timezone.now() + timedelta(hours=7)


def test_finishing_unlocked_is_recorded(cast, proven_job):
    job, installer = cast["job"], cast["installer"]
    VehicleAccess.objects.open_for(installer, job.vehicle_id).command(
        "unlock-central-lock", announced=False
    ).run()

    job.succeed(by=installer)

    assert job.events.get(verb="succeed").data["unlocked"] is True


@pytest.mark.parametrize("end", ["succeed", "fail"])
def test_the_end_of_the_job_lifts_a_stop_of_its_access(cast, end):
    job = cast["job"]
    job.stop_access(by=cast["manager"])

    ENDS[end][0](cast)

    job.refresh_from_db()
    assert (job.is_open, job.access_stopped_at) == (False, None)


# --- somebody else has the vehicle ------------------------------------------------------------------------------------
@pytest.fixture
def next_one(cast, colleague, manager, partnership):
    """The holder's lease ran out, and a colleague has taken another job on the vehicle with the unit that he put in."""
    job = cast["job"]
    let_lease_run_out(job)
    other = JobFactory(
        by=manager, fleet=job.fleet, kind="MAINTENANCE", task="INSPECTION", vehicle=job.vehicle
    )
    other.assign(partnership.company, by=manager)
    other.take(by=colleague)
    return other


def test_a_unit_is_not_exchanged_under_the_hands_of_somebody_else(cast, next_one, colleague):
    job = cast["job"]

    with pytest.raises(MoveRefused) as refused:
        job.link_unit(cast["second_unit"].pk, by=cast["installer"])

    assert refused.value.code == "vehicle_in_use"
    assert VehicleAccess.objects.open_for(colleague, job.vehicle_id) is not None
    job.vehicle.refresh_from_db()
    assert job.vehicle.unit == job.unit


def test_whoever_loses_a_vehicle_because_its_unit_goes_reads_why(cast, next_one, colleague):
    ENDS["fail"][0](cast)
    end_leases()

    lost = next_one.accesses.get()
    assert (lost.end_reason, lost.ended_by) == ("UNIT_CHANGED", cast["installer"])
    assert VehicleAccess.objects.open_for(colleague, next_one.vehicle_id) is None


# --- a command is on its way ------------------------------------------------------------------------------------------
@pytest.fixture
def on_its_way(cast):
    """Handed over, and the unit has not answered yet."""
    access = VehicleAccess.objects.open_for(cast["installer"], cast["job"].vehicle_id)
    command = access.command("unlock-central-lock", by=cast["installer"], announced=False)
    command.key.deliver()
    command._hand_over()
    return command


@pytest.mark.parametrize(
    "end",
    [
        "stop_access",
        "person removed",
        "company closed",
        "partnership ended",
        "person suspended",
        "fleet suspended",
    ],
)
def test_an_end_that_cannot_wait_says_what_was_handed_over(cast, on_its_way, end):
    ENDS[end][0](cast)

    assert cast["job"].events.order_by("seq").last().data["handed_over"] == ["unlock-central-lock"]
    assert details_of(cast["job"])["Commands already handed over"] == "Unlock central lock"


def test_the_end_of_a_lease_says_what_was_handed_over(cast, on_its_way):
    Key.objects.filter(pk=on_its_way.key_id).update(ends_at=timezone.now())

    end_leases()

    assert details_of(cast["job"])["Commands already handed over"] == "Unlock central lock"


@pytest.mark.parametrize("end", ["succeed", "fail", "withdraw", "another unit"])
def test_an_end_that_can_wait_waits_until_the_command_is_settled(cast, on_its_way, end):
    with pytest.raises(MoveRefused) as refused:
        ENDS[end][0](cast)
    assert (refused.value.code, refused.value.extra) == ("command_in_flight", {"retry_after": 2})

    on_its_way.settle("FAILED", error="timeout")
    ENDS[end][0](cast)


def details_of(job) -> dict[str, str]:
    accesses = VehicleAccess.objects.of_job(job).select_related("key__holder")
    commands = Command.objects.filter(key__access__job=job)
    entries = History(job).entries(accesses=accesses, commands=commands)
    return {str(name): str(value) for entry in entries for name, value in entry.details}


def test_a_company_that_goes_leaves_no_open_test_key_or_running_job(cast):
    job = cast["job"]
    job.request_tests(by=cast["installer"])

    cast["company"].close(by=cast["company_admin"])

    job.refresh_from_db()
    run_tests(job)
    assert (job.status, job.company, job.assignee, job.unit) == ("PENDING", None, None, None)
    assert not job.tests.open().exists()
    assert not Key.objects.of_persons().filter(ended_at=None).exists()
