"""The tests of a job of the demo world: requested by the move, carried out on the bench, dated one after the other."""

from datetime import datetime, timedelta

from demo.world.bench import Bench
from demo.world.chronicle import Chronicle
from jobs.models import InstallationTest
from jobs.models.installation_test import Status
from jobs.procedures import PROCEDURES
from telematics.models import Command, Key
from telematics.models.command import LIFE, PATIENCE
from telematics.simulator.models import SimulatedUnit

WRITTEN = (
    "status",
    "hint",
    "evidence",
    "step",
    "fence",
    "requested_at",
    "started_at",
    "finished_at",
)
# How long a test takes: with a person, and where the unit does it alone.
WITH_PERSON = (35, 110)
ALONE = (3, 20)


class Proof:
    def __init__(self, chronicle: Chronicle, fault: str = ""):
        self.chronicle = chronicle
        self.job = chronicle.job
        self.bench = self._bench(fault)

    def _bench(self, fault: str) -> Bench:
        latest = self.job.proof.latest_configuration
        setup = latest.setup if latest else self.job.proof.setup()
        unit = SimulatedUnit.objects.get(pk=self.job.current_qnr)
        unit.fault = fault
        return Bench(unit, self.job.known_model, setup)

    def run(self, kinds: list[str] | None = None) -> list[str]:
        """Run the tests, all required ones by default; the kinds that failed."""
        self.chronicle.do("request_tests", by=self.chronicle.holder, kinds=kinds)
        requested = self.chronicle.at
        tests = list(self.job.tests.open().order_by("id"))
        commands = []
        access = self.job.access.current()
        assert access, "the holder has just requested tests"
        key = access.key
        for test in tests:
            test.requested_at = requested
            started = self.chronicle.at
            self._carry_out(test)
            commands += self._commands(key, started)
        InstallationTest.objects.bulk_update(tests, WRITTEN, batch_size=50)
        Command.objects.bulk_create(commands)
        return [test.kind for test in tests if test.status == Status.FAILED]

    def mended(self) -> "Proof":
        """What was wrong has been put right."""
        self.bench.unit.fault = ""
        return self

    def keep(self) -> None:
        """The car stays as the tests left it."""
        self.bench.unit.save()

    def _carry_out(self, test: InstallationTest) -> None:
        test.status, test.hint = self.bench.run(test.kind, test.attempt)
        test.started_at = self.chronicle.at
        span = WITH_PERSON if self.bench.verbs else ALONE
        self.chronicle.at += timedelta(seconds=self.chronicle.dice.uniform(*span))
        test.finished_at = self.chronicle.at
        test.fence = 1
        test.evidence = self.bench.evidence_of(test.started_at)
        test.step = len(PROCEDURES[test.kind].steps) if test.status == Status.PASSED else 0

    def _commands(self, key: Key, started: datetime) -> list[Command]:
        """What the test sent to the car, some seconds apart."""
        assert key.unit_id, "the test ran at a unit"
        gap = (self.chronicle.at - started) / (len(self.bench.verbs) + 1)
        effect = self.bench.unit.effect
        error = effect.command if effect else ""
        return [
            Command(
                vehicle=self.job.vehicle,
                unit_id=key.unit_id,
                key=key,
                verb=verb,
                status="FAILED" if error else "DONE",
                error=error,
                created_at=sent - timedelta(seconds=1),
                lapses_at=sent + PATIENCE,
                due_at=sent + PATIENCE,
                sent_at=sent,
                expires_at=sent + LIFE,
                settled_at=sent + timedelta(seconds=3),
            )
            for verb, sent in (
                (verb, started + place * gap) for place, verb in enumerate(self.bench.verbs, 1)
            )
        ]
