"""One relay at a time has a subscription; one that lost it moves nothing, and what failed is tried again."""

from datetime import timedelta
from threading import Event

import pytest
from django.db.models.functions import Now
from django.utils import timezone

from accounts.models import EventConsumer, EventSubscription
from accounts.models.event_consumer import Kind
from accounts.models.event_subscription import CHANNELS
from core.errors import MoveRefused, NotAllowed
from core.models import OutboxEdge, OutboxMessage
from core.outbox.keeping import too_old
from core.outbox.message import Entry
from core.outbox.numbering import number_all
from core.outbox.relay import deliver
from core.outbox.subscription import LostClaim

pytestmark = pytest.mark.django_db
TOPIC = "VehicleChanged"


@pytest.fixture
def consumer(fleet, fleet_admin) -> EventConsumer:
    return EventConsumer.objects.add(
        fleet=fleet, kind=Kind.WEBHOOK, name="Sync", topics=[TOPIC], by=fleet_admin
    )


@pytest.fixture
def subscription(consumer) -> EventSubscription:
    return consumer.subscriptions.get()


@pytest.fixture
def sent(monkeypatch):
    """A channel that keeps what it sends, and fails while it is told to."""

    class Sent(list):
        fails = False

    sent = Sent()

    def channel(subscription, stopping):
        for message in subscription.next():
            if sent.fails:
                raise OSError("away")
            sent.append(message.subject)
            subscription.advance(message.sequence)

    monkeypatch.setitem(CHANNELS, Kind.WEBHOOK, channel)
    return sent


def write(fleet, *subjects: str) -> None:
    OutboxMessage.objects.write(fleet.pk, TOPIC, [Entry(subject) for subject in subjects])
    number_all()


def test_a_new_subscription_begins_now(fleet, fleet_admin, consumer, sent):
    write(fleet, "one")
    second = EventConsumer.objects.add(
        fleet=fleet, kind=Kind.WEBHOOK, name="Late", topics=[TOPIC], by=fleet_admin
    )
    assert list(EventSubscription.objects.deliverable()) == [consumer.subscriptions.get()]
    write(fleet, "two")
    deliver(second.subscriptions.get(), Event())
    assert sent == ["two"]


def test_what_was_delivered_is_not_delivered_again(fleet, subscription, sent):
    write(fleet, "one", "two")
    deliver(subscription, Event())
    deliver(subscription, Event())
    assert sent == ["one", "two"]
    assert not EventSubscription.objects.deliverable().exists()


def test_a_claimed_subscription_is_left_to_its_relay_until_its_lease_is_over(
    fleet, subscription, sent
):
    write(fleet, "one")
    assert subscription.claim()
    other = EventSubscription.objects.get()
    assert not other.claim()
    assert not EventSubscription.objects.deliverable().exists()

    EventSubscription.objects.update(lease_until=Now() - timedelta(seconds=1))
    assert EventSubscription.objects.get().claim()


def test_a_relay_that_lost_its_claim_moves_nothing(fleet, subscription):
    write(fleet, "one")
    assert subscription.claim()
    EventSubscription.objects.update(lease_until=Now() - timedelta(seconds=1))
    assert EventSubscription.objects.get().claim()
    for late in (lambda: subscription.advance(1), subscription.release, subscription.renew):
        with pytest.raises(LostClaim):
            late()
    assert EventSubscription.objects.get().cursor == 0


def test_a_failure_is_kept_and_tried_again_later(fleet, subscription, sent):
    sent.fails = True
    write(fleet, "one")
    deliver(subscription, Event())
    subscription.refresh_from_db()
    assert (subscription.failures, subscription.error) == (1, "OSError: away")
    assert subscription.due_at > timezone.now()

    sent.fails = False
    EventSubscription.objects.update(due_at=Now())
    deliver(EventSubscription.objects.get(), Event())
    subscription.refresh_from_db()
    assert (sent, subscription.failures, subscription.error) == (["one"], 0, "")


