"""A Slack-compatible webhook gets sentences that people read, in the language of who has set it up."""

import json

import pytest
from django.conf import settings

from accounts.models import EventConsumer, WebhookDelivery
from accounts.models.consumer_choices import Kind
from core.models import OutboxMessage
from core.outbox.keeping import too_old
from core.outbox.message import Entry
from core.outbox.numbering import number_all
from core.outbox.sentences import SENTENCES
from jobs.messages import JOB_CHANGED
from jobs.models import Job
from telematics.messages import STATE_RECEIVED, VEHICLE_CHANGED
from telematics.models.change_reason import ChangeReason
from tests.factories.telematics import VehicleFactory

pytestmark = pytest.mark.django_db
ALL = [JOB_CHANGED, STATE_RECEIVED, VEHICLE_CHANGED]


@pytest.fixture
def vehicle(fleet):
    return VehicleFactory(fleet=fleet, license_plate="B AD 77")


@pytest.fixture
def add(fleet, fleet_admin, receiver):
    def add(**more) -> EventConsumer:
        values = {"topics": ALL, "url": receiver.url, "by": fleet_admin} | more
        return EventConsumer.objects.add(fleet=fleet, kind=Kind.SLACK, name="Chat", **values)

    return add


@pytest.fixture
def texts(receiver, work):
    def texts() -> list[str]:
        receiver.received.clear()
        work()
        work()
        assert all(set(json.loads(one.body)) == {"text"} for one in receiver.received)
        return [json.loads(received.body)["text"] for received in receiver.received]

    return texts


def test_a_changed_vehicle_is_named_with_its_reason_and_a_link_to_its_page(
    add, vehicle, fleet_admin, texts
):
    add()
    vehicle.change(reason=ChangeReason.TAGS_CHANGED, tags=["pool"])
    url = f"{settings.BASE_URL}/fleetcontrol/{vehicle.fleet_id}/vehicles/{vehicle.pk}/"
    assert texts() == [f"{vehicle} was changed: tags. <{url}|Details>"]


def test_it_speaks_the_language_of_who_has_set_it_up(add, vehicle, fleet_admin, texts):
    fleet_admin.language = "de"
    fleet_admin.save()
    add()
    vehicle.change(reason=ChangeReason.TAGS_CHANGED, tags=["pool"])
    (text,) = texts()
    assert text.startswith(f"{vehicle} wurde geändert: Tags. <")
    assert text.endswith("|Details>")


def test_a_job_is_told_move_by_move(add, pending_job, partnership, company, manager, texts):
    add()
    pending_job.assign(company, by=manager)
    (text,) = texts()
    assert text.startswith(f"Job {pending_job.names.title} was assigned to {company.name}. <")


def test_what_people_typed_calls_nobody_and_makes_no_links(add, vehicle, fleet_admin, texts):
    add()
    name = "<!channel> & <https://evil.example|Open>"
    vehicle.change(reason=ChangeReason.MASTER_DATA_CHANGED, license_plate="", custom_name=name)
    (text,) = texts()
    assert text.startswith("&lt;!channel&gt; &amp; &lt;https://evil.example|Open&gt; was changed")
    assert text.count("<") == 1


def test_only_messages_with_a_chosen_reason_are_sent(add, fleet, vehicle, fleet_admin, texts):
    consumer = add(reasons=["ARCHIVED"])
    vehicle.change(reason=ChangeReason.TAGS_CHANGED, tags=["pool"])
    assert texts() == []
    entries = [Entry(vehicle.pk, ["ARCHIVED"])]
    OutboxMessage.objects.write(fleet.pk, VEHICLE_CHANGED, entries)
    (text,) = texts()
    assert text.startswith(f"{vehicle} was archived. <")
    consumer.send_test(by=fleet_admin, text="Hello & welcome")
    assert texts() == ["Hello &amp; welcome"]


def test_states_are_not_for_people(add, fleet, vehicle, texts):
    add()
    entries = [Entry(vehicle.pk, data={"speed": {"value": 3}})]
    OutboxMessage.objects.write(fleet.pk, STATE_RECEIVED, entries)
    assert texts() == []
    assert not WebhookDelivery.objects.exists()


def test_every_topic_with_reasons_has_its_sentences(fleet):
    assert set(SENTENCES) == {JOB_CHANGED, VEHICLE_CHANGED}
    message = {"type": "", "fleet_id": fleet.pk, "subject": "AB123"}
    for reason in ChangeReason.values:
        said = SENTENCES[VEHICLE_CHANGED](message | {"data": {"reasons": [reason]}})
        assert said.text.startswith("AB123 was ")
        assert said.text != "AB123 was changed."
    for verb in Job.MOVES:
        said = SENTENCES[JOB_CHANGED](message | {"data": {"verb": verb}})
        assert "AB123" in said.text
        assert (said.text == "Job AB123 was changed.") == (verb == "edit")


def test_a_vehicle_that_has_left_the_fleet_is_named_by_its_id(add, fleet, texts):
    add()
    OutboxMessage.objects.write(fleet.pk, VEHICLE_CHANGED, [Entry("GONE1", ["ARCHIVED"])])
    (text,) = texts()
    assert text.startswith("GONE1 was archived. <")


def test_people_read_that_something_is_missing(add, fleet, vehicle, texts, monkeypatch):
    add()
    OutboxMessage.objects.write(fleet.pk, VEHICLE_CHANGED, [Entry(vehicle.pk, ["ARCHIVED"])])
    number_all()
    OutboxMessage.objects.update(occurred_at="2026-01-01T00:00:00Z")
    too_old().delete()
    assert texts() == []
    OutboxMessage.objects.write(fleet.pk, VEHICLE_CHANGED, [Entry(vehicle.pk, ["ARCHIVED"])])
    first, second = texts()
    assert first == "Some messages were not sent here in time and are no longer kept."
    assert second.startswith(f"{vehicle} was archived.")
