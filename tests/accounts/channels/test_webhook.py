"""A webhook gets each message signed, in the order of its subject, and again until it has accepted it."""

import json
from datetime import timedelta
from threading import Event

import pytest
from django.db.models.functions import Now
from django.utils import timezone
from standardwebhooks import Webhook
from standardwebhooks.webhooks import WebhookVerificationError

from accounts.channels.webhook import lanes
from accounts.models import EventConsumer, EventSubscription, WebhookDelivery
from accounts.models.webhook_delivery import PAUSES, TRIES
from accounts.models.webhook_delivery_queryset import WebhookDeliveryQuerySet
from core.errors import MoveRefused, NotAllowed
from core.models import Mail, OutboxMessage
from core.outbound import Answer
from core.outbox.keeping import too_old
from core.outbox.message import Entry
from core.outbox.numbering import number_all
from core.outbox.relay import deliver
from core.outbox.subscription import LostClaim
from tests.accounts.channels.conftest import TOPIC, come_due

pytestmark = pytest.mark.django_db


def subjects(receiver) -> list[str]:
    return [json.loads(received.body)["subject"] for received in receiver.received]


def one() -> WebhookDelivery:
    return WebhookDelivery.objects.get()


def claim(webhook, lane: int = 0, most: int = 1) -> list[str]:
    claimed = WebhookDelivery.objects.claim(webhook.pk, lane, most)
    return [delivery.subject for delivery in claimed]


def fail_since(webhook, **ago: float) -> None:
    EventConsumer.objects.filter(pk=webhook.pk).update(
        failing_since=timezone.now() - timedelta(**ago)
    )


# --- what arrives -----------------------------------------------------------------------------------------------------


def test_a_message_arrives_as_it_was_rendered_signed_as_standard_webhooks_verifies_it(
    webhook, receiver, write, work
):
    write("one")
    work()

    (received,) = receiver.received
    message = OutboxMessage.objects.get()
    assert received.body == message.body.encode()
    assert received.headers["webhook-id"] == message.message_id
    assert received.headers["content-type"] == "application/json"
    assert Webhook(webhook.shown_secret).verify(received.body, received.headers)["type"] == TOPIC
    delivery = one()
    assert (delivery.status, delivery.answer_status, delivery.answer_text) == (
        "DELIVERED",
        200,
        "ok",
    )
    webhook.refresh_from_db()
    assert (webhook.delivered, webhook.failing_since) == (1, None)


def test_the_secret_is_stored_sealed(webhook):
    assert webhook.shown_secret.startswith("whsec_")
    assert webhook.shown_secret not in webhook.secret
    assert webhook.secrets == [webhook.shown_secret]


def test_while_the_secret_is_renewed_both_verify_and_after_24_hours_the_new_one_alone(
    webhook, fleet_admin, receiver, write, work
):
    new = webhook.renew_secret(by=fleet_admin)
    write("one")
    work()
    received = receiver.received[0]
    for secret in (webhook.shown_secret, new):
        assert Webhook(secret).verify(received.body, received.headers)

    EventConsumer.objects.update(former_until=timezone.now())
    write("two")
    work()
    received = receiver.received[1]
    assert Webhook(new).verify(received.body, received.headers)
    with pytest.raises(WebhookVerificationError):
        Webhook(webhook.shown_secret).verify(received.body, received.headers)


def test_a_secret_that_was_lost_ends_at_once(webhook, fleet_admin):
    new = webhook.renew_secret(by=fleet_admin, keep_former=False)
    assert webhook.secrets == [new]


def test_a_new_key_of_the_installation_opens_nothing_until_the_old_one_is_beside_it(
    webhook, receiver, write, work, settings
):
    settings.FIELD_KEYS = ["MDEyMzQ1Njc4OTAxMjM0NTY3ODkwMTIzNDU2Nzg5MDE="]
    write("one")
    work()
    assert receiver.received == []
    assert one().problem == "The secret of this consumer cannot be read. Renew it."


