"""OneAPI's feed of messages over HTTP, as a machine of the fleet reads it."""

import pytest
from django.utils import timezone
from jsonschema import Draft202012Validator

from accounts.models import EventConsumer
from accounts.models.event_consumer import Kind
from core.models import OutboxMessage
from core.outbox.keeping import too_old
from core.outbox.numbering import number_all
from jobs.messages import JOB_CHANGED
from telematics.messages import STATE_RECEIVED, VEHICLE_CHANGED
from telematics.models import Vehicle
from telematics.models.change_reason import ChangeReason
from telematics.models.vehicle_state import VehicleState
from tests.factories.telematics import VehicleFactory
from tests.fleetcontrol.test_vehicles_api import machine_of  # noqa: F401

pytestmark = pytest.mark.django_db
TOPICS = [JOB_CHANGED, STATE_RECEIVED, VEHICLE_CHANGED]


@pytest.fixture
def machine(machine_of, fleet):  # noqa: F811
    return machine_of(fleet, "messages:read")


@pytest.fixture
def feed(fleet, fleet_admin):
    return EventConsumer.objects.add(
        fleet=fleet, kind=Kind.FEED, name="Sync", topics=TOPICS, by=fleet_admin
    )


@pytest.fixture
def car(feed, fleet):
    return VehicleFactory(fleet=fleet)


def tag(car: Vehicle, *tags: str) -> None:
    """Each a change and a message."""
    for one in tags:
        Vehicle.objects.get(pk=car.pk).change(reason=ChangeReason.TAGS_CHANGED, tags=[one])
    number_all()


def read(machine, **query):
    answer = machine.get("messages", query)
    assert answer.status_code == 200, answer.content
    return answer.json()


def tags_of(body) -> list[str]:
    return [message["data"]["vehicle"]["tags"] for message in body["results"]]


def test_a_reader_goes_on_from_where_it_was(machine, car):
    tag(car, "one", "two", "three")
    first = read(machine, limit=2)
    assert [message["sequence"] for message in first["results"]] == [1, 2]
    rest = read(machine, after=first["next_after"])
    assert [message["sequence"] for message in rest["results"]] == [3]
    assert read(machine, after=rest["next_after"]) == {"results": [], "next_after": 3}


def test_poll_after_says_when_to_ask_again(machine, car):
    tag(car, "one", "two")
    assert machine.get("messages", {"limit": 1})["Poll-After"] == "0"
    assert machine.get("messages", {"after": 2})["Poll-After"] == "2"


def test_a_type_alone_is_read_and_the_place_goes_on_behind_the_others(machine, car):
    tag(car, "one")
    VehicleState.receive(car.unit.pk, {}, timezone.now())
    number_all()
    states = read(machine, type=STATE_RECEIVED)
    assert [message["type"] for message in states["results"]] == [STATE_RECEIVED]
    assert read(machine, type=JOB_CHANGED) == {"results": [], "next_after": 2}


def test_what_waits_for_its_place_is_not_read(machine, car):
    tag(car, "one")
    Vehicle.objects.get(pk=car.pk).change(reason=ChangeReason.TAGS_CHANGED, tags=["two"])
    assert tags_of(read(machine)) == [["one"]]
    number_all()
    assert tags_of(read(machine)) == [["one"], ["two"]]


def test_a_place_that_is_no_longer_kept_is_gone_with_the_oldest(machine, car):
    tag(car, "one", "two", "three")
    OutboxMessage.objects.filter(sequence__lte=2).update(
        occurred_at=timezone.now() - timezone.timedelta(days=8)
    )
    too_old().delete()
    answer = machine.get("messages", {"after": 1})
    assert (answer.status_code, answer.json()["code"]) == (410, "messages_gone")
    assert answer.json()["oldest_sequence"] == 3
    assert [one["sequence"] for one in read(machine, after=2)["results"]] == [3]
    assert [one["sequence"] for one in read(machine)["results"]] == [3]


