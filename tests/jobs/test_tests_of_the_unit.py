"""A test is a lease: claimed by one worker, written under its fence, always ended, never restarted by itself."""

from datetime import timedelta

import pytest
from django.utils import timezone, translation

from core import shutdown
from core.errors import MoveRefused
from jobs.models import InstallationTest
from jobs.tasks import reap_tests
from telematics.gateway import GatewayError
from telematics.models import Command
from telematics.simulator.gateway import SimulatorGateway
from telematics.simulator.models import SimulatedUnit
from tests.cast.work import run_to_the_end
from tests.factories.telematics import UnitFactory
from tests.threads import race

Status = InstallationTest.Status
pytestmark = pytest.mark.django_db


def queue(job, *kinds):
    job.request_tests(by=job.assignee, kinds=list(kinds))
    return [job.tests.get(kind=kind, status=Status.QUEUED) for kind in kinds]


def by_kind(job, kind):
    return job.tests.filter(kind=kind).order_by("id").last()


def expire(test, field):
    InstallationTest.objects.filter(pk=test.pk).update(
        **{field: timezone.now() - timedelta(seconds=1)}
    )


def test_a_test_passes_with_its_evidence(configured_job):
    (voltage,) = queue(configured_job, "SUPPLY_VOLTAGE")

    run_to_the_end(voltage)

    assert voltage.status == Status.PASSED
    line = voltage.evidence[0]
    assert line["signal"] == "board_voltage"
    assert line["value"] >= 11.5
    assert line["ok"] is True
    assert voltage.started_at <= voltage.finished_at


def test_tests_of_a_unit_run_one_at_a_time_in_the_order_of_the_list(configured_job):
    connectivity, lock = queue(configured_job, "CONNECTIVITY", "CENTRAL_LOCK")

    assert lock.claim() is False
    assert connectivity.claim() is True
    assert lock.claim() is False


def test_a_question_holds_the_unit_and_no_worker(configured_job):
    lock, ignition = queue(configured_job, "CENTRAL_LOCK", "IGNITION")

    lock.run()

    lock.refresh_from_db()
    assert (lock.status, lock.lease_until) == (Status.AWAITING_CONFIRMATION, None)
    assert lock.prompt["text"] == "All doors are unlocked."
    assert ignition.claim() is False


def test_a_no_fails_the_test_and_puts_the_car_back(configured_job, installer):
    (lock,) = queue(configured_job, "CENTRAL_LOCK")
    lock.run()
    lock.refresh_from_db()

    lock.confirm(lock.prompt["id"], False, by=installer)

    assert lock.status == Status.FAILED
    put_back = Command.objects.get(key__kind="SYSTEM")
    assert (put_back.verb, put_back.status) == ("lock-and-disable-driving", "QUEUED")


def test_an_old_or_foreign_answer_is_refused(configured_job, installer, colleague):
    (lock,) = queue(configured_job, "CENTRAL_LOCK")
    lock.run()
    lock.refresh_from_db()
    asked = lock.prompt["id"]

    with pytest.raises(MoveRefused, match="Somebody else"):
        lock.confirm(asked, True, by=colleague)
    lock.confirm(asked, True, by=installer)
    with pytest.raises(MoveRefused) as refused:
        lock.confirm(asked, True, by=installer)
    assert refused.value.code == "no_prompt"


def test_an_unanswered_question_fails_after_its_ten_minutes(configured_job):
    (lock,) = queue(configured_job, "CENTRAL_LOCK")
    lock.run()
    expire(lock, "prompt_until")

    reap_tests()

    lock.refresh_from_db()
    assert (lock.status, lock.prompt) == (Status.FAILED, None)
    assert "10 minutes" in lock.hint


def test_question_and_hint_are_read_in_the_language_of_each_reader(configured_job, installer):
    installer.language = "de"
    installer.save()
    (lock,) = queue(configured_job, "CENTRAL_LOCK")
    lock.run()
    lock.refresh_from_db()
    english = lock.prompt["text"]
    with translation.override("de"):
        assert lock.prompt["text"] not in ("", english)

    expire(lock, "prompt_until")
    reap_tests()
    lock.refresh_from_db()
    assert lock.hint_text == "Nobody answered within 10 minutes. Repeat the test."
    with translation.override("de"):
        assert lock.hint_text.startswith("Innerhalb von 10 Minuten hat niemand geantwortet")