def test_a_relay_that_fails_after_it_lost_its_claim_leaves_the_subscription_to_the_other(
    fleet, subscription, monkeypatch
):
    def lose_claim_and_fail(subscription, stopping):
        EventSubscription.objects.update(lease_until=Now())
        assert EventSubscription.objects.get().claim()
        raise OSError("away")

    monkeypatch.setitem(CHANNELS, Kind.WEBHOOK, lose_claim_and_fail)
    write(fleet, "one")
    deliver(subscription, Event())
    assert EventSubscription.objects.get().failures == 0


@pytest.mark.parametrize("what", ["consumer", "fleet", "provider"])
def test_what_is_suspended_gets_nothing_and_goes_on_from_its_cursor(
    fleet, fleet_admin, consumer, sent, what
):
    write(fleet, "one")
    if what == "consumer":
        consumer.suspend("NOT_READ")
    else:
        {"fleet": fleet, "provider": fleet.provider}[what].suspend()
    assert not EventSubscription.objects.deliverable().exists()

    if what == "consumer":
        consumer.resume(by=fleet_admin)
    else:
        {"fleet": fleet, "provider": fleet.provider}[what].reinstate()
    deliver(EventSubscription.objects.deliverable().get(), Event())
    assert sent == ["one"]


def test_a_removed_consumer_gets_nothing_and_its_topics_are_no_longer_written(
    fleet, fleet_admin, consumer
):
    write(fleet, "one")
    consumer.remove(by=fleet_admin)
    fleet.refresh_from_db()
    assert fleet.message_topics == []
    assert not EventSubscription.objects.exists()


def test_messages_go_after_their_time_and_a_late_reader_learns_it(fleet, subscription):
    write(fleet, "one", "two")
    week_ago = timezone.now() - timezone.timedelta(days=8)
    OutboxMessage.objects.filter(subject="one").update(occurred_at=week_ago)

    too_old().delete()

    assert [message.subject for message in subscription.next()] == ["two"]
    assert subscription.gap() == 1
    subscription.cursor = 1
    assert subscription.gap() is None
    assert OutboxEdge.objects.get().sequence == 1


def test_what_waits_for_its_place_is_kept(fleet, subscription):
    OutboxMessage.objects.write(fleet.pk, TOPIC, [Entry("one")])
    OutboxMessage.objects.update(occurred_at=timezone.now() - timezone.timedelta(days=8))
    assert not too_old().exists()


def test_a_test_message_reaches_its_consumer_alone(fleet, fleet_admin, consumer, sent):
    other = EventConsumer.objects.add(
        fleet=fleet, kind=Kind.WEBHOOK, name="Other", topics=[TOPIC], by=fleet_admin
    )
    consumer.send_test(by=fleet_admin, text="Hello")
    number_all()
    assert [one.consumer for one in EventSubscription.objects.deliverable()] == [consumer]
    assert other.subscriptions.get().next() == []


def test_a_fleet_has_at_most_five_consumers_of_different_names(fleet, fleet_admin):
    def add(name: str) -> EventConsumer:
        return EventConsumer.objects.add(
            fleet=fleet, kind=Kind.FEED, name=name, topics=[TOPIC], by=fleet_admin
        )

    consumers = [add(f"Sync {number}") for number in range(5)]
    with pytest.raises(MoveRefused, match="at most 5"):
        add("Sync 6")
    consumers[0].remove(by=fleet_admin)
    with pytest.raises(MoveRefused, match="has this name"):
        add("Sync 1")
    assert add("Sync 0").status == "ACTIVE"


@pytest.mark.parametrize("person", ["manager", "viewer", "outside_manager"])
def test_only_an_admin_of_the_fleet_adds_a_consumer(fleet, request, person):
    with pytest.raises(NotAllowed):
        EventConsumer.objects.add(
            fleet=fleet,
            kind=Kind.FEED,
            name="Sync",
            topics=[TOPIC],
            by=request.getfixturevalue(person),
        )
