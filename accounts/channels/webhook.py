"""Consumers that are called by their URL: messages become deliveries in order, and up to four are sent at once."""

import logging
import time
from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from threading import Event

from django.db import transaction
from django.db.models import Count

from accounts.channels import slack, standard_webhooks
from accounts.channels.call import Call
from accounts.models import EventConsumer, EventSubscription, WebhookDelivery
from accounts.models.consumer_choices import Kind
from accounts.models.event_subscription import CHANNELS
from accounts.models.webhook_delivery_queryset import AT_ONCE
from accounts.models.webhook_problems import ANSWER, INTERNAL, REDIRECT, SECRET
from core.models import OutboxMessage
from core.outbound import Answer, Refused, Unreachable, post
from core.outbox import relay
from core.outbox.gap import GAP, gap_of
from core.outbox.message import Rendered
from core.outbox.subscription import LostClaim
from core.postgresql.pool import release_connection
from core.values.encrypted import Unreadable

log = logging.getLogger(__name__)

# A consumer has at most about so many deliveries that wait. Further messages stay behind its cursors.
MOST_WAITING = 1000
# Seconds until a full consumer is checked again.
FULL = 5
# A lane gives its thread to others after so many seconds.
TURN = 30.0
# What a lane sends within so many seconds is settled together, but no more than this.
QUICK = 1.0
MOST_TOGETHER = 16

# A delivery and what the receiver answered.
Accepted = tuple[WebhookDelivery, Answer]

# Kind of a consumer → how a delivery is worded and signed.
CALLS: dict[str, Callable[[WebhookDelivery], Call]] = {
    Kind.WEBHOOK: standard_webhooks.call_for,
    Kind.SLACK: slack.call_for,
}


# --- from the outbox to deliveries ------------------------------------------------------------------------------------
def take_over(subscription: EventSubscription, stopping: Event) -> None:
    """Turn what lies behind the cursor into deliveries, and move the cursor, in one transaction a batch."""
    while not stopping.is_set():
        room = MOST_WAITING - subscription.consumer.deliveries.waiting().count()
        if room <= 0:
            subscription.pause(FULL)
            return
        if not _take_over_batch(subscription, room):
            return


@transaction.atomic
def _take_over_batch(subscription: EventSubscription, room: int) -> bool:
    gap = gap_of(subscription)
    if gap:
        subscription.advance(gap.sequence)
        WebhookDelivery.objects.bulk_create([_of_gap(subscription, gap)], ignore_conflicts=True)
        return True
    messages = subscription.next()[:room]
    if not messages:
        return False
    subscription.advance(messages[-1].sequence or 0)
    wanted = _wanted(subscription.consumer, messages)
    deliveries = [_of_message(subscription, message) for message in wanted]
    WebhookDelivery.objects.bulk_create(deliveries, ignore_conflicts=True)
    return True


def _wanted(consumer: EventConsumer, messages: Sequence[OutboxMessage]) -> list[OutboxMessage]:
    if consumer.kind == Kind.SLACK:
        return [message for message in messages if slack.is_wanted(consumer, message)]
    return list(messages)


def _of_message(subscription: EventSubscription, message: OutboxMessage) -> WebhookDelivery:
    return WebhookDelivery(
        consumer=subscription.consumer,
        outbox_id=message.pk,
        message_id=message.message_id,
        sequence=message.sequence or 0,
        topic=message.topic,
        type=message.type,
        subject=message.subject,
        status=WebhookDelivery.Status.WAITING,
    )


def _of_gap(subscription: EventSubscription, gap: Rendered) -> WebhookDelivery:
    return WebhookDelivery(
        consumer=subscription.consumer,
        message_id=gap.message_id,
        sequence=gap.sequence,
        topic=subscription.topic,
        type=GAP,
        own_body=gap.body,
        status=WebhookDelivery.Status.WAITING,
    )