def test_no_data_of_another_fleet_is_sent(webhook, other_fleet, receiver, write, work):
    OutboxMessage.objects.write(other_fleet.pk, TOPIC, [Entry("theirs", ["TAGS_CHANGED"])])
    write("ours")
    work()
    assert subjects(receiver) == ["ours"]


def test_a_test_message_arrives_at_its_webhook(webhook, fleet_admin, receiver, work):
    webhook.send_test(by=fleet_admin, text="Hello")
    work()
    body = json.loads(receiver.received[0].body)
    assert (body["type"], body["data"]) == ("TestMessage", {"text": "Hello"})


# --- what does not arrive ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("status", "problem"),
    [
        (500, "The receiver answered with the status 500."),
        (404, "The receiver answered with the status 404."),
        (302, "The receiver answered with a redirect (302), which is not followed."),
    ],
)
def test_what_is_not_accepted_is_kept_with_the_answer_and_tried_again(
    webhook, receiver, write, work, status, problem
):
    receiver.answer(status, b"<b>no</b>")
    write("one")
    work()
    delivery = one()
    assert (delivery.status, delivery.attempts, delivery.problem) == ("WAITING", 1, problem)
    assert delivery.answer_text == "<b>no</b>"
    assert delivery.due_at > timezone.now()

    receiver.answer()
    come_due()
    work()
    assert one().status == "DELIVERED"
    assert receiver.received[0].body == receiver.received[1].body


def test_a_url_that_may_not_be_called_is_a_failure_with_words(webhook, write, work, settings):
    settings.OUTBOUND_ALLOWED = []
    write("one")
    work()
    assert one().problem == "The URL leads to an address that is not on the public internet."


def test_each_try_has_its_own_time_and_signature(webhook, receiver, write, work, time_machine):
    receiver.answer(500)
    write("one")
    time_machine.move_to("2026-11-30T12:00:00Z", tick=False)
    work()
    come_due()
    time_machine.move_to("2026-11-30T12:00:05Z", tick=False)
    work()
    first, second = (received.headers for received in receiver.received)
    assert first["webhook-id"] == second["webhook-id"]
    assert int(second["webhook-timestamp"]) - int(first["webhook-timestamp"]) == 5
    assert first["webhook-signature"] != second["webhook-signature"]


def test_the_tries_are_eight_over_27_hours():
    assert TRIES == 8
    assert timedelta(hours=27) < sum(PAUSES, timedelta()) < timedelta(hours=28)


def test_later_messages_of_its_subject_wait_and_others_go_on(webhook, receiver, write, work):
    receiver.answer(500)
    write("one")
    work()
    receiver.answer()
    write("one", "two", "one", "three")
    work()
    work()
    assert subjects(receiver) == ["one", "two", "three"]

    come_due()
    work()
    assert subjects(receiver)[3:] == ["one", "one", "one"]
    sent = [json.loads(received.body)["sequence"] for received in receiver.received]
    assert sent == [1, 3, 5, 1, 2, 4]


def test_after_eight_tries_a_message_is_set_aside_and_its_subject_goes_on(
    webhook, fleet_admin, receiver, write, work
):
    receiver.answer(500)
    write("one", "one")
    for _try in range(TRIES):
        number_all()
        fail_since(webhook, hours=1)  # others were accepted meanwhile
        come_due()
        work()
    first, second = WebhookDelivery.objects.order_by("sequence")
    assert (first.status, first.attempts, second.status) == ("SET_ASIDE", 8, "WAITING")

    receiver.answer()
    come_due()
    work()
    second.refresh_from_db()
    assert second.status == "DELIVERED"

    first.send_again(by=fleet_admin)
    work()
    first.refresh_from_db()
    assert (first.status, first.attempts) == ("DELIVERED", 1)


