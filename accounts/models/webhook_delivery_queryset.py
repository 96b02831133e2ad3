"""Deliveries to webhooks: which of them are due, who may see them, and what a consumer's page says of them."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any, NamedTuple, Self

from django.db import models, transaction
from django.db.models import Count, Exists, F, Max, OuterRef, Q, Window
from django.db.models.functions import Now, RowNumber

from accounts.models.event_consumer import EventConsumer
from accounts.models.event_subscription import EventSubscription
from core.many_rows import update_rows
from core.models import OutboxMessage
from core.outbox.gap import GAP
from core.outbox.message import TEST

if TYPE_CHECKING:
    from accounts.models.authority import Actor
    from accounts.models.webhook_delivery import WebhookDelivery
    from core.outbound import Answer

WAITING = "WAITING"
DELIVERED = "DELIVERED"
SET_ASIDE = "SET_ASIDE"
# A call takes at most 10 s. A relay that is silent for longer is followed by another.
LEASE = timedelta(seconds=60)
MOST_KEPT = 2048  # of the text of an answer
# So many calls of a consumer at once; while it accepts nothing, one.
AT_ONCE = 4
AT_ONCE_FAILING = 1
# So many of the delivered are kept for each consumer.
KEPT_DELIVERED = 100


class Figures(NamedTuple):
    waiting: int
    # Of those that wait, how many were tried in vain.
    retried: int
    delivered: int
    set_aside: int
    last_delivered_at: datetime | None


class WebhookDeliveryQuerySet(models.QuerySet["WebhookDelivery"]):
    def visible_to(self, principal: Any) -> Self:
        """Those of the consumers that a person administers."""
        return self.filter(consumer__in=EventConsumer.objects.visible_to(principal).values("pk"))

    def waiting(self) -> Self:
        return self.filter(status=WAITING)

    def set_aside(self) -> Self:
        return self.filter(status=SET_ASIDE)

    def log(self) -> Self:
        """What was tried, the last try first: what waits for the next one, was set aside, or arrived of late."""
        return self.exclude(tried_at=None).order_by("-tried_at", "-pk")

    def figures(self, consumer: EventConsumer) -> Figures:
        """Of one consumer, in one statement."""
        counted = self.filter(consumer=consumer).aggregate(
            waiting=Count("pk", filter=Q(status=WAITING)),
            retried=Count("pk", filter=Q(status=WAITING, attempts__gt=0)),
            set_aside=Count("pk", filter=Q(status=SET_ASIDE)),
            last=Max("settled_at", filter=Q(status=DELIVERED)),
        )
        return Figures(
            counted["waiting"],
            counted["retried"],
            consumer.delivered,
            counted["set_aside"],
            counted["last"],
        )

    def tests(self) -> Self:
        """Of the messages that an admin sends to see whether they arrive, newest first."""
        return self.filter(type=TEST).order_by("-pk")

    def repeated(self) -> Self:
        """The settled ones whose messages lie behind their cursor again. While they are there, nothing is repeated."""
        behind = EventSubscription.objects.filter(
            consumer=OuterRef("consumer"), topic=OuterRef("topic"), cursor__lt=OuterRef("sequence")
        )
        return self.exclude(status=WAITING).filter(Exists(behind))

    # --- the next of a consumer -----------------------------------------------------------------------------------
    def under_way(self) -> Self:
        return self.waiting().filter(lease_until__gt=Now())

    def due(self) -> Self:
        """Those to be sent now. While one of a subject is under way or waits for its next try, the later ones wait.

        A gap goes before everything behind it, but holds nothing back once it was tried.
        """
        others = self.model._base_manager.filter(
            status=WAITING, consumer=OuterRef("consumer"), topic=OuterRef("topic")
        ).exclude(pk=OuterRef("pk"))
        of_subject = others.filter(subject=OuterRef("subject"))
        before = of_subject.filter(Q(sequence__lt=OuterRef("sequence")) | Q(lease_until__gt=Now()))
        gap = others.filter(type=GAP, attempts=0, sequence__lt=OuterRef("sequence"))
        free = Q(lease_until=None) | Q(lease_until__lte=Now())
        rows = self.waiting().filter(free, due_at__lte=Now())
        return rows.filter(~Exists(before), ~Exists(gap)).order_by("due_at", "sequence")

    @transaction.atomic(savepoint=False)
    def claim(self, consumer_id: str, lane: int, most: int = 1) -> list["WebhookDelivery"]:
        """Take the lease of the next that are due, of different subjects, for calls one after the other.

        Empty where another relay has the lane, or enough of them are under way. The consumer's lock makes it exact:
        who does not get it at once leaves the work to others.
        """
        consumers = EventConsumer.objects.delivering().filter(pk=consumer_id)
        locked = consumers.select_for_update(of=("self",), no_key=True, skip_locked=True)
        consumer = locked.first()
        if consumer is None:
            return []
        mine = self.filter(consumer=consumer)
        taken = set(mine.under_way().values_list("lane", flat=True))
        if lane in taken or len(taken) >= at_once(consumer):
            return []
        claimed: list[WebhookDelivery] = list(mine.due()[: 1 if consumer.failing_since else most])
        rows = self.filter(pk__in=[delivery.pk for delivery in claimed])
        rows.update(fence=F("fence") + 1, lane=lane, lease_until=Now() + LEASE)
        bodies = _bodies_of(claimed)
        for delivery in claimed:
            delivery.fence += 1
            delivery.consumer = consumer
            delivery.read_body = bodies.get(delivery.outbox_id)
        return claimed

    # --- many -----------------------------------------------------------------------------------------------------
    @transaction.atomic(savepoint=False)
    def succeed(self, accepted: "Sequence[tuple[WebhookDelivery, Answer]]") -> int:
        """Settle what one consumer has accepted; how many. Others have another relay now. Raises LostClaim."""
        if not accepted:
            return 0
        consumer = accepted[0][0].lock_consumer()
        mine = Q()
        for delivery, _answer in accepted:
            mine |= Q(pk=delivery.pk, fence=delivery.fence)
        moved = self.model._move_all(
            "succeed",
            self.filter(mine),
            by=None,
            attempts=F("attempts") + 1,
            lease_until=None,
            tried_at=Now(),
            settled_at=Now(),
            error="",
        )
        settled = {pk for pk, _version in moved}
        self._keep_answers([one for one in accepted if one[0].pk in settled])
        EventConsumer.objects.filter(pk=consumer.pk).update(
            delivered=F("delivered") + len(settled), last_delivered_at=Now(), failing_since=None
        )
        return len(settled)

    def _keep_answers(self, accepted: "Sequence[tuple[WebhookDelivery, Answer]]") -> None:
        rows = [
            (delivery.pk, answer.status, answer.text[:MOST_KEPT], answer.seconds)
            for delivery, answer in accepted
        ]
        update_rows(self.model, ["id", "answer_status", "answer_text", "seconds"], rows)

    def try_now(self) -> None:
        """What waits and is not under way begins with its first try."""
        free = Q(lease_until=None) | Q(lease_until__lte=Now())
        self.waiting().filter(free).update(attempts=0, due_at=Now())

    @transaction.atomic
    def send_all_again(self, consumer: EventConsumer, *, since: datetime, by: "Actor") -> int:
        """Begin anew with what was set aside since a time and is still kept; how many. Raises NotAllowed."""
        consumer.lock(by)
        there = Q(outbox_id=None) | Q(
            Exists(OutboxMessage.objects.filter(pk=OuterRef("outbox_id")))
        )
        rows = self.set_aside().filter(there, consumer=consumer, created_at__gte=since)
        moved = self.model._move_all(
            "send_again", rows, by=by, attempts=0, due_at=Now(), settled_at=None
        )
        return len(moved)

    def forget_answers(self, before: datetime) -> None:
        """Blank what receivers answered before a time, also of deliveries that are kept."""
        self.filter(tried_at__lt=before).exclude(answer_text="").update(answer_text="")

    def over(self, before: datetime) -> Self:
        """Those that are no longer kept: set aside before a time, or delivered before the last hundred."""
        rank = Window(
            RowNumber(),
            partition_by=F("consumer"),
            order_by=[F("settled_at").desc(), F("pk").desc()],
        )
        delivered = self.filter(status=DELIVERED).annotate(rank=rank)
        surplus = delivered.filter(rank__gt=KEPT_DELIVERED).values("pk")
        return self.filter(Q(status=SET_ASIDE, settled_at__lt=before) | Q(pk__in=surplus))


def _bodies_of(deliveries: "Sequence[WebhookDelivery]") -> dict[int | None, str]:
    """Of those whose message is still kept."""
    keys = [delivery.outbox_id for delivery in deliveries if delivery.outbox_id]
    return dict(OutboxMessage.objects.filter(pk__in=keys).values_list("pk", "body"))


def at_once(consumer: EventConsumer) -> int:
    return AT_ONCE_FAILING if consumer.failing_since else AT_ONCE