def test_without_a_consumer_of_the_kind_feed_there_is_nothing_to_read(machine, fleet, fleet_admin):
    answer = machine.get("messages")
    assert (answer.status_code, answer.json()["code"]) == (409, "no_feed")
    feed = EventConsumer.objects.add(
        fleet=fleet, kind=Kind.FEED, name="Sync", topics=TOPICS, by=fleet_admin
    )
    assert read(machine)["results"] == []
    feed.remove(by=fleet_admin)
    assert machine.get("messages").status_code == 409


def test_topics_of_other_kinds_of_consumers_are_not_in_the_feed(machine, car, feed, fleet_admin):
    EventConsumer.objects.add(
        fleet=feed.fleet, kind=Kind.WEBHOOK, name="Hook", topics=TOPICS, by=fleet_admin
    )
    feed.edit(by=fleet_admin, name="Sync", topics=[JOB_CHANGED])
    tag(car, "one")
    assert read(machine)["results"] == []
    answer = machine.get("messages", {"type": VEHICLE_CHANGED})
    assert (answer.status_code, list(answer.json()["errors"])) == (400, ["type"])


def test_a_test_message_is_read_by_its_feed(machine, feed, fleet_admin):
    feed.send_test(by=fleet_admin, text="It works.")
    number_all()
    (message,) = read(machine, type="TestMessage")["results"]
    assert (message["type"], message["data"]) == ("TestMessage", {"text": "It works."})
    assert len(read(machine)["results"]) == 1


def test_a_test_message_of_another_consumer_is_not_in_the_feed(machine, feed, fleet_admin):
    hook = EventConsumer.objects.add(
        fleet=feed.fleet, kind=Kind.WEBHOOK, name="Hook", topics=TOPICS, by=fleet_admin
    )
    hook.send_test(by=fleet_admin, text="It works.")
    number_all()
    assert read(machine)["results"] == []


def test_no_message_of_one_fleet_is_in_the_feed_of_another(
    machine,
    machine_of,  # noqa: F811
    car,
    other_fleet,
    outside_manager,
):
    tag(car, "one")
    EventConsumer.objects.add(
        fleet=other_fleet, kind=Kind.FEED, name="Sync", topics=TOPICS, by=None
    )
    outside = machine_of(other_fleet, "messages:read")
    assert read(outside) == {"results": [], "next_after": 0}


@pytest.mark.parametrize("after", ["-1", "one", "9" * 30])
def test_a_place_that_is_no_number_is_refused(machine, feed, after):
    answer = machine.get("messages", {"after": after})
    assert (answer.status_code, list(answer.json()["errors"])) == (400, ["after"])


def test_a_machine_without_the_right_reads_nothing(machine_of, fleet, feed):  # noqa: F811
    machine = machine_of(fleet, "vehicles:read")
    assert machine.get("messages").json()["code"] == "missing_permissions"
    assert machine.get("message-types").status_code == 403


def test_each_type_has_a_schema_that_its_messages_have(machine, car, proven_job, installer):
    tag(car, "one")
    VehicleState.receive(car.unit.pk, {}, timezone.now())
    proven_job.succeed(by=installer)
    number_all()
    types = {one["type"]: one for one in machine.get("message-types").json()["results"]}
    messages = read(machine, limit=200)["results"]
    assert {message["type"] for message in messages} == set(TOPICS)
    for message in messages:
        Draft202012Validator(types[message["type"]]["schema"]).validate(message)
    for one in types.values():
        Draft202012Validator.check_schema(one["schema"])
        Draft202012Validator(one["schema"]).validate(one["example"])


def test_reading_takes_the_same_statements_however_many_there_are(machine, car, statements):
    tag(car, "one")
    read(machine)  # the first call records the client
    few = statements(lambda: read(machine))
    tag(car, *map(str, range(40)))
    assert statements(lambda: read(machine, limit=200)) == few