def test_all_since_a_time_are_sent_again(webhook, fleet_admin, receiver, write, work):
    write("one", "two", "three")
    number_all()
    work()
    WebhookDelivery.objects.update(status="SET_ASIDE")
    WebhookDelivery.objects.filter(subject="one").update(
        created_at=timezone.now() - timedelta(days=2)
    )
    since = timezone.now() - timedelta(days=1)
    again = WebhookDelivery.objects.send_all_again(webhook, since=since, by=fleet_admin)
    work()
    assert again == 2
    assert subjects(receiver)[3:] == ["two", "three"]


def test_what_is_no_longer_kept_cannot_be_sent_again(webhook, fleet_admin, write, work):
    write("one")
    work()
    WebhookDelivery.objects.update(status="SET_ASIDE")
    OutboxMessage.objects.all().delete()
    with pytest.raises(MoveRefused, match="no longer kept"):
        one().send_again(by=fleet_admin)
    since = timezone.now() - timedelta(days=1)
    assert not WebhookDelivery.objects.send_all_again(webhook, since=since, by=fleet_admin)


@pytest.mark.parametrize("person", ["manager", "viewer", "outside_manager"])
def test_only_an_admin_sends_again_or_renews(webhook, write, work, request, person):
    by = request.getfixturevalue(person)
    write("one")
    work()
    WebhookDelivery.objects.update(status="SET_ASIDE")
    for move in (
        one().send_again,
        webhook.renew_secret,
        lambda by: WebhookDelivery.objects.send_all_again(webhook, since=timezone.now(), by=by),
    ):
        with pytest.raises(NotAllowed):
            move(by=by)
    assert not WebhookDelivery.objects.visible_to(by).exists()


# --- suspended --------------------------------------------------------------------------------------------------------


def test_27_hours_without_success_suspend_it_and_its_admins_are_notified(
    webhook, fleet_admin, receiver, write, work
):
    receiver.answer(500)
    write("one", "two")
    work()
    fail_since(webhook, hours=26)
    come_due()
    work()
    webhook.refresh_from_db()
    assert webhook.status == "ACTIVE"

    fail_since(webhook, hours=27)
    come_due()
    work()
    webhook.refresh_from_db()
    assert (webhook.status, webhook.suspended_because) == ("SUSPENDED", "NO_SUCCESS")
    mail = Mail.objects.get(to=fleet_admin.email)
    assert mail.context["because"] == "NO_SUCCESS"
    assert fleet_admin.notifications.get().verb == "consumer_suspended"

    before = len(receiver.received)
    come_due()
    work()
    assert len(receiver.received) == before
    receiver.answer()
    webhook.resume(by=fleet_admin)
    work()
    work()
    assert set(WebhookDelivery.objects.values_list("status", flat=True)) == {"DELIVERED"}


def test_a_success_begins_the_27_hours_anew(webhook, receiver, write, work):
    fail_since(webhook, hours=30)
    write("one")
    work()
    receiver.answer(500)
    write("two")
    work()
    webhook.refresh_from_db()
    assert webhook.status == "ACTIVE"
    assert timezone.now() - webhook.failing_since < timedelta(minutes=5)


def test_an_answer_that_it_is_gone_suspends_it_at_once(webhook, receiver, write, work):
    receiver.answer(410)
    write("one")
    work()
    webhook.refresh_from_db()
    assert (webhook.status, webhook.suspended_because) == ("SUSPENDED", "GONE")
    assert one().status == "WAITING"


@pytest.fixture
def settled(monkeypatch) -> list[int]:
    """How many deliveries each settlement had."""
    seen = []
    original = WebhookDeliveryQuerySet.succeed

    def succeed(self, accepted):
        seen.append(len(accepted))
        return original(self, accepted)

    monkeypatch.setattr(WebhookDeliveryQuerySet, "succeed", succeed)
    return seen


# --- many relays ------------------------------------------------------------------------------------------------------


