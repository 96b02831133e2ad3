"""Configurations reach their unit in order: one push at a time, and the unit refuses a late one."""

import os
import time
from datetime import timedelta
from functools import partial
from threading import Event

import pytest
from celery.contrib.testing.worker import start_worker
from django.db import connection
from django.utils import timezone, translation

from config.celery import app
from core.errors import MoveRefused
from core.failures import LIMIT
from core.models import Mail
from jobs.models import Configuration, InstallationTest, Job
from jobs.tasks import push_configuration, sweep_configurations
from telematics.gateway import GatewayError, get_gateway
from telematics.simulator.gateway import SimulatorGateway
from telematics.simulator.models import SimulatedUnit, SimulatorLog
from tests.factories.accounts import UserFactory
from tests.factories.jobs import JobFactory
from tests.factories.telematics import UnitFactory, VehicleFactory
from tests.invariants import broken
from tests.product import wait_for
from tests.threads import race

pytestmark = pytest.mark.django_db
Status = Configuration.Status


@pytest.fixture(autouse=True)
def _invariants_hold():
    yield
    assert broken() == []


@pytest.fixture
def nudged(monkeypatch):
    """The ids of the configurations that workers were told to push."""
    ids = []
    monkeypatch.setattr("core.tasks.nudge_now", lambda task, pk, **_: ids.append(pk))
    return ids


def fresh(row):
    return type(row).objects.get(pk=row.pk)


def change(job, *, tracking: bool) -> Configuration:
    fresh(job).fill_in(by=job.assignee, tracking=tracking)
    return job.proof.latest_configuration


def tracking_at(unit) -> bool | None:
    return SimulatedUnit.objects.get(pk=unit.pk).setup["tracking"]


def pushes_at(unit) -> int:
    return SimulatorLog.objects.filter(unit=unit, action="configure").count()


def lose_worker(configuration) -> Configuration:
    """A worker has claimed it and is gone for longer than its lease."""
    lost = fresh(configuration)
    assert lost.claim()
    Configuration.objects.filter(pk=lost.pk).update(
        lease_until=timezone.now() - timedelta(seconds=1)
    )
    return lost


def long_ago(configuration) -> None:
    Configuration.objects.filter(pk=configuration.pk).update(
        due_at=timezone.now() - timedelta(seconds=1)
    )


# --- the unit ---------------------------------------------------------------------------------------------------------
def test_the_unit_refuses_a_lower_sequence_number_and_keeps_its_setup(configured_job):
    unit, had = configured_job.unit, SimulatedUnit.objects.get(pk=configured_job.unit_id)

    with pytest.raises(GatewayError, match="stale"):
        get_gateway().configure(unit.pk, {**had.setup, "tracking": True}, sequence=had.sequence - 1)

    assert SimulatedUnit.objects.get(pk=unit.pk).setup == had.setup
    assert pushes_at(unit) == 1


def test_the_unit_accepts_the_same_configuration_again(configured_job):
    had = SimulatedUnit.objects.get(pk=configured_job.unit_id)

    get_gateway().configure(
        had.pk, configured_job.proof.latest_configuration.setup, sequence=had.sequence
    )

    assert pushes_at(configured_job.unit) == 2


# --- order ------------------------------------------------------------------------------------------------------------
def test_sequence_numbers_rise_per_job_and_per_unit_whatever_the_clock_says(
    configured_job, monkeypatch
):
    first = configured_job.proof.latest_configuration
    monkeypatch.setattr("jobs.models.configuration.time.time_ns", lambda: 0)

    second = change(configured_job, tracking=True)

    assert second.sequence == first.sequence + 1
    assert configured_job.proof.latest_configuration == second
    assert (
        Job.objects.with_configuration().get(pk=configured_job.pk).proof.seen_configuration
        == second
    )


def test_a_configuration_that_a_newer_one_of_its_job_has_replaced_is_never_pushed(configured_job):
    older = change(configured_job, tracking=True)
    newer = change(configured_job, tracking=False)

    newer.push()
    older.push()

    assert (fresh(newer).status, fresh(older).status) == (Status.APPLIED, Status.FAILED)
    assert fresh(older).error == "A newer configuration of this job has replaced it."
    assert (tracking_at(configured_job.unit), pushes_at(configured_job.unit)) == (False, 2)


def test_a_newer_configuration_waits_until_the_unit_is_free_and_is_called_then(
    configured_job, nudged
):
    older = change(configured_job, tracking=True)
    assert older.claim()
    newer = change(configured_job, tracking=False)

    newer.push()
    assert (fresh(newer).status, tracking_at(configured_job.unit)) == (Status.PENDING, None)
    older.settle(Status.APPLIED)
    newer.push()

    assert (fresh(newer).status, tracking_at(configured_job.unit)) == (Status.APPLIED, False)


