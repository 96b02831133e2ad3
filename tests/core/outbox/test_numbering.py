"""Committed messages get their places one after the other; none is passed, whenever it commits."""

from threading import Event

import pytest
from django.db import connection, transaction

from core.models import OutboxMessage, OutboxStream
from core.outbox.message import Entry
from core.outbox.numbering import number, number_all
from tests.threads import race

pytestmark = pytest.mark.django_db(transaction=True)
TOPIC = "VehicleChanged"


def write(subject: str, stream: str = "AAAAA") -> None:
    OutboxMessage.objects.write(stream, TOPIC, [Entry(subject, ["TAGS_CHANGED"])])


def subjects(stream: str = "AAAAA") -> list[tuple[int, str]]:
    read = OutboxMessage.objects.of(stream, [TOPIC])
    return list(read.values_list("sequence", "subject"))


def test_each_stream_has_places_of_its_own():
    for subject, stream in (("one", "AAAAA"), ("two", "BBBBB"), ("three", "AAAAA")):
        write(subject, stream)
    assert number_all() == 3
    assert subjects("AAAAA") == [(1, "one"), (2, "three")]
    assert subjects("BBBBB") == [(1, "two")]


def test_what_is_numbered_keeps_its_place():
    write("one")
    number("AAAAA")
    write("two")
    number("AAAAA")
    assert number("AAAAA") == 0
    assert subjects() == [(1, "one"), (2, "two")]


@pytest.mark.pg
def test_a_message_that_commits_late_is_numbered_after_those_that_did_not_wait_for_it():
    written, numbered = Event(), Event()

    def early_and_slow() -> None:
        with transaction.atomic():
            write("early")
            written.set()
            assert numbered.wait(10)

    def late_and_quick() -> None:
        assert written.wait(10)
        write("late")
        number_all()
        numbered.set()

    assert race(early_and_slow, late_and_quick) == [None, None]
    assert subjects() == [(1, "late")]

    number_all()

    keys = dict(OutboxMessage.objects.values_list("subject", "pk"))
    assert keys["early"] < keys["late"]
    assert subjects() == [(1, "late"), (2, "early")]


@pytest.mark.pg
def test_two_numberers_at_once_leave_no_gap_and_number_nothing_twice():
    for subject in range(1200):
        write(str(subject))

    def work() -> None:
        while OutboxMessage.objects.waiting().exists():
            number_all()

    assert race(work, work, work) == [None, None, None]
    assert [place for place, _subject in subjects()] == list(range(1, 1201))
    assert OutboxStream.objects.get().last == 1200


@pytest.mark.pg
def test_a_numberer_that_dies_before_it_commits_leaves_nothing_behind():
    write("one")
    with transaction.atomic():
        number("AAAAA")
        transaction.set_rollback(True)
    assert subjects() == []
    number("AAAAA")
    assert subjects() == [(1, "one")]


def test_numbering_a_batch_takes_the_same_statements_whatever_its_size(
    django_assert_max_num_queries,
):
    for subject in range(30):
        write(str(subject))
    with django_assert_max_num_queries(40 if connection.vendor == "sqlite" else 9):
        number("AAAAA")
