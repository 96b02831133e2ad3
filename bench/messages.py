"""Messages: reports of states, the outbox, and the way through RabbitMQ.

`--broker` names a RabbitMQ; blank leaves it out.
"""

import argparse
import os
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime
from threading import Event
from typing import Any, NamedTuple

from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext, override_settings

from bench.measuring import Goal, Report, best_of, database

BROKER = "amqp://guest:guest@127.0.0.1:5672//"
UNITS = 10_000
AT_ONCE = 1_000
SIGNALS = 13
STATES_A_DAY = 96  # a unit that stands sends its state every 15 minutes
STATES = Goal(3, 2)
PAID = Goal(0, 0)


class Scene:
    """A fleet with consumers and one without, each with units that report."""

    def __init__(self, units: int):
        from tests.factories.accounts import FleetFactory
        from tests.factories.telematics import FullVehicleModelFactory

        self.model = FullVehicleModelFactory()
        self.quiet, self.loud = FleetFactory(), FleetFactory()
        self.loud.message_topics = ["VehicleChanged", "VehicleStateReceived"]
        self.loud.save()
        self.reports = {fleet: self._reports(fleet, units) for fleet in (self.quiet, self.loud)}

    def _reports(self, fleet: Any, number: int) -> list:
        from django.utils import timezone

        from core.ids import allocate
        from telematics.models import Unit, Vehicle
        from telematics.models.received_states import Report as StateReport
        from telematics.models.vehicle_state import SIGNALS as NAMES

        qnrs = [f"{fleet.pk}{n:011X}" for n in range(number)]
        Unit.objects.bulk_create(Unit(qnr=qnr, fleet=fleet) for qnr in qnrs)
        Vehicle.objects.bulk_create(
            [
                Vehicle(pk=pk, fleet=fleet, unit_id=qnr, vehicle_model=self.model)
                for pk, qnr in zip(allocate(Vehicle, number), qnrs, strict=True)
            ],
            batch_size=500,
        )
        now = timezone.now()
        return [
            StateReport(qnr, _signals(NAMES[:SIGNALS], now, n), now) for n, qnr in enumerate(qnrs)
        ]


def _signals(names: tuple[str, ...], at: datetime, number: int) -> dict[str, Any]:
    moment = at.isoformat()
    return {name: {"value": number, "timestamp": moment} for name in names}


def main(units: int, broker: str) -> None:
    report = Report(f"{units:,} reports of {SIGNALS} signals each, as ratios")
    scene = Scene(units)
    receive(scene, report)
    without_consumers(scene, report)
    kept(scene, report)
    if broker:
        through_the_broker(scene, report, broker)
    report.leave()


# --- states -----------------------------------------------------------------------------------------------------------
def receive(scene: Scene, report: Report) -> None:
    """Into one worker, as a gateway would bring them: a thousand at once.

    Each is compared with a COPY of the rows that it leaves.
    """
    quiet, loud = scene.reports[scene.quiet], scene.reports[scene.loud]
    messages = messages_of(loud)
    seconds = best_of(
        3,
        {
            "states": undone(lambda: copy(quiet)),
            "states and messages": undone(lambda: copy(loud, messages)),
            "received": undone(lambda: receive_in_batches(quiet)),
            "received with messages": undone(lambda: receive_in_batches(loud)),
        },
    )
    floor, both = seconds["states"], seconds["states and messages"]
    with_messages = seconds["received with messages"]
    report.line("states ÷ their COPY", seconds["received"] / floor, STATES)
    report.line("states with messages ÷ the COPY of both", with_messages / both, STATES)
    report.note(
        f"COPY of {len(quiet):,} states: {floor * 1000:.0f} ms, with their messages: "
        f"{both * 1000:.0f} ms; states with messages ÷ the COPY of the states alone: "
        f"{with_messages / floor:.2f} ×"
    )


def messages_of(reports: list) -> list[tuple]:
    """The rows of messages that these reports leave."""
    from core.models import OutboxMessage
    from core.outbox.message import WRITTEN

    with transaction.atomic():
        receive_in_batches(reports)
        rows = list(OutboxMessage.objects.order_by("pk").values_list(*WRITTEN))
        transaction.set_rollback(True)
    return rows


def copy(reports: list, messages: Sequence[tuple] = ()) -> None:
    """The floor: the same rows into empty tables, with nothing to decide."""
    from core.many_rows import insert_rows
    from core.models import OutboxMessage
    from core.outbox.message import WRITTEN
    from telematics.models import Vehicle, VehicleState

    known = dict(Vehicle.objects.values_list("unit", "pk"))
    columns = ("vehicle", "signals", "received_at")
    insert_rows(VehicleState, columns, [(known[one.unit], one.signals, one.at) for one in reports])
    insert_rows(OutboxMessage, WRITTEN, messages)


def receive_in_batches(reports: list) -> None:
    from telematics.models.received_states import receive_all

    for start in range(0, len(reports), AT_ONCE):
        receive_all(reports[start : start + AT_ONCE])


def without_consumers(scene: Scene, report: Report) -> None:
    """What a fleet without consumers pays: statements of a change beside one without this room, and rows."""
    from core.models import OutboxMessage
    from telematics import messages, signals

    with_room = statements_of_a_change(scene)
    signals.changed.disconnect(dispatch_uid="telematics.write_changed")
    without = statements_of_a_change(scene)
    signals.changed.connect(messages.write_changed, dispatch_uid="telematics.write_changed")
    report.line("statements of a change without consumers", with_room - without, PAID, "")
    receive_in_batches(scene.reports[scene.quiet][:AT_ONCE])
    report.line("rows of messages without consumers", OutboxMessage.objects.count(), PAID, "")


