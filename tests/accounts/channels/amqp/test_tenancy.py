"""What a fleet's programs get of other fleets, and after their rights have ended: nothing, by every channel."""

from collections.abc import Callable

import pytest
from django.db.models.functions import Now

from accounts.models import ApiClient, EventConsumer, EventSubscription
from accounts.models.consumer_choices import Kind
from accounts.tasks import match_broker
from core.outbox.numbering import number_all
from telematics.models import Vehicle
from telematics.models.change_reason import ChangeReason
from tests.accounts.channels.amqp.conftest import TOPIC
from tests.accounts.channels.amqp.programs import (
    PROGRAMS,
    REFUSED,
    FeedProgram,
    Program,
    add_program,
)
from tests.factories.telematics import VehicleFactory
from tests.fleetcontrol.test_import_api import token_of
from tests.fleetcontrol.test_vehicles_api import Machine, machine_of  # noqa: F401 - a fixture

pytestmark = [pytest.mark.django_db, pytest.mark.servers("RABBITMQ_URL")]


@pytest.fixture(params=PROGRAMS, ids=["feed", "webhook", "queue"])
def program(request, fleet, fleet_admin) -> Program:
    means = request.getfixturevalue(PROGRAMS[request.param])
    return add_program(request.param, fleet, means, fleet_admin)


@pytest.fixture
def machine(client, fleet) -> Callable[[], Machine]:
    """Of a client of the fleet, each time with a new token."""
    issued = ApiClient.objects.issue(fleet=fleet, name="Sync", scopes=["messages:read"], by=None)
    return lambda: Machine(token_of(issued, client))


@pytest.fixture
def relay(work) -> Callable[[], None]:
    """Deliver all that is due, also what has failed a moment ago."""

    def relay() -> None:
        EventSubscription.objects.update(due_at=Now())
        work()

    return relay


def tag(vehicle: Vehicle, tag: str) -> None:
    Vehicle.objects.get(pk=vehicle.pk).change(reason=ChangeReason.TAGS_CHANGED, tags=[tag])


def tags(news: list[dict] | str) -> list[list[str] | None]:
    vehicles = [message["data"]["vehicle"] for message in news]
    return [vehicle and vehicle["tags"] for vehicle in vehicles]


def test_nothing_of_another_fleet_arrives(program, relay, fleet, other_fleet):
    EventConsumer.objects.add(
        fleet=other_fleet, kind=Kind.FEED, name="Theirs", topics=[TOPIC], by=None
    )
    tag(VehicleFactory(fleet=other_fleet), "theirs")
    tag(VehicleFactory(fleet=fleet), "ours")
    relay()
    assert tags(program.news()) == [["ours"]]


def test_a_vehicle_that_is_in_another_fleet_now_is_not_shown_by_what_waited(
    program,
    relay,
    fleet,
    other_fleet,
    machine_of,  # noqa: F811
):
    """No operation moves a vehicle. Were its row moved, its messages would stay with the fleet, without the vehicle."""
    EventConsumer.objects.add(
        fleet=other_fleet, kind=Kind.FEED, name="Theirs", topics=[TOPIC], by=None
    )
    vehicle = VehicleFactory(fleet=fleet, unit=None)
    tag(vehicle, "before")
    relay()
    tag(vehicle, "waits")
    Vehicle.objects.filter(pk=vehicle.pk).update(fleet=other_fleet)
    tag(vehicle, "theirs")
    relay()

    assert tags(program.news()) == [["before"], None]
    theirs = machine_of(other_fleet, "messages:read").get("messages").json()["results"]
    assert tags(theirs) == [["theirs"]]


@pytest.mark.parametrize("what", ["fleet", "provider"])
def test_while_a_fleet_is_suspended_nothing_arrives_and_afterwards_all_of_it(
    program, relay, fleet, what
):
    vehicle = VehicleFactory(fleet=fleet)
    suspended = {"fleet": fleet, "provider": fleet.provider}[what]
    suspended.suspend()
    tag(vehicle, "meanwhile")
    relay()
    assert program.news() in ([], REFUSED)

    suspended.reinstate()
    relay()
    assert tags(program.news()) == [["meanwhile"]]


def test_a_removed_consumer_gets_nothing(program, relay, fleet, fleet_admin, rabbit):
    vehicle = VehicleFactory(fleet=fleet)
    tag(vehicle, "before")
    number_all()
    program.consumer.remove(by=fleet_admin)
    tag(vehicle, "after")
    relay()
    assert program.news() in ([], REFUSED)
    match_broker()
    assert rabbit.queues() == {}


def test_a_revoked_client_reads_nothing_more(machine, fleet, fleet_admin):
    consumer = EventConsumer.objects.add(
        fleet=fleet, kind=Kind.FEED, name="Sync", topics=[TOPIC], by=fleet_admin
    )
    program = FeedProgram(consumer, machine)
    tag(VehicleFactory(fleet=fleet), "before")
    number_all()
    assert tags(program.news()) == [["before"]]
    ApiClient.objects.get().revoke(by=fleet_admin)
    assert program.news() == REFUSED