def test_the_end_of_a_push_calls_the_next_one(
    linked_job, nudged, monkeypatch, django_capture_on_commit_callbacks
):
    first, plain = linked_job.proof.latest_configuration, SimulatorGateway.configure

    def changed_meanwhile(gateway, *args, **kwargs):
        monkeypatch.setattr(SimulatorGateway, "configure", plain)
        change(linked_job, tracking=True)
        plain(gateway, *args, **kwargs)

    monkeypatch.setattr(SimulatorGateway, "configure", changed_meanwhile)
    with django_capture_on_commit_callbacks(execute=True):
        first.push()

    assert fresh(first).status == Status.APPLIED
    assert nudged.count(linked_job.proof.latest_configuration.pk) == 2


# --- workers that are lost --------------------------------------------------------------------------------------------
def test_a_push_whose_worker_is_gone_is_repeated(configured_job, nudged):
    lost = lose_worker(change(configured_job, tracking=True))

    sweep_configurations()
    assert nudged == [lost.pk]
    fresh(lost).push()

    assert (fresh(lost).status, tracking_at(configured_job.unit)) == (Status.APPLIED, True)


def test_a_worker_that_lost_its_push_writes_nothing(configured_job):
    lost = lose_worker(change(configured_job, tracking=True))
    sweep_configurations()

    assert lost.settle(Status.FAILED, error="Late") is False

    assert (fresh(lost).status, fresh(lost).error) == (Status.PENDING, "")


def test_a_worker_that_wakes_up_late_changes_neither_the_unit_nor_the_rows(
    configured_job, monkeypatch
):
    late, plain = change(configured_job, tracking=True), SimulatorGateway.configure

    def overtaken_on_the_way(gateway, *args, **kwargs):
        monkeypatch.setattr(SimulatorGateway, "configure", plain)
        Configuration.objects.filter(pk=late.pk).update(
            lease_until=timezone.now() - timedelta(seconds=1)
        )
        newer = change(configured_job, tracking=False)
        sweep_configurations()
        newer.push()
        plain(gateway, *args, **kwargs)

    monkeypatch.setattr(SimulatorGateway, "configure", overtaken_on_the_way)
    fresh(late).push()

    assert tracking_at(configured_job.unit) is False
    assert fresh(late).status == Status.FAILED
    assert fresh(late).error == "A newer configuration of this job has replaced it."
    assert configured_job.proof.latest_configuration.status == Status.APPLIED


def test_a_push_that_the_unit_refuses_as_late_is_failed_and_linking_the_unit_again_repeats_it(
    configured_job, installer
):
    """The unit knows more than the database, which has come back from a backup."""
    unit = SimulatedUnit.objects.get(pk=configured_job.unit_id)
    refused = change(configured_job, tracking=True)
    SimulatedUnit.objects.filter(pk=unit.pk).update(sequence=refused.sequence + 1)

    refused.push()
    assert refused.status == Status.FAILED
    assert refused.error_text.startswith("The unit has a newer configuration.")
    with translation.override("de"):
        assert refused.error_text.startswith("Das Gerät hat eine neuere Konfiguration.")
    fresh(configured_job).link_unit(unit.pk, by=installer)
    configured_job.proof.latest_configuration.push()

    assert (configured_job.proof.latest_configuration.status, tracking_at(unit)) == (
        Status.APPLIED,
        True,
    )


# --- sweeps -----------------------------------------------------------------------------------------------------------
def test_the_sweep_nudges_once_and_waits_before_it_nudges_again(linked_job, nudged):
    waiting = linked_job.proof.latest_configuration
    sweep_configurations()
    assert nudged == [], "its own nudge is still on its way"
    long_ago(waiting)

    sweep_configurations()
    sweep_configurations()

    assert nudged == [waiting.pk]


def test_the_sweep_settles_what_was_overtaken_and_does_not_nudge_it(configured_job, nudged):
    older = change(configured_job, tracking=True)
    newer = change(configured_job, tracking=False)
    long_ago(older)
    long_ago(newer)

    sweep_configurations()

    assert nudged == [newer.pk]
    assert fresh(older).status == Status.FAILED


def test_a_nudge_expires_when_its_row_is_due_again(linked_job, monkeypatch):
    sent = []
    monkeypatch.setattr(
        "jobs.tasks.push_configuration.apply_async", lambda *args, **options: sent.append(options)
    )
    long_ago(linked_job.proof.latest_configuration)

    sweep_configurations()

    assert [options["expires"] for options in sent] == [30]


