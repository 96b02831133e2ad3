"""What fails in the background: counted, reported once, and in nobody's way."""

from functools import partial

import pytest
from celery import shared_task
from django.core import mail as outbox
from django.utils import timezone

from core import failures, tasks
from core.failures import LIMIT, Failure, each
from core.mail.letter import WORD_JOINER
from core.models import AnsweredRequest, Mail
from tests.factories.accounts import UserFactory
from tests.threads import race

pytestmark = pytest.mark.django_db
tried: list[str] = []
given_up: list[str] = []


@shared_task(name="tests.fails", give_up="tests.give_up")
def fails(row: str) -> None:
    tried.append(row)
    if row.startswith("bad"):
        raise ZeroDivisionError(row)


@shared_task(name="tests.give_up")
def give_up(row: str) -> None:
    given_up.append(row)


@pytest.fixture(autouse=True)
def _clean():
    tried.clear()
    given_up.clear()


@pytest.fixture
def operator(db):
    return UserFactory(is_staff=True, is_superuser=True)


def fail(row: str = "bad", times: int = 1) -> None:
    for _time in range(times):
        with pytest.raises(ZeroDivisionError):
            fails(row)


def mails_to(person) -> list[Mail]:
    return list(Mail.objects.filter(to=person.email, template="mails/failure"))


def test_operators_are_notified_once_of_what_has_failed_five_times(operator):
    fail(times=LIMIT - 1)
    assert not mails_to(operator)
    fail()
    [letter] = mails_to(operator)

    for _time in range(2):
        Failure.objects.update(due_at=None)
        fail()
    assert len(mails_to(operator)) == 1
    letter.send()
    text = outbox.outbox[0].body.replace(WORD_JOINER, "")
    assert "tests.fails has failed 5 times" in text
    assert "ZeroDivisionError: bad" in text


def test_people_who_are_no_operators_are_not_notified(manager, installer):
    fail(times=LIMIT)

    assert not Mail.objects.filter(template="mails/failure").exists()


def test_a_row_that_failed_five_times_rests_and_is_given_up():
    fail(times=LIMIT)
    tried.clear()
    fails("bad")

    assert tried == []
    assert given_up == ["bad"]
    assert Failure.objects.get().due_at > timezone.now()


def test_a_success_ends_the_count():
    fail("bad", LIMIT - 1)
    Failure.objects.update(row="good")
    fails("good")

    assert not Failure.objects.exists()


@pytest.mark.pg
@pytest.mark.django_db(transaction=True)
def test_a_failure_is_counted_also_while_a_success_ends_the_count():
    count = partial(Failure.objects.record, "tests.fails", "bad", "wrong")
    for _turn in range(20):
        Failure.objects.get_or_create(task="tests.fails", row="bad")
        counted, _number, again = race(count, Failure.objects.all().delete, count)
        assert {type(counted), type(again)} == {Failure}, (counted, again)


def test_a_message_that_ends_its_process_is_delivered_five_times_and_no_more():
    """What the worker sees of it: the same message again and again, each with the mark `redelivered`."""

    def deliver() -> None:
        failures.guarded(fails, "deadly", lambda: ended.append(1) or leave(), redelivered=True)

    def leave() -> None:
        raise SystemExit

    ended: list[int] = []
    for _time in range(LIMIT - 1):
        with pytest.raises(SystemExit):
            deliver()
    deliver()
    deliver()

    assert len(ended) == LIMIT - 1  # and once before, which nobody counts
    assert given_up
    assert "process ended" in Failure.objects.get().error


def test_a_message_that_was_delivered_again_and_succeeds_is_forgotten():
    failures.guarded(fails, "good", lambda: None, redelivered=True)

    assert not Failure.objects.exists()


# --- sweeps -----------------------------------------------------------------------------------------------------------
def some_rows(*keys: str):
    for key in keys:
        AnsweredRequest.objects.create(principal="user:1", key=key, body_hash="")
    return AnsweredRequest.objects.order_by("pk")


def sweep(rows, *, most: int = 10) -> list[str]:
    done = []

    def act(row) -> None:
        if row.key.startswith("bad"):
            raise ZeroDivisionError(row.key)
        done.append(row.key)

    each(rows, act, what="tests.sweep", most=most)
    return done


def test_a_row_that_raises_does_not_stop_those_behind_it():
    assert sweep(some_rows("bad", "one", "two")) == ["one", "two"]


def test_rows_that_always_fail_do_not_fill_the_sweep_for_ever(operator):
    rows = some_rows("bad 1", "bad 2", "good")
    for _sweep in range(LIMIT):
        assert sweep(rows, most=2) == []

    assert sweep(rows, most=2) == ["good"]
    assert len(mails_to(operator)) == 2


def test_a_row_that_was_mended_is_forgotten():
    rows = some_rows("bad")
    sweep(rows)
    rows.update(key="good")

    assert sweep(rows) == ["good"]
    assert not Failure.objects.exists()


# --- nudges -----------------------------------------------------------------------------------------------------------
@pytest.fixture
def nudged(monkeypatch):
    calls = []
    send = lambda ids, **options: calls.append((*ids, options.get("expires")))  # noqa: E731
    monkeypatch.setattr(tasks.send_mail, "apply_async", send)
    return calls


def waiting_mail() -> Mail:
    return Mail.objects.enqueue(
        to="a@example.com", template="mails/member_removed", context={"team": "Q"}
    )


def test_a_nudge_postpones_its_mail_and_expires(nudged):
    letter = waiting_mail()
    tasks.sweep_mails()
    tasks.sweep_mails()

    assert nudged == [(letter.pk, 30)]
    letter.refresh_from_db()
    letter.send()
    assert letter.status == Mail.Status.SENT


def test_a_row_that_rests_is_not_nudged(nudged):
    letter = waiting_mail()
    for _time in range(LIMIT):
        Failure.objects.record("core.tasks.send_mail", letter.pk, "oh")
    tasks.sweep_mails()

    assert nudged == []


def test_a_queue_that_holds_a_message_for_each_row_gets_no_more():
    """Nobody works: sweep after sweep finds the same rows."""
    for _number in range(20):
        waiting_mail()
    for _sweep in range(5):
        Mail.objects.update(due_at=timezone.now())
        tasks.sweep_mails()

    assert tasks._messages("default") == 20
