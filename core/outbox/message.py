"""Messages, written with what they report. A stream is whose they are; the floors above give each tenant one."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any, NamedTuple, Self

from django.core.serializers.json import DjangoJSONEncoder
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from core import context
from core.many_rows import insert_rows
from core.ulid import ULIDField, new_ulid

WRITTEN = (
    "message_id",
    "stream",
    "topic",
    "recipient",
    "flow_id",
    "body",
    "subject",
    "reasons",
    "content",
)

_JSON = DjangoJSONEncoder(ensure_ascii=False, separators=(",", ":"))

# A message that the owner of a reader sends to see whether it arrives.
TEST = "TestMessage"


class Entry(NamedTuple):
    """What a message reports: its subject, the reasons, and the data that cannot be read from the subject later."""

    subject: str
    reasons: Sequence[str] = ()
    data: Any = None


class Rendered(NamedTuple):
    """A message with its place and its bytes, as a channel publishes it."""

    message_id: str
    sequence: int
    body: str
    occurred_at: datetime
    type: str
    flow_id: str = ""
    subject: str = ""


class OutboxMessageQuerySet(models.QuerySet["OutboxMessage"]):
    def write(
        self, stream: str, topic: str, entries: Iterable[Entry], *, recipient: str = ""
    ) -> None:
        """Append messages in the caller's transaction, in one statement. The rows of their subjects are locked."""
        about = (stream, topic, recipient, context.request_id(), "")
        rows = [
            (new_ulid(), *about, entry.subject, tuple(entry.reasons), as_json(entry.data))
            for entry in entries
        ]
        insert_rows(self.model, WRITTEN, rows)

    def waiting(self) -> Self:
        """Those that no numberer has seen, in the order in which their subjects were locked."""
        return self.filter(sequence=None).order_by("pk")

    def of(self, stream: str, topics: Iterable[str], *, recipients: Iterable[str] = ()) -> Self:
        """The numbered messages of these topics, with those for these recipients alone, in order."""
        return self.filter(
            stream=stream,
            topic__in=topics,
            sequence__isnull=False,
            recipient__in=("", *recipients),
        ).order_by("sequence")

    def rendered(self) -> list[Rendered]:
        """Numbered messages without instances, which would take as long as publishing them."""
        first = ("message_id", "sequence", "body", "occurred_at")
        columns = (*first, "topic", "recipient", "flow_id", "subject")
        return [
            Rendered(name, place or 0, body, at, TEST if recipient else topic, flow_id, subject)
            for name, place, body, at, topic, recipient, flow_id, subject in self.values_list(
                *columns
            )
        ]


def as_json(data: Any) -> str:
    """JSON as it is delivered; blank for no data."""
    if data is None:
        return ""
    return _JSON.encode(data)


class OutboxMessage(models.Model):
    """One message of a stream. Its key is taken while its subject is locked, so keys of one subject are in order."""

    id = models.BigAutoField(primary_key=True)
    message_id = ULIDField(_("message ID"), default=new_ulid, editable=False)
    stream = models.CharField(_("stream"), max_length=16)
    topic = models.CharField(_("topic"), max_length=32)
    # Blank, or the one reader that it is for.
    recipient = models.CharField(_("recipient"), max_length=26, blank=True, default="")
    subject = models.CharField(_("subject"), max_length=26)
    reasons = models.JSONField(_("reasons"), default=list)
    # The data as JSON, where it was known when the message was written. It moves into the body.
    content = models.TextField(_("content"), blank=True, default="")
    flow_id = models.CharField(_("flow ID"), max_length=64, blank=True)
    occurred_at = models.DateTimeField(_("occurred"), db_default=models.functions.Now())
    sequence = models.PositiveBigIntegerField(_("sequence"), null=True, blank=True)
    # The message as every channel delivers it: JSON, rendered once, when it is numbered.
    body = models.TextField(_("body"), blank=True, default="")

    objects = OutboxMessageQuerySet.as_manager()

    class Meta:
        verbose_name = _("message")
        verbose_name_plural = _("messages")
        ordering = ["-pk"]
        indexes = [
            models.Index(
                fields=["stream", "id"], condition=Q(sequence=None), name="message_waiting"
            ),
            models.Index(fields=["stream", "topic", "sequence"], name="message_of_topic"),
            models.Index(fields=["occurred_at"], name="message_by_age"),
            models.Index(fields=["flow_id"], condition=~Q(flow_id=""), name="message_by_flow"),
            models.Index(fields=["subject", "topic"], name="message_of_subject"),
        ]
        constraints = [
            models.UniqueConstraint(fields=["stream", "sequence"], name="one_message_a_place"),
        ]

    def __str__(self) -> str:
        return f"{self.topic} · {self.subject}"

    @property
    def type(self) -> str:
        return TEST if self.recipient else self.topic


class OutboxStream(models.Model):
    """How far a stream is numbered. Its lock makes the numberer one at a time, so the places have no gaps."""

    name = models.CharField(_("stream"), max_length=16, primary_key=True)
    last = models.PositiveBigIntegerField(_("last sequence"), default=0)

    class Meta:
        verbose_name = _("stream")
        verbose_name_plural = _("streams")

    def __str__(self) -> str:
        return self.name


class OutboxEdge(models.Model):
    """Up to which place the messages of a topic are no longer kept."""

    stream = models.CharField(_("stream"), max_length=16)
    topic = models.CharField(_("topic"), max_length=32)
    sequence = models.PositiveBigIntegerField(_("sequence"))

    class Meta:
        verbose_name = _("edge of the kept messages")
        verbose_name_plural = _("edges of the kept messages")
        constraints = [
            models.UniqueConstraint(fields=["stream", "topic"], name="one_edge_a_topic"),
        ]

    def __str__(self) -> str:
        return f"{self.topic} · {self.sequence}"