# --- several jobs at one unit -----------------------------------------------------------------------------------------
@pytest.fixture
def two_jobs(fleet, manager, partnership, installer, company_admin, vehicle_model):
    """Two jobs reconfigure one vehicle; the first is configured, and its holder's access is over."""
    vehicle = VehicleFactory(fleet=fleet, vehicle_model=vehicle_model)
    first, second = (
        JobFactory(by=manager, fleet=fleet, vehicle=vehicle, tracking=on) for on in (True, False)
    )
    for job in (first, second):
        job.assign(partnership.company, by=manager)
    first.take(by=installer)
    first.proof.latest_configuration.push()
    first.stop_access(by=manager)
    return first, second


def test_a_job_whose_setup_another_job_has_replaced_cannot_succeed_with_it(
    two_jobs, company_admin, installer
):
    first, second = two_jobs
    assert "configuration" not in first.proof.missing()
    test = InstallationTest.objects.create(
        job=first,
        unit=first.vehicle.unit,
        configuration=first.proof.latest_configuration,
        kind="CONNECTIVITY",
        attempt=1,
        status="PASSED",
    )

    second.take(by=company_admin)
    second.proof.latest_configuration.push()

    assert tracking_at(first.vehicle.unit) is False
    replaced = first.proof.latest_configuration
    assert (replaced.status, "configuration" in first.proof.missing()) == (Status.FAILED, True)
    assert replaced.error.startswith("The unit has a newer configuration.")
    assert fresh(test).status == "VOIDED"


def test_a_configuration_that_another_jobs_newer_one_has_overtaken_is_never_pushed(
    two_jobs, company_admin
):
    first, second = two_jobs
    first.fill_in(by=first.assignee, smoke_detection=True)
    older = first.proof.latest_configuration
    second.take(by=company_admin)

    second.proof.latest_configuration.push()
    older.push()

    assert (fresh(older).status, tracking_at(first.vehicle.unit)) == (Status.FAILED, False)
    assert fresh(older).error.startswith("The unit has a newer configuration.")


def test_a_job_that_is_taken_again_configures_the_unit_if_its_setup_has_changed(
    two_jobs, installer, company_admin, manager, partnership
):
    _first, job = two_jobs
    job.take(by=installer)
    job.proof.latest_configuration.push()
    job.withdraw(by=company_admin)
    job.take(by=installer)
    assert job.configurations.count() == 1, "nothing has changed"
    job.withdraw(by=company_admin)
    job.hand_back(by=company_admin, reason="Wrong setup")
    job.edit(by=manager, smoke_detection=True)
    job.assign(partnership.company, by=manager)

    job.take(by=installer)

    assert job.proof.latest_configuration.setup["smoke_detection"] is True
    assert job.configurations.count() == 2


# --- real threads -----------------------------------------------------------------------------------------------------
class Held:
    """A unit to which the first configuration is on its way for as long as somebody says."""

    def __init__(self, monkeypatch):
        self.on_its_way, self.goes_on, plain = Event(), Event(), SimulatorGateway.configure

        def configure(gateway, *args, **kwargs):
            self.on_its_way.set()
            assert self.goes_on.wait(20)
            return plain(gateway, *args, **kwargs)

        monkeypatch.setattr(SimulatorGateway, "configure", configure)

    def meanwhile(self, act):
        assert self.on_its_way.wait(20)
        try:
            return act()
        finally:
            self.goes_on.set()


@pytest.mark.pg
@pytest.mark.django_db(transaction=True)
def test_eight_workers_push_one_configuration_and_one_reaches_the_unit(linked_job):
    configuration = linked_job.proof.latest_configuration

    results = race(*[fresh(configuration).push for _worker in range(8)])

    assert results == [None] * 8
    assert (fresh(configuration).status, pushes_at(linked_job.unit)) == (Status.APPLIED, 1)


@pytest.mark.pg
@pytest.mark.django_db(transaction=True)
def test_two_workers_push_two_configurations_of_one_unit_and_the_newer_one_stays(
    linked_job, monkeypatch
):
    older, unit = linked_job.proof.latest_configuration, Held(monkeypatch)

    def push_newer():
        newer = change(linked_job, tracking=True)
        newer.push()
        return newer.status

    _pushed, while_held = race(fresh(older).push, lambda: unit.meanwhile(push_newer))
    assert (while_held, fresh(older).status) == (Status.PENDING, Status.APPLIED)
    linked_job.proof.latest_configuration.push()

    assert (linked_job.proof.latest_configuration.status, tracking_at(linked_job.unit)) == (
        Status.APPLIED,
        True,
    )


