"""Messages as JSON. Each floor registers how the data of its topics is made; the envelope is the same for all."""

import logging
from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import Any

from core.outbox.message import OutboxMessage, as_json
from core.values.times import in_utc

log = logging.getLogger(__name__)

VERSION = 1
END = "}"  # of a body, behind its data
# What readers call a stream; the floor that has them gives it its name.
stream_member = "stream"

# Of messages of one stream and one topic, the data by primary key. What is not in it is gone.
Render = Callable[[str, Sequence[OutboxMessage]], Mapping[int, Any]]
RENDERERS: dict[str, Render] = {}


def renders(topic: str) -> Callable[[Render], Render]:
    def register(render: Render) -> Render:
        RENDERERS[topic] = render
        return render

    return register


def beginnings_of(messages: Sequence[OutboxMessage], places: Sequence[int]) -> list[str]:
    """The bodies of waiting messages of one stream, up to the `content` of their rows and the END."""
    by_topic: dict[str, list[OutboxMessage]] = defaultdict(list)
    for message in messages:
        if not message.content and not message.recipient:
            by_topic[message.topic].append(message)
    data: dict[int, Any] = {}
    for topic, some in by_topic.items():
        data |= _data_of(topic, some)
    return [
        _beginning_of(message, place)
        + ("" if message.content else _known(as_json(data.get(message.pk))))
        for message, place in zip(messages, places, strict=True)
    ]


def _data_of(topic: str, messages: Sequence[OutboxMessage]) -> Mapping[int, Any]:
    """A renderer that fails costs the data of its messages, never the order of the stream."""
    try:
        return RENDERERS[topic](messages[0].stream, messages)
    except Exception:
        log.exception("the data of %d messages of %s was not rendered", len(messages), topic)
        return {}


def body_of(message: OutboxMessage, sequence: int, data: str) -> str:
    """`data` is JSON already; blank for null."""
    return _beginning_of(message, sequence) + _known(data) + END


def _beginning_of(message: OutboxMessage, sequence: int) -> str:
    return _beginning(
        message.message_id,
        message.type,
        message.occurred_at,
        sequence,
        stream=message.stream,
        subject=message.subject,
        flow_id=message.flow_id or None,
    )


def enveloped(
    message_id: str,
    type_: str,
    occurred_at: datetime,
    sequence: int,
    *,
    stream: str,
    data: str,
) -> str:
    """The whole of a message that has no row, as JSON. `data` is JSON already; blank for null."""
    return _beginning(message_id, type_, occurred_at, sequence, stream=stream) + _known(data) + END


def _beginning(
    message_id: str,
    type_: str,
    occurred_at: datetime,
    sequence: int,
    *,
    stream: str,
    subject: str | None = None,
    flow_id: str | None = None,
) -> str:
    envelope = {
        "id": message_id,
        "type": type_,
        "version": VERSION,
        "occurred_at": in_utc(occurred_at),
        "sequence": sequence,
        stream_member: stream,
        "subject": subject,
        "flow_id": flow_id,
    }
    return f'{as_json(envelope)[:-1]},"data":'


def _known(data: str) -> str:
    return data or "null"