def test_a_test_whose_worker_is_gone_ends_in_error_and_is_not_restarted(configured_job):
    (lock,) = queue(configured_job, "CENTRAL_LOCK")
    assert lock.claim()
    expire(lock, "lease_until")

    reap_tests()

    assert lock.write(status=Status.PASSED) is False
    lock.refresh_from_db()
    assert (lock.status, lock.hint) == (Status.ERROR, "The test was interrupted. Repeat it.")
    assert Command.objects.filter(key__kind="SYSTEM", verb="lock-and-disable-driving").exists()


def test_an_answer_given_while_no_worker_can_be_called_is_not_lost(configured_job, installer):
    (lock,) = queue(configured_job, "CENTRAL_LOCK")
    lock.run()
    lock.refresh_from_db()
    lock.confirm(lock.prompt["id"], True, by=installer)
    InstallationTest.objects.filter(pk=lock.pk).update(
        lease_until=lock.lease_until - timedelta(seconds=90)
    )

    reap_tests()
    run_to_the_end(lock)

    assert lock.status == Status.PASSED


def test_a_repeat_waits_until_the_car_is_put_back(configured_job):
    (lock,) = queue(configured_job, "CENTRAL_LOCK")
    lock.claim()
    expire(lock, "lease_until")
    reap_tests()
    (again,) = queue(configured_job, "CENTRAL_LOCK")

    assert again.claim() is False
    Command.objects.get(key__kind="SYSTEM").run()
    assert again.claim() is True
    assert again.attempt == 2


@pytest.fixture
def nudged(monkeypatch):
    """The ids of the tests that the sweep told workers to run."""
    ids = []
    monkeypatch.setattr("core.tasks.nudge_now", lambda task, pk, **_: ids.append(pk))
    return ids


def test_the_sweep_nudges_a_waiting_test_once_and_waits_before_it_nudges_again(
    configured_job, nudged
):
    connectivity, lock = queue(configured_job, "CONNECTIVITY", "CENTRAL_LOCK")
    reap_tests()
    assert nudged == [], "its own nudge is still on its way"
    expire(connectivity, "due_at")
    expire(lock, "due_at")

    reap_tests()
    reap_tests()

    assert nudged == [connectivity.pk]


def test_the_sweep_nudges_a_test_as_soon_as_its_unit_is_free(configured_job, nudged):
    connectivity, lock = queue(configured_job, "CONNECTIVITY", "CENTRAL_LOCK")
    expire(lock, "due_at")
    assert connectivity.claim()
    reap_tests()
    assert nudged == []

    connectivity.write(status=Status.PASSED, finished_at=timezone.now(), lease_until=None)
    reap_tests()

    assert nudged == [lock.pk]


def test_an_answer_whose_nudge_was_lost_is_found_by_the_sweep(configured_job, installer, nudged):
    (lock,) = queue(configured_job, "CENTRAL_LOCK")
    lock.run()
    lock.refresh_from_db()
    lock.confirm(lock.prompt["id"], True, by=installer)
    reap_tests()
    assert nudged == []
    expire(lock, "due_at")

    reap_tests()

    assert nudged == [lock.pk]


def test_a_cancelled_test_is_no_longer_its_workers(configured_job, manager):
    (lock,) = queue(configured_job, "CENTRAL_LOCK")
    lock.claim()

    configured_job.stop_access(by=manager)

    assert lock.write(step=1) is False
    lock.refresh_from_db()
    assert lock.status == Status.CANCELLED


def interfere(monkeypatch, call, before):
    """`before` happens at the unit each time the worker calls it so; what it raises is the unit's answer."""
    plain = getattr(SimulatorGateway, call)

    def interfered(gateway, *args, **kwargs):
        before()
        return plain(gateway, *args, **kwargs)

    monkeypatch.setattr(SimulatorGateway, call, interfered)


def put_backs():
    return Command.objects.filter(key__kind="SYSTEM")


