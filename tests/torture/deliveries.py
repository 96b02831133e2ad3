"""Messages of the product's queues, delivered twice, in another order, again long afterwards, or never."""

import random
from collections.abc import Iterator
from contextlib import contextmanager
from urllib.parse import unquote, urlsplit

import amqp
from celery import Celery
from ulid import ULID

from tests.torture.people import Peek
from tests.torture.processes import THREADS

MOST = 40
# Task, its queue, and the rows that it was called for some time.
CALLED = {
    ("telematics.tasks.run_command", "urgent"): "telematics_command",
    ("telematics.tasks.deliver_key", "urgent"): "telematics_key",
    ("telematics.tasks.drop_key", "urgent"): "telematics_key",
    ("jobs.tasks.run_installation_test", "units"): "jobs_installationtest",
    ("jobs.tasks.push_configuration", "units"): "jobs_configuration",
    ("jobs.tasks.go_on_with_bulk_run", "default"): "jobs_bulkrun",
    ("core.tasks.send_mail", "default"): "core_mail",
}
SWEEPS = {
    "default": (
        "core.tasks.sweep_mails", "jobs.tasks.mail_notifications", "jobs.tasks.sweep_bulk_runs",
        "jobs.tasks.reap_tests", "jobs.tasks.sweep_configurations", "jobs.tasks.end_leases",
        "telematics.tasks.sweep_keys", "telematics.tasks.sweep_commands",
    )
}  # fmt: skip


class Deliveries:
    def __init__(self, url: str, peek: Peek, dice: random.Random):
        self.url, self.peek, self.dice = url, peek, dice
        self.app = Celery("torture", broker=url, set_as_current=False)

    @contextmanager
    def _channel(self) -> Iterator[amqp.Channel]:
        parts = urlsplit(self.url)
        with amqp.Connection(
            f"{parts.hostname}:{parts.port}",
            userid=parts.username,
            password=parts.password,
            virtual_host=unquote(parts.path.removeprefix("/")),
        ) as connection:
            yield connection.channel()

    def shuffle(self) -> int:
        """What waits in the queues comes twice, and in another order."""
        sent = 0
        with self._channel() as channel:
            for queue in THREADS:
                held = self._take(channel, queue)
                twice = held * 2
                self.dice.shuffle(twice)
                for message in twice:
                    again = amqp.Message(message.body, **message.properties)
                    channel.basic_publish(again, routing_key=queue)
                for message in held:
                    channel.basic_ack(message.delivery_tag)
                sent += len(held)
        return sent

    @staticmethod
    def _take(channel: amqp.Channel, queue: str) -> list[amqp.Message]:
        found = []
        while len(found) < MOST and (message := channel.basic_get(queue)) is not None:
            found.append(message)
        return found

    def lose(self) -> int:
        """What waits in the queues is gone, as with a broker that starts again without its data."""
        with self._channel() as channel:
            return sum(channel.queue_purge(queue) or 0 for queue in THREADS)

    def repeat(self) -> int:
        """Tasks are called for rows of the last minutes once more, some of them settled long ago, and twice each."""
        calls = []
        for (task, queue), table in CALLED.items():
            rows = self.peek.rows(f"SELECT id FROM {table} ORDER BY id DESC LIMIT 60")
            for (row,) in self.dice.sample(rows, min(6, len(rows))):
                calls += [(task, queue, [str(ULID.from_uuid(row))])] * 2
        calls += [(task, queue, []) for queue, tasks in SWEEPS.items() for task in tasks]
        self.dice.shuffle(calls)
        with self.app.connection_for_write() as connection:
            for task, queue, about in calls:
                self.app.send_task(
                    task, args=about, queue=queue, connection=connection, ignore_result=True
                )
        return len(calls)
