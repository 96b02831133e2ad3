"""The message that a late reader gets instead of those that are no longer kept."""

from datetime import datetime
from hashlib import sha256
from typing import TYPE_CHECKING

from django.utils import timezone
from ulid import ULID

from core.outbox.message import Rendered, as_json
from core.outbox.rendering import enveloped

if TYPE_CHECKING:
    from core.outbox.subscription import Subscription

GAP = "Gap"


def gap_of(subscription: "Subscription") -> Rendered | None:
    """The gap between the cursor and what is kept; None while nothing is missing.

    The same gap has the same id, so that a repeat can be recognised.
    """
    to = subscription.gap()
    if to is None:
        return None
    name = _name(subscription, to)
    now = timezone.now()
    body = _body(name, now, subscription.stream, subscription.topic, subscription.cursor + 1, to)
    return Rendered(name, to, body, now, GAP)


def _name(subscription: "Subscription", to: int) -> str:
    parts = (subscription.stream, subscription.topic, subscription.pk, subscription.cursor, to)
    digest = sha256(" ".join(map(str, parts)).encode()).digest()
    return str(ULID.from_bytes(digest[:16]))


def body_of_lost(name: str, at: datetime, stream: str, topic: str, sequence: int) -> str:
    """In place of one message whose time was over before it could be delivered, under its own id."""
    return _body(name, at, stream, topic, sequence, sequence)


def _body(name: str, at: datetime, stream: str, topic: str, first: int, last: int) -> str:
    data = {"topic": topic, "from_sequence": first, "to_sequence": last}
    return enveloped(name, GAP, at, last, stream=stream, data=as_json(data))
