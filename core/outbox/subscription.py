"""A reader's place in a topic: claimed by one relay at a time, moved on only by who holds the claim."""

from datetime import datetime, timedelta
from typing import Any, ClassVar, Self

from django.db import models
from django.db.models import Case, Exists, F, OuterRef, Q, Subquery, When
from django.db.models.functions import Coalesce, Greatest, Least, Now
from django.utils.translation import gettext_lazy as _

from core.outbox.message import (
    OutboxEdge,
    OutboxMessage,
    OutboxMessageQuerySet,
    OutboxStream,
    Rendered,
)
from core.sql import update_returning

# A relay that dies is followed by another after this; one that works renews it with each batch.
LEASE = timedelta(seconds=45)
# After each failure in a row, how long until the next try; the last one for all others.
PAUSES = [timedelta(seconds=seconds) for seconds in (1, 5, 15, 60)]
BATCH = 500
FREE = Q(lease_until=None) | Q(lease_until__lt=Now())


class LostClaim(Exception):
    """Another relay has the subscription now; nothing was written."""


class SubscriptionQuerySet(models.QuerySet[Any]):
    def waiting(self) -> Self:
        """Those with a message behind their cursor that no relay has claimed, and whose time has come."""
        behind = OutboxMessage.objects.filter(
            Q(recipient="") | Q(recipient=OuterRef("recipient")),
            stream=OuterRef("stream"),
            topic=OuterRef("topic"),
            sequence__gt=OuterRef("cursor"),
        )
        return self.filter(FREE, Exists(behind), due_at__lte=Now()).order_by("due_at")

    def put_back(self, since: datetime | None) -> None:
        """Put each cursor before the first message kept since then, never forward. A relay that has it loses it.

        One that has failed is tried now; one that has not begun yet waits as long as before.
        """
        again = OutboxMessage.objects.filter(
            stream=OuterRef("stream"), topic=OuterRef("topic"), sequence__isnull=False
        )
        if since is not None:
            again = again.filter(occurred_at__gte=since)
        first = again.order_by("sequence").values("sequence")[:1]
        before = Coalesce(Subquery(first) - 1, F("cursor"))
        self.update(
            cursor=Least(F("cursor"), before),
            fence=F("fence") + 1,
            lease_until=None,
            due_at=Case(When(failures=0, then=Greatest("due_at", Now())), default=Now()),
            failures=0,
        )


class Subscription(models.Model):
    """A topic of a stream for one reader. What lies before the cursor was delivered, or set aside by the channel."""

    stream = models.CharField(_("stream"), max_length=16)
    topic = models.CharField(_("topic"), max_length=32)
    # Also gets the messages that are for this reader alone; blank for a reader's further subscriptions.
    recipient = models.CharField(_("recipient"), max_length=26, blank=True, default="")
    cursor = models.PositiveBigIntegerField(_("cursor"), default=0)
    # Every write of a relay has `WHERE fence = mine`: one that lost its claim moves nothing.
    fence = models.PositiveIntegerField(default=0, editable=False)
    lease_until = models.DateTimeField(null=True, blank=True, editable=False)
    due_at = models.DateTimeField(db_default=Now(), editable=False)
    failures = models.PositiveSmallIntegerField(_("failures in a row"), default=0, editable=False)
    error = models.TextField(_("error"), blank=True, default="", editable=False)

    objects: ClassVar[Any] = SubscriptionQuerySet.as_manager()

    class Meta:
        abstract = True

    # --- the claim ------------------------------------------------------------------------------------------------
    def claim(self) -> bool:
        """Take the lease, unless another relay has it. What is read of the row is as it is now."""
        mine = self._rows().filter(FREE, pk=self.pk)
        claimed = update_returning(
            mine, "fence", "cursor", "failures", fence=F("fence") + 1, lease_until=Now() + LEASE
        )
        if not claimed:
            return False
        self.fence, self.cursor, self.failures = claimed[0]
        return True

    def advance(self, to: int) -> None:
        """Everything up to this place is delivered. Renews the lease. Raises LostClaim."""
        self._write(cursor=to, lease_until=Now() + LEASE, failures=0, error="")
        self.cursor, self.failures = to, 0

    def renew(self) -> None:
        """Raises LostClaim."""
        self._write(lease_until=Now() + LEASE)

    def release(self) -> None:
        """Raises LostClaim."""
        self._write(lease_until=None)

    def pause(self, seconds: float) -> None:
        """Nothing more can be taken now: look at it again later. Raises LostClaim."""
        self._write(due_at=Now() + timedelta(seconds=seconds))

    def put_off(self, error: str) -> None:
        """Try again later, the later the more often it has failed. Raises LostClaim."""
        pause = PAUSES[min(self.failures, len(PAUSES) - 1)]
        self._write(
            lease_until=None, due_at=Now() + pause, failures=F("failures") + 1, error=error[:2000]
        )

    def _write(self, **values: Any) -> None:
        if not self._rows().filter(pk=self.pk, fence=self.fence).update(**values):
            raise LostClaim

    def _rows(self) -> models.QuerySet:
        return type(self)._default_manager.all()

    # --- what is to be read ---------------------------------------------------------------------------------------
    def next(self, most: int = BATCH) -> list[OutboxMessage]:
        """The next messages behind the cursor, in order."""
        return list(self._behind()[:most])

    def next_rendered(self, most: int = BATCH) -> list[Rendered]:
        return self._behind()[:most].rendered()

    def _behind(self) -> OutboxMessageQuerySet:
        mine = OutboxMessage.objects.of(self.stream, [self.topic], recipients=[self.recipient])
        return mine.filter(sequence__gt=self.cursor)

    def gap(self) -> int | None:
        """The last place that is no longer kept, where the cursor lies before it; None while nothing is missing."""
        edge = OutboxEdge.objects.filter(stream=self.stream, topic=self.topic).first()
        return edge.sequence if edge and edge.sequence > self.cursor else None

    def begin_now(self) -> None:
        """Put the cursor of a new subscription behind what is numbered already."""
        stream = OutboxStream.objects.filter(pk=self.stream).first()
        self.cursor = stream.last if stream else 0