def statements_of_a_change(scene: Scene) -> int:
    from telematics.models import ChangeReason, Vehicle

    vehicle = Vehicle.objects.filter(fleet=scene.quiet)[0]
    with transaction.atomic(), CaptureQueriesContext(connection) as taken:
        vehicle.change(reason=ChangeReason.TAGS_CHANGED, tags=["winter"])
        transaction.set_rollback(True)
    return len(taken)


def kept(scene: Scene, report: Report) -> None:
    """What units that stand leave behind, until it is forgotten: numbered rows and their indexes, without dead rows."""
    from core.models import OutboxMessage
    from core.outbox.topics import TOPICS

    write_messages(scene)
    number_messages()
    rows = OutboxMessage.objects.count()
    with connection.cursor() as cursor:
        cursor.execute("VACUUM FULL core_outboxmessage")
        cursor.execute("SELECT pg_total_relation_size('core_outboxmessage')")
        size = cursor.fetchone()[0]
    daily = rows * STATES_A_DAY
    days = TOPICS["VehicleStateReceived"].kept
    report.note(
        f"{rows:,} idle units: {size / rows:,.0f} bytes a message, {daily:,} rows and "
        f"{size / rows * daily / 2**30:.1f} GiB a day with a consumer of states, "
        f"kept for {days} days; none without one"
    )


def write_messages(scene: Scene) -> None:
    """Those of the states of all units, and no others. They wait for their places."""
    from core.models import OutboxMessage, OutboxStream

    OutboxMessage.objects.all().delete()
    OutboxStream.objects.all().delete()
    receive_in_batches(scene.reports[scene.loud])


def number_messages() -> None:
    from core.outbox.numbering import number_all

    while number_all():
        pass


# --- the way through the broker ---------------------------------------------------------------------------------------
def through_the_broker(scene: Scene, report: Report, broker: str) -> None:
    from accounts.apps import load_channels

    with override_settings(MESSAGES_AMQP_URL=broker), queue(scene, broker) as filled:
        load_channels()
        seconds = best_of(
            5, {"bare": BarePublishes(scene, filled), "outbox": FromTheOutbox(scene, filled)}
        )
    ratio = seconds["outbox"] / seconds["bare"]
    report.line("outbox and broker ÷ bare publishes with confirms", ratio, Goal(2, 1.4))
    report.note(f"bare publishes: {seconds['bare'] * 1000:.0f} ms")


class Filled(NamedTuple):
    """A subscription and what empties its queue, which would be full after some rounds."""

    subscription: Any
    empty: Callable[[], object]


@contextmanager
def queue(scene: Scene, broker: str) -> Iterator[Filled]:
    from kombu import Connection

    from accounts.channels.topology import queue_of
    from accounts.models import EventConsumer

    consumer = EventConsumer.objects.create(
        fleet=scene.loud,
        kind="AMQP",
        name="Bench",
        topics=["VehicleStateReceived"],
        status="ACTIVE",
    )
    subscription = consumer.subscriptions.create(
        stream=scene.loud.pk, topic="VehicleStateReceived", recipient=consumer.pk
    )
    name = queue_of(consumer.pk, subscription.topic)
    with Connection(broker) as connected:
        channel: Any = connected.channel()
        channel.queue_declare(name, durable=True, auto_delete=False)
        try:
            yield Filled(subscription, lambda: channel.queue_purge(name))
        finally:
            channel.queue_delete(name)


class BarePublishes:
    """Finished messages of the same size, in batches, each batch confirmed."""

    def __init__(self, scene: Scene, filled: Filled):
        self.scene = scene
        self.subscription, self.empty = filled

    def before(self) -> None:
        from accounts.channels.publishing import as_amqp
        from core.models import OutboxMessage

        self.empty()
        write_messages(self.scene)
        number_messages()
        rendered = OutboxMessage.objects.order_by("sequence").rendered()
        self.messages = [as_amqp(message) for message in rendered]

    def __call__(self) -> None:
        from accounts.channels.publishing import Publisher, connections
        from accounts.channels.topology import queue_of
        from core.outbox.subscription import BATCH

        name = queue_of(self.subscription.consumer_id, self.subscription.topic)
        with connections().acquire(block=True) as connected:
            publisher = Publisher(connected, name)
            for start in range(0, len(self.messages), BATCH):
                publisher.publish(self.messages[start : start + BATCH])
            publisher.close()


class FromTheOutbox:
    """Numbered and delivered by a relay, from the committed rows on."""

    def __init__(self, scene: Scene, filled: Filled):
        self.scene = scene
        self.subscription, self.empty = filled

    def before(self) -> None:
        self.empty()
        write_messages(self.scene)
        type(self.subscription).objects.update(cursor=0, lease_until=None)

    def __call__(self) -> None:
        from core.outbox.relay import deliver

        number_messages()
        deliver(self.subscription, Event())
        self.check()

    def check(self) -> None:
        """A delivery that fails is only logged, and would be fast."""
        from core.models import OutboxStream

        self.subscription.refresh_from_db()
        last = OutboxStream.objects.get(pk=self.subscription.stream).last
        if not 0 < last == self.subscription.cursor:
            sys.exit(f"Delivered up to {self.subscription.cursor} of {last} messages.")


def undone(action: Callable[[], None]) -> Callable[[], None]:
    def run() -> None:
        with transaction.atomic():
            action()
            transaction.set_rollback(True)

    return run


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--units", type=int, default=UNITS)
    parser.add_argument(
        "--broker", default=os.environ.get("RABBITMQ_URL", BROKER), help="blank: without"
    )
    given = parser.parse_args()
    with database():
        main(given.units, given.broker)
