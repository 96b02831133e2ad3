"""At the same moment: one winner, one event, a clean answer for everybody else. Real threads, on both databases."""

import time
from datetime import timedelta
from threading import Event

import pytest
from django.db import transaction
from django.utils import timezone

from core.errors import MoveRefused, NotAllowed
from jobs.models import Job, VehicleAccess
from jobs.tasks import end_leases
from telematics.models import Command, Key
from telematics.simulator.gateway import SimulatorGateway
from telematics.simulator.models import SimulatorLog
from telematics.verbs import VERBS
from tests.factories.accounts import CompanyMembershipFactory, PartnershipFactory
from tests.factories.jobs import JobFactory
from tests.factories.telematics import UnitFactory, VehicleModelFactory
from tests.threads import race

pytestmark = pytest.mark.django_db(transaction=True)


def fresh(job) -> Job:
    return Job.objects.get(pk=job.pk)


def verbs_of(job) -> list[str]:
    return list(job.events.order_by("seq").values_list("verb", flat=True))


def refusals(results) -> list[str]:
    return [result.code for result in results if isinstance(result, MoveRefused | NotAllowed)]


def test_two_installers_take_one_job_and_one_has_it(assigned_job, installer, colleague):
    results = race(
        lambda: fresh(assigned_job).take(by=installer),
        lambda: fresh(assigned_job).take(by=colleague),
    )

    assert refusals(results) == ["wrong_status"]
    assert verbs_of(assigned_job).count("take") == 1
    assert fresh(assigned_job).assignee in (installer, colleague)


@pytest.mark.pg
def test_fifty_takes_of_one_job_have_one_winner_and_forty_nine_clean_answers(assigned_job, company):
    people = [CompanyMembershipFactory(company=company).user for _ in range(50)]

    results = race(
        *[lambda person=person: fresh(assigned_job).take(by=person) for person in people]
    )

    assert sorted(refusals(results)) == ["wrong_status"] * 49
    assert results.count(None) == 1
    assert verbs_of(assigned_job).count("take") == 1


ASSIGNMENTS = {
    "assign": lambda job, company, by: job.assign(company, by=by),
    "edit_and_assign": lambda job, company, by: job.assign(company, by=by, contact="Gate 1"),
    "assign_all": lambda job, company, by: Job.objects.filter(pk=job.pk).assign_all(
        company, fleet=job.fleet, by=by
    ),
}


@pytest.mark.parametrize("way", ASSIGNMENTS)
def test_an_edit_races_an_assignment_and_never_changes_an_assigned_job(
    pending_job, partnership, manager, fleet_admin, way
):
    edit, assigned = race(
        lambda: fresh(pending_job).edit(by=manager, license_plate="B QX 2041"),
        lambda: ASSIGNMENTS[way](fresh(pending_job), partnership.company, fleet_admin),
    )

    job = fresh(pending_job)
    assert not isinstance(assigned, Exception), assigned
    assert (job.status, verbs_of(job)[-1]) == ("ASSIGNED", "assign")
    assert job.planned == job.plan.to_freeze(), "what was frozen is what is there"
    if edit is None:
        assert (job.events.filter(actor=manager, verb="edit").count(), job.license_plate) == (
            1,
            "B QX 2041",
        )
    else:
        assert (edit.code, job.license_plate) == ("wrong_status", "")


def test_two_edits_of_the_same_version_keep_one(pending_job, manager, fleet_admin):
    results = race(
        lambda: fresh(pending_job).edit(by=manager, expected_version=1, location="Bay 1"),
        lambda: fresh(pending_job).edit(by=fleet_admin, expected_version=1, location="Bay 2"),
    )

    assert refusals(results) == ["stale"]
    assert verbs_of(pending_job) == ["create", "edit"]


def test_a_finish_races_a_command_and_nothing_is_handed_over_after_it(proven_job, installer):
    access = VehicleAccess.objects.open_for(installer, proven_job.vehicle_id)
    command = access.command("unlock-central-lock", by=installer, announced=False)

    finished, _ran = race(
        lambda: (fresh(proven_job).succeed(by=installer), timezone.now())[1],
        lambda: Command.objects.get(pk=command.pk).run(),
    )

    command.refresh_from_db()
    if isinstance(finished, MoveRefused):
        assert finished.code == "command_in_flight"
        assert command.status == "DONE"
        assert fresh(proven_job).status == "RUNNING"
    else:
        acts = SimulatorLog.objects.filter(
            key_id=access.key_id, action__in=VERBS, recorded_at__gt=finished
        )
        assert not acts.exists()
        assert command.sent_at is None or command.settled_at < finished
        assert fresh(proven_job).status == "SUCCEEDED"