# --- from deliveries to the receiver ----------------------------------------------------------------------------------
class Lane:
    """One of the calls that a consumer may get at once: it sends what is due, one after the other."""

    # Of a relay, for all consumers. They wait for receivers, and hold no connection to the database meanwhile.
    THREADS = 32

    def __init__(self, consumer_id: str, number: int) -> None:
        self.pk = f"{consumer_id}:{number}"
        self._consumer_id = consumer_id
        self._number = number
        self._claimed: list[WebhookDelivery] = []
        self._most = 1

    def claim(self) -> bool:
        self._claimed = WebhookDelivery.objects.claim(self._consumer_id, self._number, self._most)
        return bool(self._claimed)

    def deliver(self, stopping: Event) -> None:
        until = time.monotonic() + TURN
        while self._claimed and not stopping.is_set():
            accepted: list[Accepted] = []
            may_go_on = False
            try:
                self._send_claimed(accepted, stopping)
                may_go_on = time.monotonic() < until
            finally:
                self._settle(accepted, may_go_on=may_go_on)

    def _send_claimed(self, accepted: list[Accepted], stopping: Event) -> None:
        """Send one after the other for a moment. The quicker they are accepted, the more are claimed next."""
        until = time.monotonic() + QUICK
        while self._claimed and not stopping.is_set() and time.monotonic() < until:
            try:
                answer = send(self._claimed[0])
            except LostClaim:
                log.info("another relay has taken over a delivery")
                answer = None
            delivery = self._claimed.pop(0)
            if answer is None:
                break
            accepted.append((delivery, answer))
        is_quick = not self._claimed and time.monotonic() < until
        self._most = min(len(accepted) * 2, MOST_TOGETHER) if is_quick else max(len(accepted), 1)

    @transaction.atomic
    def _settle(self, accepted: list[Accepted], *, may_go_on: bool) -> None:
        """Settle what was accepted, and claim what comes next under the same lock."""
        lost = len(accepted) - WebhookDelivery.objects.succeed(accepted)
        if lost:
            log.info("another relay has taken over %d deliveries", lost)
        if may_go_on:
            self.release()
            self.claim()

    def release(self) -> None:
        for delivery in self._claimed:
            delivery.release()
        self._claimed = []

    def put_off(self, error: str) -> None:
        """An error of ours counts as a try, so that it ends."""
        if self._claimed:
            self._claimed.pop(0).fail(INTERNAL)
        self.release()


def lanes() -> Iterable[Lane]:
    """For every consumer with something due, those that no relay has, as many as there is work for."""
    consumers = EventConsumer.objects.delivering()
    due = WebhookDelivery.objects.due().filter(consumer__in=consumers.values("pk"))
    counted = due.order_by().values_list("consumer").annotate(Count("pk"))
    taken = defaultdict(set)
    for consumer_id, lane in WebhookDelivery.objects.under_way().values_list("consumer", "lane"):
        taken[consumer_id].add(lane)
    for consumer_id, count in counted:
        free = [number for number in range(AT_ONCE) if number not in taken[consumer_id]]
        for number in free[:count]:
            yield Lane(consumer_id, number)


def send(delivery: WebhookDelivery) -> Answer | None:
    """One try, with no transaction open; the answer of a receiver that accepts. Raises LostClaim."""
    try:
        call = CALLS[delivery.consumer.kind](delivery)
        release_connection()
        answer = post(delivery.consumer.url, call.body, call.headers)
    except Unreadable:
        delivery.fail(SECRET)
    except (Refused, Unreachable) as error:
        delivery.fail(error.code)
    else:
        if 200 <= answer.status < 300:
            return answer
        is_redirect = 300 <= answer.status < 400
        delivery.fail(REDIRECT if is_redirect else ANSWER, answer)
    return None


CHANNELS[Kind.WEBHOOK] = take_over
CHANNELS[Kind.SLACK] = take_over
relay.SOURCES.append(lanes)
