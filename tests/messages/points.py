"""The points at which a relay is killed, or loses RabbitMQ: before or after a call, on the way from row to reader."""

import itertools
import os
import socket
import sys
from collections.abc import Callable
from functools import wraps
from importlib import import_module
from typing import Any, NamedTuple

# The exit code of a process that was killed by SIGKILL, as a shell gives it.
KILLED = 137
BEFORE = "before"
AFTER = "after"
NUMBERING = "numbering"
WEBHOOK = "webhook"
AMQP = "AMQP"


class Point(NamedTuple):
    """`owner` is a module, or a class in one after a colon. A kill is at one of the first `most` times.

    At one that `cuts` the relay lives on, and its connection to RabbitMQ ends.
    """

    channel: str
    name: str
    owner: str
    call: str
    when: str
    most: int = 1
    cuts: bool = False

    def __str__(self) -> str:
        return f"{self.channel}: {self.name}"


NUMBERER = "core.outbox.numbering"
HOOK = "accounts.channels.webhook"
AMQP_CHANNEL = "accounts.channels.amqp"
DELIVERIES = "accounts.models.webhook_delivery_queryset:WebhookDeliveryQuerySet"
SUBSCRIPTION = "accounts.models.event_subscription:EventSubscription"
PUBLISHER = "accounts.channels.publishing:Publisher"
CHANNEL = "amqp.channel:Channel"

POINTS = [
    Point(NUMBERING, "before it", NUMBERER, "update_rows", BEFORE),
    Point(NUMBERING, "after it, before the commit", NUMBERER, "update_rows", AFTER),
    Point(NUMBERING, "after the commit", NUMBERER, "number", AFTER),
    Point(WEBHOOK, "before the cursor is moved", SUBSCRIPTION, "advance", BEFORE),
    Point(WEBHOOK, "after it is moved, before the commit", SUBSCRIPTION, "advance", AFTER),
    Point(WEBHOOK, "after the commit", HOOK, "_take_over_batch", AFTER),
    Point(WEBHOOK, "before sending", HOOK, "post", BEFORE, 8),
    Point(
        WEBHOOK, "after sending, before the answer", "core.outbound.connection:Stream", "read",
        BEFORE, 8,
    ),
    Point(WEBHOOK, "after the answer", HOOK, "post", AFTER, 8),
    Point(WEBHOOK, "before deliveries are committed", DELIVERIES, "_keep_answers", AFTER, 2),
    Point(WEBHOOK, "after deliveries are committed", DELIVERIES, "succeed", AFTER, 2),
    Point(AMQP, "before publishing", PUBLISHER, "publish", BEFORE),
    Point(AMQP, "within a batch", CHANNEL, "basic_publish", AFTER, 8),
    Point(AMQP, "after publishing, before the confirmation", PUBLISHER, "wait", BEFORE),
    Point(AMQP, "after the confirmation", PUBLISHER, "publish", AFTER),
    Point(AMQP, "before the cursor is moved", SUBSCRIPTION, "advance", BEFORE),
    Point(AMQP, "after it is moved, before the commit", SUBSCRIPTION, "advance", AFTER),
    Point(AMQP, "after the commit", AMQP_CHANNEL, "_publish_batch", AFTER),
    Point(AMQP, "cut before publishing", PUBLISHER, "publish", BEFORE, 1, True),
    Point(AMQP, "cut within a batch", CHANNEL, "basic_publish", AFTER, 8, True),
    Point(AMQP, "cut before the confirmation", PUBLISHER, "wait", BEFORE, 1, True),
    Point(AMQP, "cut after the confirmation", PUBLISHER, "publish", AFTER, 1, True),
]  # fmt: skip
ANYWHERE = "SIGKILL at any moment"


def owner_of(point: Point) -> Any:
    module, _colon, name = point.owner.partition(":")
    found = import_module(module)
    return getattr(found, name) if name else found


def die(_of: Any) -> None:
    os._exit(KILLED)


def cut(of: Any) -> None:
    """End the connection of a publisher, or of a channel, and write down that it was this process."""
    channel = getattr(of, "_channel", of)
    channel.connection.transport.sock.shutdown(socket.SHUT_RDWR)
    os.write(sys.stdout.fileno(), f"cut {os.getpid()}\n".encode())


def arm(point: Point, nth: int, kill: Callable[[Any], None] | None = None) -> None:
    """End this process, or its connection, at the nth time that the point is reached."""
    kill = kill or (cut if point.cuts else die)
    owner = owner_of(point)
    original = getattr(owner, point.call)
    times = itertools.count(1)

    @wraps(original)
    def call(*args: Any, **kwargs: Any) -> Any:
        is_it = _concerns(point, args)
        if is_it and point.when == BEFORE and next(times) == nth:
            kill(args[0])
        result = original(*args, **kwargs)
        # Without anything to do it is not the point.
        did = result is None or bool(result)
        if is_it and did and point.when == AFTER and next(times) == nth:
            kill(args[0])
        return result

    setattr(owner, point.call, call)


def _concerns(point: Point, args: tuple[Any, ...]) -> bool:
    """A cursor belongs to a consumer of some kind; the other calls are of one channel."""
    return point.owner != SUBSCRIPTION or args[0].consumer.kind == point.channel.upper()