def test_at_most_four_are_under_way_and_one_while_nothing_is_accepted(webhook, write, work):
    write(*"abcdef")
    number_all()
    deliver(EventSubscription.objects.get(), Event())
    assert len(list(lanes())) == 4
    assert [claim(webhook, lane) for lane in range(5)] == [["a"], ["b"], ["c"], ["d"], []]

    WebhookDelivery.objects.update(lease_until=None)
    fail_since(webhook, minutes=1)
    assert [claim(webhook, lane, 16) for lane in range(2)] == [["a"], []]


def test_a_subject_has_one_message_under_way(webhook, write):
    write("a", "a")
    number_all()
    deliver(EventSubscription.objects.get(), Event())
    assert [claim(webhook, lane, 16) for lane in range(2)] == [["a"], []]


def test_a_lane_belongs_to_one_relay(webhook, write):
    write(*"abc")
    number_all()
    deliver(EventSubscription.objects.get(), Event())
    assert [claim(webhook, 1), claim(webhook, 1), claim(webhook, 0, 2)] == [["a"], [], ["b", "c"]]
    assert [lane.pk for lane in lanes()] == []


def test_the_quicker_a_receiver_is_the_more_is_settled_at_once(webhook, write, work, settled):
    """One, two, four: a receiver that is slow, or refuses, gets one after the other."""
    write(*"abcdefg")
    work()
    assert sorted(settled)[-1] > 1
    assert sum(settled) == 7


def test_a_relay_that_ends_between_sending_and_settling_repeats_the_message(
    webhook, receiver, write, work
):
    write("one")
    number_all()
    deliver(EventSubscription.objects.get(), Event())
    (lost,) = WebhookDelivery.objects.claim(webhook.pk, 0)
    work()
    assert receiver.received == []  # its lease still runs

    WebhookDelivery.objects.update(lease_until=Now())
    work()
    assert (one().status, len(receiver.received)) == ("DELIVERED", 1)
    with pytest.raises(LostClaim):
        lost.fail("timed_out")
    assert one().status == "DELIVERED"


def test_a_relay_that_lost_its_claim_settles_nothing(webhook, write):
    write("one")
    number_all()
    deliver(EventSubscription.objects.get(), Event())
    (lost,) = WebhookDelivery.objects.claim(webhook.pk, 0)
    WebhookDelivery.objects.update(lease_until=Now())
    assert claim(webhook)
    with pytest.raises(LostClaim):
        lost.fail("timed_out")
    assert WebhookDelivery.objects.succeed([(lost, Answer(200, "ok", 0.1))]) == 0
    assert (one().status, one().attempts) == ("WAITING", 0)


def test_nothing_is_claimed_for_a_consumer_that_gets_no_messages(webhook, fleet, write):
    write("one")
    number_all()
    deliver(EventSubscription.objects.get(), Event())
    webhook.suspend("NO_SUCCESS")
    assert claim(webhook) == []


def test_a_full_consumer_takes_nothing_over_until_there_is_room(
    webhook, receiver, write, work, monkeypatch
):
    monkeypatch.setattr("accounts.channels.webhook.MOST_WAITING", 2)
    receiver.answer(500)
    write(*"abc")
    work()
    assert WebhookDelivery.objects.count() == 2
    receiver.answer()
    come_due()
    work()
    EventSubscription.objects.update(due_at=Now())
    work()
    assert WebhookDelivery.objects.filter(status="DELIVERED").count() == 3


# --- what is missing, and what goes -----------------------------------------------------------------------------------


def grow_old(**which) -> None:
    OutboxMessage.objects.filter(**which).update(occurred_at=timezone.now() - timedelta(days=8))
    too_old().delete()


def test_a_late_reader_gets_a_gap_first(webhook, receiver, write, work):
    write("one", "two", "three")
    number_all()
    grow_old(sequence__lte=2)
    work()
    work()
    gap, message = (json.loads(received.body) for received in receiver.received)
    assert (gap["type"], gap["sequence"]) == ("Gap", 2)
    assert gap["data"] == {"topic": TOPIC, "from_sequence": 1, "to_sequence": 2}
    assert message["subject"] == "three"
    received = receiver.received[0]
    assert received.headers["webhook-id"] == gap["id"]


