"""One message that is being sent to a webhook: tried up to 8 times over 27 hours, then delivered or set aside."""

import random
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any, ClassVar

from django.db import models, transaction
from django.db.models import F, Q
from django.db.models.functions import Now
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models.consumer_choices import SuspendedBecause
from accounts.models.event_consumer import EventConsumer
from accounts.models.webhook_delivery_queryset import MOST_KEPT, WebhookDeliveryQuerySet
from accounts.models.webhook_problems import problem_of
from core.errors import MoveRefused
from core.models import OutboxMessage
from core.moves import Move, StatusModel
from core.outbox.gap import body_of_lost
from core.outbox.subscription import LostClaim
from core.ulid import ULIDField

if TYPE_CHECKING:
    from accounts.models.authority import Actor
    from core.outbound import Answer

# How long after each failed try the next one follows. After the last of them it is set aside.
PAUSES = [
    timedelta(seconds=5),
    timedelta(minutes=5),
    timedelta(minutes=30),
    timedelta(hours=2),
    timedelta(hours=5),
    timedelta(hours=10),
    timedelta(hours=10),
]
TRIES = len(PAUSES) + 1
# Up to so much is added to a pause, by chance: what failed together comes back one after the other.
JITTER = 0.1
# A consumer that has accepted nothing for so long is suspended.
PATIENCE = timedelta(hours=27)
GONE = 410


