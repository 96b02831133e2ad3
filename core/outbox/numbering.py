"""The numberer: committed messages get the next places of their stream, in the order of their keys, and their bytes.

A transaction that took its key early and commits late is numbered after those that did not wait for it. So everyone
reads it; a reader that goes by keys would have passed it.
"""

import json
from collections.abc import Callable
from typing import Any

from django.db import models, transaction

from core.many_rows import update_rows
from core.outbox.message import OutboxMessage, OutboxStream, as_json
from core.outbox.rendering import END, beginnings_of, body_of

AT_ONCE = 1000
NUMBERED = ("id", "sequence", "body", "content")


def number_all() -> int:
    """Number what waits in every stream, a batch of each; how many were numbered."""
    streams = (
        OutboxMessage.objects.filter(sequence=None).order_by().values_list("stream", flat=True)
    )
    return sum(number(stream) for stream in streams.distinct())


@transaction.atomic
def number(stream: str) -> int:
    """Number a batch of what waits in a stream; how many were numbered. Does nothing beside another numberer of it."""
    row = _lock(stream)
    if row is None:
        return 0
    messages = list(OutboxMessage.objects.waiting().filter(stream=stream)[:AT_ONCE])
    if not messages:
        return 0
    places = range(row.last + 1, row.last + 1 + len(messages))
    beginnings = beginnings_of(messages, places)
    rows = [
        (message.pk, place, beginning, "")
        for message, place, beginning in zip(messages, places, beginnings, strict=True)
    ]
    update_rows(OutboxMessage, NUMBERED, rows, values={"body": _whole_body})
    row.last += len(messages)
    row.save(update_fields=["last"])
    return len(messages)


def _whole_body(beginning: str, row: str) -> str:
    """The data of most messages is in the row already, and most of the body. It does not travel there again."""
    return f"{beginning} || {row}.content || '{END}'"


@transaction.atomic
def amend(messages: models.QuerySet[OutboxMessage], change: Callable[[Any], Any]) -> None:
    """Change the data of messages that are kept. Their ids and places stay."""
    streams = sorted(set(messages.order_by().values_list("stream", flat=True)))
    # A numberer could otherwise write a body of the content that it has read before.
    list(OutboxStream.objects.select_for_update(no_key=True).filter(pk__in=streams).order_by("pk"))
    rows = list(messages)
    for row in rows:
        _amend(row, change)
    OutboxMessage.objects.bulk_update(rows, ["content", "body"], batch_size=AT_ONCE)


def _amend(row: OutboxMessage, change: Callable[[Any], Any]) -> None:
    """A message without a place has its data in `content`, or none yet."""
    if row.sequence is not None:
        row.body = body_of(row, row.sequence, as_json(change(json.loads(row.body)["data"])))
    elif row.content:
        row.content = as_json(change(json.loads(row.content)))


def _lock(stream: str) -> OutboxStream | None:
    OutboxStream.objects.bulk_create([OutboxStream(name=stream)], ignore_conflicts=True)
    mine = OutboxStream.objects.select_for_update(skip_locked=True, no_key=True)
    return mine.filter(pk=stream).first()
