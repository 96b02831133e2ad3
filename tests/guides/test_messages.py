"""*OneAPI integration guide*, messages: programs of the provider are told, and need not ask."""

import pytest
from django.utils import timezone

from accounts.models import EventConsumer
from accounts.models.event_consumer import Kind
from accounts.tasks import match_broker
from core.outbox.numbering import number_all
from telematics.messages import STATE_RECEIVED, VEHICLE_CHANGED
from telematics.models import Vehicle
from telematics.models.change_reason import ChangeReason
from telematics.models.vehicle_state import VehicleState
from tests.accounts.channels.amqp.conftest import Reader as AmqpReader
from tests.accounts.channels.amqp.conftest import (  # noqa: F401 - fixtures
    deliver_all,
    rabbit,
    rabbitmq_server,
)
from tests.factories.telematics import UnitFactory, VehicleFactory
from tests.guides.steps import dialog_of
from tests.guides.test_oneapi import OF_VEHICLES, Machine, issue  # noqa: F401 - a fixture

MESSAGES = "/api/oneapi/v1/messages"
RIGHTS = [*OF_VEHICLES, "messages:read"]


class Reader:
    """A program with its own place in the feed."""

    def __init__(self, machine: Machine):
        self.machine = machine
        self.after = 0

    def news(self) -> list[dict]:
        """What has happened since it last asked."""
        number_all()
        token = self.machine.ask_for_token().json()["access_token"]
        headers = {"Authorization": f"Bearer {token}"}
        answer = self.machine.http.get(MESSAGES, {"after": self.after}, headers=headers).json()
        self.after = answer["next_after"]
        return answer["results"]


@pytest.fixture
def feed(fleet, fleet_admin):
    return EventConsumer.objects.add(
        fleet=fleet,
        kind=Kind.FEED,
        name="Sync",
        topics=[STATE_RECEIVED, VEHICLE_CHANGED],
        by=fleet_admin,
    )


@pytest.fixture
def reader(feed, issue):  # noqa: F811
    return lambda name: Reader(issue(name, RIGHTS))


def test_125_messages_are_read_by_amqp_with_credentials_of_their_own(
    rabbit,  # noqa: F811
    fleet,
    fleet_admin_client,
):
    form = {"name": "Warehouse", "topics": [VEHICLE_CHANGED]}
    path = f"/fleetcontrol/{fleet.pk}/settings/event-consumers/new/amqp/"
    shown = fleet_admin_client.post(path, form).context
    match_broker()
    vehicle = VehicleFactory(fleet=fleet)
    vehicle.change(reason=ChangeReason.TAGS_CHANGED, tags=["winter"])
    number_all()
    deliver_all(shown["consumer"])

    program = AmqpReader(rabbit.server, rabbit.host, shown["queues"].user, shown["secret"])
    rabbit.readers.append(program)
    [message] = program.read(shown["queues"].names[0])

    assert message["data"]["vehicle"]["tags"] == ["winter"]


def test_141_staff_change_data_in_fleetcontrol_and_a_program_is_told(reader, desk, fleet):
    program, vehicle = reader("booking"), VehicleFactory(fleet=fleet, license_plate="B OLD 1")
    page = desk(f"vehicles/{vehicle.pk}/edit/data/")
    page.get_by_label("Licence plate").fill("B NEW 1")
    page.get_by_role("button", name="Save", exact=True).click()
    page.wait_for_url(f"**/vehicles/{vehicle.pk}/")

    (message,) = program.news()

    assert (message["type"], message["data"]["reasons"]) == (
        "VehicleChanged",
        ["MASTER_DATA_CHANGED"],
    )
    assert message["data"]["vehicle"]["master_data"]["license_plate"] == "B NEW 1"


def test_142_a_vehicle_begun_in_fleetcontrol_is_created_elsewhere_from_its_message(
    reader, desk, fleet
):
    program, unit = reader("booking"), UnitFactory(fleet=fleet)
    page = desk("vehicles/new/")
    page.get_by_label("Licence plate").fill("B NEW 1")
    page.get_by_role("button", name="Save", exact=True).click()
    page.get_by_role("button", name="More", exact=True).click()
    page.get_by_role("link", name="Assign unit").click()
    dialog_of(page).get_by_label("Unit (QNR)").fill(unit.pk)
    dialog_of(page).get_by_role("button", name="Assign").click()
    page.get_by_text(f"Unit {unit.pk} was assigned to B NEW 1.").wait_for()

    created, mounted = program.news()

    elsewhere = created["data"]["vehicle"]  # all that the other program knows
    vehicle = Vehicle.objects.get()
    assert created["data"]["reasons"] == ["CREATED"]
    assert (elsewhere["vehicle_id"], elsewhere["master_data"]["license_plate"]) == (
        vehicle.pk,
        "B NEW 1",
    )
    assert mounted["data"]["reasons"] == ["UNIT_CHANGED"]
    assert mounted["data"]["vehicle"]["telematics_unit"]["qnr"] == unit.pk


def test_143_several_applications_are_in_sync_by_messages(reader, fleet, manager):
    programs = [reader("booking"), reader("accounting")]
    vehicle = VehicleFactory(fleet=fleet)
    vehicle.edits(manager).set_tags(["winter"])
    told = [program.news() for program in programs]
    assert told[0] == told[1]
    assert [message["data"]["vehicle"]["tags"] for message in told[0]] == [["winter"]]
    assert [program.news() for program in programs] == [[], []]


def test_144_field_service_flags_a_vehicle_broken_and_booking_learns_of_it(
    reader,
    issue,  # noqa: F811
    fleet,
):
    booking, service = reader("booking"), issue("service", OF_VEHICLES)
    vehicle = VehicleFactory(fleet=fleet)
    body = {"operation_status": "BROKEN", "remark": "Gearbox"}
    assert service.call("put", f"/{vehicle.pk}/operation-status", body).status_code == 200

    (message,) = booking.news()

    status = message["data"]["vehicle"]["operation_status"]
    assert (message["subject"], status["value"], status["remark"]) == (
        vehicle.pk,
        "BROKEN",
        "Gearbox",
    )


def test_145_every_new_state_is_told(reader, fleet):
    program, vehicle = reader("map"), VehicleFactory(fleet=fleet)
    for speed in (30, 50):
        now = timezone.now()
        reading = {"value": speed, "timestamp": now.isoformat()}
        VehicleState.receive(vehicle.unit.pk, {"speed_in_kilometers_per_hour": reading}, now)
    told = program.news()
    assert {message["type"] for message in told} == {"VehicleStateReceived"}
    states = [message["data"]["state"] for message in told]
    assert [state["speed_in_kilometers_per_hour"]["value"] for state in states] == [30, 50]


def test_147_a_program_that_polls_the_state_is_limited_and_reads_messages_instead(
    reader, fleet, client
):
    from fleetcontrol.api.document import OneApiDocument

    program, vehicle = reader("map"), VehicleFactory(fleet=fleet)
    paths = OneApiDocument.document()["paths"]
    assert "messages" in paths["/vehicles/{vehicle_id}/state"]["get"]["description"].lower()
    polled = [program.machine.call("get", f"/{vehicle.pk}/state").status_code for _ in range(3)]
    assert 429 in polled

    VehicleState.receive(vehicle.unit.pk, {}, timezone.now())
    assert [message["subject"] for message in program.news()] == [vehicle.pk]