def test_a_test_that_fails_in_motion_leaves_the_car_closed(configured_job, monkeypatch):
    (lock,) = queue(configured_job, "CENTRAL_LOCK")

    def silence():
        raise GatewayError("timeout")

    interfere(monkeypatch, "read_state", silence)
    lock.run()

    lock.refresh_from_db()
    assert (lock.status, put_backs().get().status) == (Status.FAILED, "DONE")
    assert SimulatedUnit.objects.get(pk=configured_job.unit_id).car["locked"]


def test_a_worker_that_lost_its_test_leaves_the_car_to_whoever_took_it(
    configured_job, manager, monkeypatch
):
    (lock,) = queue(configured_job, "CENTRAL_LOCK")

    def stopped_meanwhile():
        monkeypatch.undo()
        type(configured_job).objects.get(pk=configured_job.pk).stop_access(by=manager)
        raise GatewayError("timeout")

    interfere(monkeypatch, "read_state", stopped_meanwhile)
    lock.run()

    lock.refresh_from_db()
    assert lock.status == Status.CANCELLED
    assert put_backs().count() == 1


def test_a_slow_command_leaves_a_whole_lease_for_what_is_read_after_it(configured_job, monkeypatch):
    (lock,) = queue(configured_job, "CENTRAL_LOCK")
    mine, left = InstallationTest.objects.filter(pk=lock.pk), []
    interfere(
        monkeypatch,
        "execute",
        lambda: mine.update(lease_until=timezone.now() + timedelta(seconds=15)),
    )
    interfere(
        monkeypatch, "read_state", lambda: left.append(mine.get().lease_until - timezone.now())
    )

    run_to_the_end(lock)

    assert lock.status == Status.PASSED
    assert min(left) > timedelta(seconds=30)


def test_a_unit_exchanged_in_the_middle_of_a_test_still_closes_the_car_that_it_opened(
    configured_job, installer, fleet
):
    (lock,) = queue(configured_job, "CENTRAL_LOCK")
    lock.run()
    first = configured_job.unit

    configured_job.link_unit(UnitFactory(fleet=fleet).pk, by=installer)

    put_back = put_backs().get()
    put_back.run()
    assert (put_back.unit, put_back.status) == (first, "DONE")
    assert SimulatedUnit.objects.get(pk=first.pk).car["locked"]


def test_a_stopping_worker_puts_its_test_back_into_the_queue(configured_job):
    (voltage,) = queue(configured_job, "SUPPLY_VOLTAGE")
    shutdown.stopping.set()
    try:
        voltage.run()
    finally:
        shutdown.stopping.clear()

    voltage.refresh_from_db()
    assert voltage.status == Status.QUEUED
    run_to_the_end(voltage)
    assert voltage.status == Status.PASSED


def test_a_new_setup_voids_what_was_passed(proven_job, installer):
    assert proven_job.proof.missing() == []

    proven_job.fill_in(by=installer, tracking=True)

    assert "configuration" in proven_job.proof.missing()
    with pytest.raises(MoveRefused) as refused:
        proven_job.request_tests(by=installer)
    assert refused.value.code == "not_configured"


def test_a_passed_test_that_is_repeated_and_fails_counts_no_longer(proven_job, installer):
    (lock,) = queue(proven_job, "CENTRAL_LOCK")
    lock.run()
    lock.refresh_from_db()
    lock.confirm(None, False, by=installer)

    assert proven_job.proof.missing() == ["test:CENTRAL_LOCK"]


def test_an_unknown_kind_is_an_error_at_its_field(configured_job, installer):
    with pytest.raises(Exception, match="HORN") as raised:
        configured_job.request_tests(by=installer, kinds=["HORN"])
    assert "kinds" in raised.value.message_dict


@pytest.mark.django_db(transaction=True)
def test_two_workers_claim_one_test_and_one_has_it(configured_job):
    (voltage,) = queue(configured_job, "SUPPLY_VOLTAGE")

    def claim():
        return InstallationTest.objects.get(pk=voltage.pk).claim()

    claims = race(claim, claim, claim, claim)

    assert sorted(claims) == [False, False, False, True]
    voltage.refresh_from_db()
    assert voltage.fence == 1