# How much later than the command the finish begins, in seconds: before it, into it, after it.
STAGGERED = (-0.05, -0.02, 0, 0.01, 0.02, 0.04, 0.06, 0.1)


def test_a_finish_at_any_moment_of_a_command_either_waits_or_shuts_it_out(
    partnership, installer, manager, fleet, settings
):
    settings.TELEMATICS_TIME_SCALE = 0.02  # a command takes 20 to 120 ms

    seen = {
        finish_against_command(running_with_unit(fleet, partnership, manager, installer), s)
        for s in STAGGERED
    }

    assert {"command_in_flight", "shut out"} <= seen


def finish_against_command(job, later: float) -> str:
    """How it came out, and that it came out well."""
    access = job.access.current()
    command = access.command("unlock-central-lock", by=job.assignee, announced=False)

    finished, _ran = race(
        lambda: (
            time.sleep(max(later, 0)),
            fresh(job).fail(by=job.assignee, comment="No"),
            timezone.now(),
        )[2],
        lambda: (time.sleep(max(-later, 0)), Command.objects.get(pk=command.pk).run()),
    )

    command.refresh_from_db()
    if isinstance(finished, MoveRefused):
        assert (fresh(job).status, command.status) == ("RUNNING", "DONE")
        return finished.code
    acts_after = SimulatorLog.objects.filter(
        key_id=access.key_id, recorded_at__gt=finished, action__in=VERBS
    )
    assert (fresh(job).status, acts_after.count()) == ("FAILED", 0)
    assert command.status == "REFUSED" or command.settled_at < finished
    return "shut out" if command.status == "REFUSED" else "after it"


def running_with_unit(fleet, partnership, manager, installer) -> Job:
    job = JobFactory(by=manager, fleet=fleet, vehicle_model=VehicleModelFactory())
    job.assign(partnership.company, by=manager)
    job.take(by=installer)
    job.link_unit(UnitFactory(fleet=fleet).pk, by=installer)
    job.proof.latest_configuration.push()
    job.access.current().key.deliver()
    return job


# --- a command is on its way when the access ends -------------------------------------------------
def let_lease_run_out(c):
    Key.objects.filter(access__job=c["job"]).update(ends_at=timezone.now())
    end_leases()


ENDS_AT_ONCE = {
    "stop_access": lambda c: c["job"].stop_access(by=c["manager"]),
    "person removed": lambda c: c["company"].remove_member(
        c["installer"].company_memberships.get(), by=c["company_admin"]
    ),
    "partnership ended": lambda c: c["partnership"].end(by=c["company_admin"]),
    "company closed": lambda c: c["company"].close(by=c["company_admin"]),
    "lease over": let_lease_run_out,
}


class Delayed:
    """A unit to which a command is on its way for as long as somebody says."""

    def __init__(self, monkeypatch):
        self.on_its_way, self.goes_on, plain = Event(), Event(), SimulatorGateway.execute

        def execute(gateway, *args, **kwargs):
            self.on_its_way.set()
            assert self.goes_on.wait(20)
            return plain(gateway, *args, **kwargs)

        monkeypatch.setattr(SimulatorGateway, "execute", execute)

    def meanwhile(self, act, seconds: float = 0):
        assert self.on_its_way.wait(20)
        try:
            return act()
        finally:
            time.sleep(seconds)
            self.goes_on.set()


@pytest.fixture
def cast(configured_job, installer, company_admin, manager, company, partnership):
    people = {"installer": installer, "company_admin": company_admin, "manager": manager}
    return {"job": fresh(configured_job), "company": company, "partnership": partnership, **people}