@pytest.mark.pg
@pytest.mark.django_db(transaction=True)
def test_a_unit_exchanged_during_its_push_leaves_each_unit_with_its_own_configuration(
    linked_job, monkeypatch, installer, fleet
):
    first, second = linked_job.unit, UnitFactory(fleet=fleet)
    pushed, unit = linked_job.proof.latest_configuration, Held(monkeypatch)

    _pushed, linked = race(
        fresh(pushed).push,
        lambda: unit.meanwhile(lambda: fresh(linked_job).link_unit(second.pk, by=installer)),
    )
    linked_job.refresh_from_db()
    linked_job.proof.latest_configuration.push()

    assert not isinstance(linked, MoveRefused)
    assert [c.unit for c in linked_job.configurations.order_by("sequence")] == [first, second]
    assert {c.status for c in linked_job.configurations.all()} == {Status.APPLIED}
    assert (pushes_at(first), pushes_at(second)) == (1, 1)


# --- at the pace of real units; `PAIRS=100 bin/test --pg …` for more ------------------------------
PAIRS = int(os.environ.get("PAIRS", "20"))


@pytest.fixture
def busy_fleet(fleet, partnership, manager, installer, vehicle_model):
    """RUNNING jobs, each with a configured unit that has been online for a while."""
    jobs = [linked(fleet, partnership, manager, installer, vehicle_model) for _pair in range(PAIRS)]
    for unit in SimulatedUnit.objects.filter(pk__in=[job.unit_id for job in jobs]):
        unit.car["powered_at"] = (timezone.now() - timedelta(hours=1)).isoformat()
        unit.save()
    return jobs


def linked(fleet, partnership, manager, installer, vehicle_model) -> Job:
    job = JobFactory(by=manager, fleet=fleet, vehicle_model=vehicle_model)
    job.assign(partnership.company, by=manager)
    job.take(by=installer)
    job.link_unit(UnitFactory(fleet=fleet).pk, by=installer)
    job.proof.latest_configuration.push()
    return job


@pytest.fixture
def worker(monkeypatch):
    """A Celery worker for units, in threads of this process, that begins at once."""
    monkeypatch.setattr("kombu.transport.memory.Transport.polling_interval", 0.01)
    options = {
        "pool": "threads",
        "concurrency": 40,
        "queues": ["units"],
        "perform_ping_check": False,
    }
    with start_worker(app, loglevel="ERROR", **options):
        yield
    connection.close()


def change_twice(job, after: float) -> None:
    time.sleep(after)
    change(job, tracking=True)
    time.sleep(0.3)
    change(job, tracking=False)


@pytest.mark.pg
@pytest.mark.timeout(300)
@pytest.mark.django_db(transaction=True)
def test_after_pairs_of_configurations_each_unit_has_the_latest(busy_fleet, worker, settings):
    settings.TELEMATICS_TIME_SCALE = 1

    changes = [partial(change_twice, job, number / 4) for number, job in enumerate(busy_fleet)]
    results = race(*changes)
    wait_for(lambda: not Configuration.objects.waiting().exists(), 120, "every unit is configured")

    assert not any(isinstance(result, Exception) for result in results)
    assert [job.proof.latest_configuration.status for job in busy_fleet] == [Status.APPLIED] * PAIRS
    assert [tracking_at(job.unit) for job in busy_fleet] == [False] * PAIRS
    both_were_pushed = [pushes_at(job.unit) == 3 for job in busy_fleet]
    assert sum(both_were_pushed) > PAIRS / 2, (
        "most first ones were on their way when the second one came"
    )


# --- what nobody foresaw --------------------------------------------------------------------------
@pytest.fixture
def broken_gateway(monkeypatch):
    def raise_what_nobody_foresaw(*_args, **_options):
        raise ZeroDivisionError

    monkeypatch.setattr(SimulatorGateway, "configure", raise_what_nobody_foresaw)


def test_a_push_that_fails_for_a_reason_nobody_foresaw_ends_after_five_attempts(
    linked_job, broken_gateway
):
    operator = UserFactory(is_staff=True, is_superuser=True)
    pushed = linked_job.proof.latest_configuration
    for attempt in range(1, LIMIT + 1):
        with pytest.raises(ZeroDivisionError):
            push_configuration(pushed.pk)
        pushed.refresh_from_db()
        assert pushed.lease_until is None, "the unit is free for the next one"
        assert pushed.status == (Status.FAILED if attempt == LIMIT else Status.PENDING)

    assert "on our side" in pushed.error
    assert not Configuration.objects.due().exists()
    assert Mail.objects.filter(to=operator.email, template="mails/failure").count() == 1


def test_a_push_that_failed_once_is_tried_again_later(linked_job, broken_gateway, monkeypatch):
    pushed = linked_job.proof.latest_configuration
    with pytest.raises(ZeroDivisionError):
        push_configuration(pushed.pk)
    assert not Configuration.objects.due().exists()

    monkeypatch.undo()
    push_configuration(pushed.pk)
    pushed.refresh_from_db()
    assert pushed.status == Status.APPLIED
