"""Tests of units and a person's commands in the queues, on PostgreSQL with RabbitMQ.

500 tests of 2 s wait for a worker of 64 threads, then 1,500, and meanwhile commands are handed over.
`--broker` names the RabbitMQ; its queues `default`, `units` and `urgent` are emptied, so give it a vhost of its own.
"""

import argparse
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from typing import Any

from bench.gateway import SECONDS
from bench.measuring import Goal, Report, database
from bench.server import url_of

BROKER = "amqp://guest:guest@127.0.0.1:5672//"
TESTS = 500
WAITING = 1500
COMMANDS = 10
LONGEST = 600


class Scene:
    """RUNNING jobs, each with a unit of its own, and one vehicle for the commands."""

    def __init__(self, jobs: int):
        from accounts.models import FleetMembership
        from tests.factories.accounts import CompanyMembershipFactory, PartnershipFactory
        from tests.factories.telematics import FullVehicleFactory

        self.vehicle = FullVehicleFactory()
        self.fleet = self.vehicle.fleet
        self.company = PartnershipFactory(fleet=self.fleet).company
        self.installer = CompanyMembershipFactory(company=self.company).user
        FleetMembership.objects.create(user=self.installer, fleet=self.fleet, role="MANAGER")
        self.jobs = self._jobs(jobs)

    def _jobs(self, number: int) -> list:
        from core.ids import allocate
        from jobs.models import Job
        from telematics.models import Unit, Vehicle

        qnrs = [f"BE{n:014X}" for n in range(number)]
        Unit.objects.bulk_create(Unit(qnr=qnr, fleet=self.fleet) for qnr in qnrs)
        model = self.vehicle.vehicle_model
        vehicles = [
            Vehicle(pk=pk, fleet=self.fleet, unit_id=qnr, vehicle_model=model)
            for pk, qnr in zip(allocate(Vehicle, number), qnrs, strict=True)
        ]
        Vehicle.objects.bulk_create(vehicles, batch_size=200)
        held = {"company": self.company, "assignee": self.installer, "created_by": self.installer}
        jobs = [
            Job(fleet=self.fleet, status="RUNNING", vehicle=vehicle, vehicle_model=model, **held)
            for vehicle in vehicles
        ]
        return Job.objects.bulk_create(jobs, batch_size=200)

    def queue_tests(self, number: int) -> None:
        """Write the rows, then send their nudges."""
        from django.utils import timezone

        from core.tasks import RETRY, nudge_now
        from jobs.models import InstallationTest
        from jobs.models.installation_test_queryset import RUN

        InstallationTest.objects.all().delete()
        due_at = timezone.now() + RETRY
        about = {"kind": "SUPPLY_VOLTAGE", "attempt": 1, "due_at": due_at}
        rows = InstallationTest.objects.bulk_create(
            [
                InstallationTest(job=job, unit_id=job.vehicle.unit_id, **about)
                for job in self.jobs[:number]
            ],
            batch_size=200,
        )
        for row in rows:
            nudge_now(RUN, row.pk)

    def queue_command(self) -> Any:
        return self.vehicle.commands_by(self.installer).send("lock-central-lock")


class Watch:
    """Reads the queues while something runs: their most messages for each row that waits."""

    def __init__(self, broker: str):
        self.broker = broker
        self.worst = 0.0
        self.longest = 0

    def check(self) -> None:
        from kombu import Connection

        from core import queues

        with Connection(self.broker) as connection:
            for name in ("units", "urgent"):
                # In this order: meanwhile rows only become fewer, which counts against the queue.
                held, rows = queues.messages(connection, name), queues.rows(name)
                self.longest = max(self.longest, held)
                if held > 20:  # of a handful, one that has just been fetched changes the ratio
                    self.worst = max(self.worst, held / max(rows, 1))


def seconds_of(scene: Scene, number: int, watch: Watch) -> float:
    """From the first nudge until every test has passed."""
    from jobs.models import InstallationTest

    began = time.monotonic()
    scene.queue_tests(number)
    while InstallationTest.objects.filter(status__in=("QUEUED", "RUNNING")).exists():
        watch.check()
        if time.monotonic() - began > LONGEST:
            raise RuntimeError("The tests do not end.")
        time.sleep(0.3)
    return time.monotonic() - began


def slowest_hand_over(scene: Scene, watch: Watch) -> float:
    """Seconds from the row of a command to its hand-over while many tests wait, the slowest of several."""
    from django.db.models import F

    from telematics.models import Command

    scene.queue_tests(WAITING)
    for _number in range(COMMANDS):
        scene.queue_command()
        watch.check()
        time.sleep(1)
    until = time.monotonic() + 60
    while Command.objects.filter(sent_at=None).exists() and time.monotonic() < until:
        watch.check()
        time.sleep(0.3)
    waited = Command.objects.annotate(waited=F("sent_at") - F("created_at"))
    taken = list(waited.values_list("waited", flat=True))
    return max(one.total_seconds() if one else LONGEST for one in taken)