def test_a_message_that_grew_too_old_while_it_waited_arrives_as_a_gap(
    webhook, receiver, write, work
):
    receiver.answer(500)
    write("one")
    work()
    grow_old()
    receiver.answer()
    come_due()
    work()
    gap = json.loads(receiver.received[1].body)
    assert (gap["type"], gap["id"]) == ("Gap", one().message_id)
    assert gap["data"] == {"topic": TOPIC, "from_sequence": 1, "to_sequence": 1}


def test_the_log_keeps_what_was_set_aside_for_30_days_and_of_the_others_the_last_100(
    webhook, monkeypatch
):
    monkeypatch.setattr("accounts.models.webhook_delivery_queryset.KEPT_DELIVERED", 2)
    now = timezone.now()

    def add(sequence: int, status: str, **ago: float) -> None:
        WebhookDelivery.objects.create(
            consumer=webhook,
            message_id=f"01HZZZZZZZZZZZZZZZZZZZZZ{sequence:02}",
            sequence=sequence,
            topic=TOPIC,
            type=TOPIC,
            status=status,
            settled_at=now - timedelta(**ago) if ago else None,
        )

    add(1, "DELIVERED", hours=3)
    add(2, "DELIVERED", hours=2)
    add(3, "DELIVERED", hours=1)
    add(4, "SET_ASIDE", days=31)
    add(5, "SET_ASIDE", days=29)
    add(6, "WAITING")
    over = WebhookDelivery.objects.over(now - timedelta(days=30)).order_by("pk")
    assert list(over.values_list("sequence", flat=True)) == [1, 4]


def test_figures_and_log_of_a_webhook(webhook, receiver, write, work):
    write("one")
    work()
    receiver.answer(500)
    write("two", "two")
    work()
    figures = WebhookDelivery.objects.figures(webhook)
    webhook.refresh_from_db()
    figures = WebhookDelivery.objects.figures(webhook)
    assert (figures.waiting, figures.retried, figures.delivered, figures.set_aside) == (2, 1, 1, 0)
    assert figures.last_delivered_at
    assert [row.subject for row in webhook.deliveries.log()] == ["two", "one"]


def test_a_removed_webhook_leaves_nothing_behind(webhook, fleet_admin, receiver, write, work):
    receiver.answer(500)
    write("one")
    work()
    webhook.remove(by=fleet_admin)
    assert not WebhookDelivery.objects.exists()


def test_a_new_url_is_tried_at_once_and_a_topic_that_is_left_out_is_forgotten(
    webhook, fleet_admin, receiver, write, work
):
    receiver.answer(500)
    write("one")
    work()
    webhook.edit(by=fleet_admin, name="Sync", topics=[TOPIC], url=f"{receiver.url}/2")
    receiver.answer()
    work()
    assert receiver.received[-1].path == "/hook/2"
    assert one().status == "DELIVERED"

    receiver.answer(500)
    write("two")
    work()
    webhook.edit(by=fleet_admin, name="Sync", topics=["JobChanged"], url=f"{receiver.url}/2")
    assert not WebhookDelivery.objects.waiting().exists()


def test_what_is_kept_is_delivered_again_also_what_has_arrived(
    webhook, write, work, receiver, fleet_admin
):
    write("V0001", "V0002")
    work()
    webhook.replay(by=fleet_admin)
    work()
    ids = [call.headers["webhook-id"] for call in receiver.received]
    assert (len(ids), len(set(ids))) == (4, 2)


def test_only_what_happened_since_a_time_is_delivered_again(
    webhook, write, work, receiver, fleet_admin
):
    write("V0001", "V0002")
    work()
    OutboxMessage.objects.filter(subject="V0001").update(
        occurred_at=timezone.now() - timedelta(days=1)
    )
    webhook.replay(by=fleet_admin, since=timezone.now() - timedelta(hours=1))
    work()
    assert len(receiver.received) == 3