class WebhookDelivery(StatusModel):
    """A message for a consumer that is called by its URL. Its body is the outbox's, while that is kept."""

    class Status(models.TextChoices):
        WAITING = "WAITING", _("Waiting")
        DELIVERED = "DELIVERED", _("Delivered")
        SET_ASIDE = "SET_ASIDE", _("Set aside")

    MOVES: ClassVar[Mapping[str, Move]] = {
        "succeed": Move((Status.WAITING,), Status.DELIVERED),
        "fail": Move((Status.WAITING,)),
        "set_aside": Move((Status.WAITING,), Status.SET_ASIDE),
        "send_again": Move((Status.SET_ASIDE,), Status.WAITING),
    }

    id = models.BigAutoField(primary_key=True)
    consumer = models.ForeignKey(
        "accounts.EventConsumer",
        models.CASCADE,
        related_name="deliveries",
        db_index=False,
        verbose_name=_("event consumer"),
    )
    # Of the row in the outbox, which is kept for a shorter time; None for a gap, which has no row there.
    outbox_id = models.BigIntegerField(null=True, blank=True, editable=False)
    message_id = ULIDField(_("message ID"))
    sequence = models.PositiveBigIntegerField(_("sequence"))
    topic = models.CharField(_("topic"), max_length=32)
    type = models.CharField(_("type"), max_length=32)
    subject = models.CharField(_("subject"), max_length=26, blank=True)
    own_body = models.TextField(blank=True, default="", editable=False)

    attempts = models.PositiveSmallIntegerField(_("tries"), default=0)
    due_at = models.DateTimeField(_("due"), db_default=Now())
    tried_at = models.DateTimeField(_("last try"), null=True, blank=True)
    settled_at = models.DateTimeField(_("settled"), null=True, blank=True)
    # Of the last try.
    answer_status = models.PositiveSmallIntegerField(_("answer"), null=True, blank=True)
    answer_text = models.TextField(_("text of the answer"), blank=True, default="")
    seconds = models.FloatField(_("seconds"), null=True, blank=True)
    error = models.CharField(_("error"), max_length=24, blank=True, default="")

    # The claim of a relay. Every write under it has `WHERE fence = mine`.
    fence = models.PositiveIntegerField(default=0, editable=False)
    # Which of the calls that a consumer may get at once it belongs to, while it is claimed.
    lane = models.PositiveSmallIntegerField(null=True, editable=False)
    lease_until = models.DateTimeField(null=True, blank=True, editable=False)
    created_at = models.DateTimeField(_("created"), db_default=Now())

    # Set by a claim: the body, where the message is kept.
    read_body: str | None = None

    objects: ClassVar[Any] = WebhookDeliveryQuerySet.as_manager()

    class Meta:
        verbose_name = _("delivery to a webhook")
        verbose_name_plural = _("deliveries to webhooks")
        ordering = ["-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["consumer", "message_id"], name="one_delivery_a_message"
            ),
        ]
        indexes = [
            models.Index(
                fields=["consumer", "topic", "subject", "sequence"],
                condition=Q(status="WAITING"),
                name="delivery_waiting",
            ),
            models.Index(fields=["due_at"], condition=Q(status="WAITING"), name="delivery_due"),
            models.Index(fields=["consumer", "status", "settled_at"], name="delivery_settled"),
            models.Index(
                fields=["consumer", "tried_at", "id"],
                condition=Q(tried_at__isnull=False),
                name="delivery_log",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.type} · {self.subject}"

    # --- moves of a relay, under its claim ------------------------------------------------------------------------
    @transaction.atomic
    def fail(self, error: str, answer: "Answer | None" = None) -> None:
        """Try again later, or set aside after the last try. A consumer that is suspended keeps it. Raises LostClaim."""
        consumer = self.lock_consumer()
        since = consumer.failing_since or timezone.now()
        EventConsumer.objects.filter(pk=consumer.pk).update(failing_since=since)
        because = _why_to_suspend(since, answer)
        if because and consumer.can("suspend"):
            self._settle("fail", answer, error=error)
            consumer.suspend(because)
        elif self.attempts + 1 >= TRIES:
            self._settle("set_aside", answer, error=error, settled_at=Now())
        else:
            pause = PAUSES[self.attempts] * (1 + JITTER * random.random())  # noqa: S311 - no secret
            self._settle("fail", answer, error=error, due_at=Now() + pause)

    def release(self) -> None:
        """Give the claim back before anything was sent."""
        mine = WebhookDelivery.objects.filter(pk=self.pk, fence=self.fence)
        mine.update(lease_until=None)

    # --- a move of the fleet's admins -----------------------------------------------------------------------------
    @transaction.atomic
    def send_again(self, *, by: "Actor") -> None:
        """Begin anew with what was set aside. Raises NotAllowed, MoveRefused `wrong_status`, `message_not_kept`."""
        self.consumer.lock(by)
        if not self.body:
            raise MoveRefused("message_not_kept")
        self._move("send_again", by=by, attempts=0, due_at=Now(), settled_at=None)

    # --- reading --------------------------------------------------------------------------------------------------
    @property
    def body(self) -> str:
        """The message as it is delivered; blank where it is no longer kept."""
        if self.outbox_id is None:
            return self.own_body
        if self.read_body is not None:
            return self.read_body
        row = OutboxMessage.objects.filter(pk=self.outbox_id).values_list("body", flat=True)
        return row.first() or ""

    @property
    def sent_body(self) -> str:
        """The message, or a gap in place of one whose time was over before it could be delivered."""
        return self.body or body_of_lost(
            str(self.message_id),
            self.created_at,
            self.consumer.fleet_id,
            self.topic,
            self.sequence,
        )

    @property
    def status_in_words(self) -> str:
        return str(self.Status(self.status).label)

    @property
    def next_try_at(self) -> datetime | None:
        return self.due_at if self.status == self.Status.WAITING else None

    @property
    def may_be_sent_again(self) -> bool:
        return self.can("send_again")

    @property
    def problem(self) -> str:
        """What went wrong at the last try, for people; blank after a success."""
        return str(problem_of(self.error, self.answer_status))

    # --- parts of them --------------------------------------------------------------------------------------------
    def lock_consumer(self) -> EventConsumer:
        """Before the delivery, as every claim does. Raises LostClaim where it is removed."""
        rows = EventConsumer.objects.select_related("fleet__provider")
        held = rows.select_for_update(of=("self",), no_key=True).filter(pk=self.consumer_id).first()
        if held is None:
            raise LostClaim
        return held

    def _settle(self, verb: str, answer: "Answer | None", **changes: Any) -> None:
        """The move, and what the receiver answered. Raises LostClaim where another relay has it now."""
        changes |= {
            "attempts": F("attempts") + 1,
            "lease_until": None,
            "tried_at": Now(),
            "answer_status": answer.status if answer else None,
            "answer_text": answer.text[:MOST_KEPT] if answer else "",
            "seconds": answer.seconds if answer else None,
        }
        mine = self.fence
        try:
            self._move(verb, by=None, where={"fence": mine}, **changes)
        except (MoveRefused, WebhookDelivery.DoesNotExist):
            self.fence = mine  # the refusal has read the row anew
            raise LostClaim from None


def _why_to_suspend(since: datetime, answer: "Answer | None") -> str:
    if answer and answer.status == GONE:
        return SuspendedBecause.GONE
    if timezone.now() - since >= PATIENCE:
        return SuspendedBecause.NO_SUCCESS
    return ""
