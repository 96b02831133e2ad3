"""Programs that read the messages of a fleet, each by its channel."""

import json
from collections.abc import Callable
from typing import Any

from pika.exceptions import ProbableAuthenticationError

from accounts.models import EventConsumer, User
from accounts.models.consumer_choices import Kind
from accounts.tasks import match_broker
from tests.accounts.channels.amqp.conftest import TOPIC, queue

REFUSED = "refused"


class Program:
    """A consumer of a fleet, and the program that reads for it."""

    kind: str

    def __init__(self, consumer: EventConsumer):
        self.consumer = consumer

    def news(self) -> list[dict] | str:
        """What it has got since it last looked; or that it is refused."""
        raise NotImplementedError


class FeedProgram(Program):
    kind = Kind.FEED

    def __init__(self, consumer: EventConsumer, machine: Callable[[], Any]):
        """`machine` gives one with a new token."""
        super().__init__(consumer)
        self._new_machine, self._machine = machine, machine()
        self._after = 0

    def news(self) -> list[dict] | str:
        self._machine = self._machine or self._new_machine()
        answer = self._machine.get("messages", {"after": self._after})
        if answer.status_code != 200:
            assert answer.status_code in (401, 403, 409)
            self._machine = None
            return REFUSED
        page = answer.json()
        self._after = page["next_after"]
        return page["results"]


class HookProgram(Program):
    kind = Kind.WEBHOOK

    def __init__(self, consumer: EventConsumer, receiver):
        super().__init__(consumer)
        self._received = receiver.received

    def news(self) -> list[dict] | str:
        found = [json.loads(one.body) for one in self._received]
        self._received.clear()
        return found


class QueueProgram(Program):
    kind = Kind.AMQP

    def __init__(self, consumer: EventConsumer, rabbit):
        super().__init__(consumer)
        self._rabbit = rabbit

    def news(self) -> list[dict] | str:
        match_broker()
        try:
            reader = self._rabbit.reader_of(self.consumer)
        except ProbableAuthenticationError:
            return REFUSED
        return reader.read(queue(self.consumer))


# Of each the fixture that it needs.
PROGRAMS: dict[type[Program], str] = {
    FeedProgram: "machine",
    HookProgram: "receiver",
    QueueProgram: "rabbit",
}


def add_program(kind: type[Program], fleet: Any, means: Any, by: User) -> Program:
    url = means.url if kind is HookProgram else ""
    consumer = EventConsumer.objects.add(
        fleet=fleet, kind=kind.kind, name=kind.__name__, topics=[TOPIC], url=url, by=by
    )
    match_broker()
    return kind(consumer, means)
