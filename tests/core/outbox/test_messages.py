"""Every change by any author is a message of the fleet's consumers, in the transaction that makes it."""

import pytest
from django.db import transaction
from django.utils import timezone

from accounts.models import ApiClient
from core.context import acting
from core.models import OutboxMessage
from core.outbox import rendering
from jobs.models import Job
from telematics.models import Vehicle
from telematics.models.bulk_changes import ChangeTags
from telematics.models.change_reason import ChangeReason
from telematics.models.many_edits import ManyEdits
from telematics.models.vehicle_state import VehicleState
from tests.factories.telematics import VehicleFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def car(fleet) -> Vehicle:
    return VehicleFactory(fleet=fleet, license_plate="B QX 2041")


def test_an_envelope_is_the_same_for_every_reader(feed, car, told):
    with acting(request_id="flow-7"):
        car.change(reason=ChangeReason.TAGS_CHANGED, tags=["winter"])
    (message,) = told()
    data = message.pop("data")
    assert len(message.pop("id")) == 26
    assert message.pop("occurred_at").endswith("Z")
    assert message == {
        "type": "VehicleChanged",
        "version": 1,
        "sequence": 1,
        "fleet_id": feed.fleet_id,
        "subject": car.pk,
        "flow_id": "flow-7",
    }
    assert data["reasons"] == ["TAGS_CHANGED"]
    assert (data["vehicle"]["vehicle_id"], data["vehicle"]["tags"]) == (car.pk, ["winter"])


def test_the_version_of_a_vehicle_in_its_message_is_the_one_that_oneapi_gives(feed, car, told):
    car.change(reason=ChangeReason.TAGS_CHANGED, tags=["winter"])
    assert told()[0]["data"]["vehicle"]["version"] == Vehicle.objects.get(pk=car.pk).version


def test_a_change_that_is_rolled_back_leaves_no_message(feed, car, told):
    with transaction.atomic():
        car.change(reason=ChangeReason.TAGS_CHANGED, tags=["winter"])
        transaction.set_rollback(True)
    assert told() == []


def test_a_fleet_without_consumers_writes_no_message(pending_job, car, partnership, manager):
    car.change(reason=ChangeReason.TAGS_CHANGED, tags=["winter"])
    pending_job.assign(partnership.company, by=manager)
    VehicleState.receive(car.unit.pk, {}, timezone.now())
    assert not OutboxMessage.objects.exists()


def test_a_topic_that_no_consumer_has_asked_for_writes_no_message(feed, fleet_admin, car, told):
    feed.edit(by=fleet_admin, name="Sync", topics=["JobChanged"])
    car = Vehicle.objects.get(pk=car.pk)
    car.change(reason=ChangeReason.TAGS_CHANGED, tags=["winter"])
    assert told() == []


def test_another_fleet_is_not_told(feed, other_fleet, told):
    VehicleFactory(fleet=other_fleet).change(reason=ChangeReason.TAGS_CHANGED, tags=["winter"])
    assert told() == []


def test_a_state_is_told_as_it_was_sent_and_a_late_one_too(feed, car, told):
    now = timezone.now()
    lock = {"central_lock": {"value": "LOCKED", "timestamp": now.isoformat()}}
    VehicleState.receive(car.unit.pk, lock, now)
    VehicleState.receive(car.unit.pk, lock, now - timezone.timedelta(minutes=1))
    states = [message["data"] for message in told()]
    assert [state["vehicle_id"] for state in states] == [car.pk] * 2
    assert states[0]["state"]["central_lock"]["value"] == "LOCKED"


def test_with_tracking_off_there_is_no_position_in_a_message(feed, fleet, told):
    car = VehicleFactory(fleet=fleet, tracking=False)
    here = {"latitude": 52.5, "longitude": 13.4}
    signals = {"position": {"value": here, "timestamp": timezone.now().isoformat()}}
    VehicleState.receive(car.unit.pk, signals, timezone.now())
    (message,) = told()
    assert message["data"]["state"] == {}


def test_a_position_leaves_the_messages_that_are_kept_when_tracking_is_switched_off(
    feed, car, told
):
    here = {"latitude": 52.5, "longitude": 13.4}
    now = timezone.now()
    signals = {
        "position": {"value": here, "timestamp": now.isoformat()},
        "ignition": {"value": "OFF", "timestamp": now.isoformat()},
    }
    VehicleState.receive(car.unit.pk, signals, now)
    [before] = told()
    assert "position" in before["data"]["state"]
    VehicleState.receive(car.unit.pk, signals, now)  # has no place yet
    Vehicle.objects.get(pk=car.pk).change(reason=ChangeReason.MASTER_DATA_CHANGED, tracking=False)
    states = [message for message in told() if message["type"] == "VehicleStateReceived"]
    assert [set(state["data"]["state"]) for state in states] == [{"ignition"}] * 2
    del before["data"]["state"]["position"]
    assert states[0] == before


def test_every_move_of_a_job_is_told_with_its_verb(feed, proven_job, installer, told):
    Job.objects.get(pk=proven_job.pk).succeed(by=installer)
    jobs = [message["data"] for message in told() if message["type"] == "JobChanged"]
    assert [job["verb"] for job in jobs] == ["create", "assign", "take", "link_unit", "succeed"]
    assert jobs[-1]["job"]["status"] == "SUCCEEDED"
    assert jobs[-1]["job"]["installer"] == {"name": "Installer"}


def test_what_a_removed_person_leaves_behind_is_told_to_each_fleet(
    feed, running_job, installer, company, told
):
    membership = company.memberships.get(user=installer)
    company.remove_member(membership, by=None)
    assert told()[-1]["data"]["verb"] == "withdraw"


def test_a_change_of_many_vehicles_is_a_message_for_each(feed, fleet, manager, told):
    VehicleFactory.create_batch(3, fleet=fleet)
    edits = ManyEdits(Vehicle.objects.filter(fleet=fleet), ChangeTags(add=["winter"]))
    edits.apply(manager, fleet=fleet)
    assert [message["data"]["reasons"] for message in told()] == [["TAGS_CHANGED"]] * 3


def test_a_message_that_cannot_be_rendered_keeps_its_place(feed, car, told, monkeypatch):
    def broken(fleet, messages):
        raise ValueError("no data")

    monkeypatch.setitem(rendering.RENDERERS, "VehicleChanged", broken)
    car.change(reason=ChangeReason.TAGS_CHANGED, tags=["winter"])
    car.change(reason=ChangeReason.TAGS_CHANGED, tags=["summer"])
    assert [message["data"] for message in told()] == [None, None]


def test_an_api_client_hears_of_its_own_change_too(feed, car, fleet, fleet_admin, told):
    client, _secret = ApiClient.objects.issue(
        fleet=fleet, name="Sync", scopes=["vehicles:write"], by=fleet_admin
    )
    car.edits(client).set_tags(["winter"])
    assert [message["type"] for message in told()] == ["VehicleChanged"]