@pytest.mark.parametrize("late", [False, True], ids=["in time", "late"])
@pytest.mark.parametrize("end", ENDS_AT_ONCE)
def test_a_command_on_its_way_begins_before_it_expires_or_never(cast, monkeypatch, end, late):
    monkeypatch.setattr("telematics.models.command.LIFE", timedelta(seconds=0.3 if late else 10))
    access = cast["job"].access.current()
    command = access.command("unlock-central-lock", by=cast["installer"], announced=False)
    unit = Delayed(monkeypatch)

    results = race(
        lambda: Command.objects.get(pk=command.pk).run(),
        lambda: unit.meanwhile(lambda: ENDS_AT_ONCE[end](cast), seconds=0.4 if late else 0),
    )

    assert results == [None, None], "the end did not wait"
    command.refresh_from_db()
    acts = SimulatorLog.objects.filter(key_id=access.key_id, action__in=VERBS)
    assert [line.at <= command.expires_at for line in acts] == ([] if late else [True])
    assert command.status == ("EXPIRED" if late else "DONE")
    with pytest.raises(MoveRefused):
        access.command("unlock-central-lock", by=cast["installer"])


def test_another_unit_waits_for_a_command_on_its_way(cast, monkeypatch, fleet):
    job, second = cast["job"], UnitFactory(fleet=fleet)
    command = job.access.current().command(
        "unlock-central-lock", by=cast["installer"], announced=False
    )
    unit = Delayed(monkeypatch)

    _ran, linked = race(
        lambda: Command.objects.get(pk=command.pk).run(),
        lambda: unit.meanwhile(lambda: fresh(job).link_unit(second.pk, by=cast["installer"])),
    )

    assert linked.code == "command_in_flight"
    fresh(job).link_unit(second.pk, by=cast["installer"])
    assert fresh(job).unit == second


# --- a company that loses its job -------------------------------------------------------------------------------------
OFFICE = {
    "hand_back": lambda job, by: job.hand_back(by=by, reason="Not ours"),
    "reserve": lambda job, by: job.reserve(by, by=by),
    "withdraw": lambda job, by: job.withdraw(by=by),
    "refuse_handback": lambda job, by: job.refuse_handback(by=by, reason="It is ours"),
}


@pytest.mark.parametrize("act", OFFICE)
def test_a_company_races_the_loss_of_its_job_and_never_moves_the_next_ones(
    assigned_job, company_admin, manager, fleet, other_company, outside_installer, act
):
    PartnershipFactory(fleet=fleet, company=other_company)
    as_seen, begun = fresh(assigned_job), Event()

    def lose():
        job = fresh(assigned_job)
        with transaction.atomic():
            job.hand_back(by=company_admin, reason="By mistake")
            begun.set()
            time.sleep(0.2)  # for the other one to wait at the lock of the membership
            job.assign(other_company, by=manager)
            if act == "withdraw":
                job.take(by=outside_installer)
            if act == "refuse_handback":
                job.request_handback(by=manager, reason="Still needed")

    lost, acted = race(lose, lambda: (begun.wait(10), OFFICE[act](as_seen, company_admin)))

    assert (lost, acted.code) == (None, "wrong_status")
    job = fresh(assigned_job)
    assert (job.company, job.reserved_for) == (other_company, None)
    assert job.status == ("RUNNING" if act == "withdraw" else "ASSIGNED")


def test_two_jobs_link_one_unit_and_one_has_it(
    running_job, unit, installer, colleague, manager, partnership, vehicle_model
):
    second = Job.objects.create_by(
        manager, fleet=running_job.fleet, vehicle_model=vehicle_model, custom_name="Second"
    )
    second.assign(partnership.company, by=manager)
    second.take(by=colleague)

    results = race(
        lambda: fresh(running_job).link_unit(unit.pk, by=installer),
        lambda: fresh(second).link_unit(unit.pk, by=colleague),
    )

    assert refusals(results) == ["unit_not_available"]
    assert Job.objects.filter(unit=unit).count() == 1


def test_a_take_races_the_removal_of_the_taker_and_leaves_no_running_orphan(
    assigned_job, installer, company, company_admin
):
    race(
        lambda: fresh(assigned_job).take(by=installer),
        lambda: company.remove_member(installer.company_memberships.get(), by=company_admin),
    )

    job = fresh(assigned_job)
    assert (job.status, job.assignee) == ("ASSIGNED", None)


def test_an_assignment_races_the_end_of_the_partnership_and_leaves_no_orphan(
    pending_job, partnership, manager, fleet_admin
):
    race(
        lambda: fresh(pending_job).assign(partnership.company, by=manager),
        lambda: partnership.end(by=fleet_admin),
    )

    job = fresh(pending_job)
    assert (job.status, job.company) == ("PENDING", None)