def main(wanted: argparse.Namespace) -> None:
    from config.supervisor.parts import WORKERS
    from jobs.models import InstallationTest

    ideal = TESTS * SECONDS / WORKERS["units"]
    report = Report(f"Queues: {TESTS} tests of {SECONDS} s, then {WAITING}; ideal {ideal:.1f} s")
    publish_to(wanted.broker)
    scene = Scene(WAITING)
    watch = Watch(wanted.broker)
    with workers(wanted.broker):
        seconds = seconds_of(scene, TESTS, watch)
        lost = TESTS - InstallationTest.objects.filter(status="PASSED").count()
        slowest = slowest_hand_over(scene, watch)
    report.note(
        f"{TESTS} tests took {seconds:.1f} s; the longest queue had {watch.longest} messages"
    )
    report.line(f"{TESTS} tests ÷ ideal", seconds / ideal, Goal(1.4, 1.2))
    report.line("tests that did not pass", lost, Goal(0, 0), "")
    report.line(f"hand-over of a command while {WAITING} tests wait", slowest, Goal(3, 1), "s")
    report.line("messages for each row that waits, at most", watch.worst, Goal(2, 1))
    report.leave()


def publish_to(broker: str) -> None:
    """Let this process publish to the broker of the workers, which the tests' settings replace by one in memory."""
    from celery import current_app

    from config import data

    current_app.conf.broker_url = broker
    current_app.conf.broker_transport_options = data.broker_options(broker)


@contextmanager
def workers(broker: str) -> Iterator[None]:
    """A worker of each queue and the beat, as `bin/run` starts them, until the block ends."""
    from config.supervisor.parts import WORKERS

    empty(broker)
    with ExitStack() as stack:
        for queue, threads in WORKERS.items():
            about = ("-Q", queue, "-c", str(threads), "-P", "threads", "-n", f"bench-{queue}@%h")
            stack.enter_context(celery(broker, "worker", *about))
        stack.enter_context(celery(broker, "beat", "--pidfile="))
        wait_for_consumers(broker)
        yield
    empty(broker)


@contextmanager
def celery(broker: str, *words: str) -> Iterator[None]:
    from django.conf import settings

    from config.supervisor.process import die_with_parent

    log = (settings.VAR_DIR / "bench-workers.log").open("ab")
    child = subprocess.Popen(
        [sys.executable, "-m", "celery", "-A", "config", *words, "-l", "WARNING"],
        env=environment(broker),
        stdout=log,
        stderr=log,
        preexec_fn=die_with_parent(signal.SIGKILL),
    )
    try:
        yield
    finally:
        child.kill()
        child.wait()


def environment(broker: str) -> dict[str, str]:
    """The product's own settings, on the database of this process."""
    from django.conf import settings
    from django.db import connection

    kept = {name: os.environ[name] for name in ("PATH", "HOME", "LANG") if name in os.environ}
    return kept | {
        "DATABASE_URL": url_of(str(connection.settings_dict["NAME"])),
        "BROKER_URL": broker,
        "CACHE_URL": "locmem://",
        "VAR_DIR": str(settings.VAR_DIR),
        "SECRET_KEY": settings.SECRET_KEY,
        "TELEMATICS_GATEWAY": "bench.gateway.EvenGateway",
    }


def wait_for_consumers(broker: str) -> None:
    from kombu import Connection

    from config.supervisor.parts import WORKERS

    until = time.monotonic() + 300
    with Connection(broker) as connection:
        while not all(_has_consumer(connection, queue) for queue in WORKERS):
            if time.monotonic() > until:
                raise RuntimeError("The workers did not start.")
            time.sleep(0.5)


def _has_consumer(connection: Any, queue: str) -> bool:
    channel = connection.channel()
    try:
        return channel.queue_declare(queue=queue, passive=True).consumer_count > 0
    except connection.channel_errors:
        return False
    finally:
        channel.close()


def empty(broker: str) -> None:
    from kombu import Connection

    from config.supervisor.parts import WORKERS

    with Connection(broker) as connection:
        for queue in WORKERS:
            connection.default_channel.queue_delete(queue)


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--broker", default=os.environ.get("RABBITMQ_URL", BROKER))
    return parser.parse_args()


if __name__ == "__main__":
    wanted = arguments()
    with database():
        main(wanted)
