"""The tests of a job of the demo world: asked for by the move, carried out on the bench, dated one after the other."""

from datetime import timedelta

from jobs.demo.bench import Bench
from jobs.demo.chronicle import Chronicle
from jobs.models import InstallationTest
from jobs.models.installation_test import Status
from jobs.procedures import PROCEDURES
from telematics.models import Command, SimulatedUnit
from telematics.models.command import LIFE, PATIENCE

WRITTEN = ("status", "hint", "evidence", "step", "fence", "requested_at", "started_at", "finished_at")
# How long a test takes: where somebody has to look, where the unit does it alone.
WITH_PERSON, ALONE = (35, 110), (3, 20)


class Proof:
    def __init__(self, chronicle: Chronicle, fault: str = ""):
        self.told, self.job = chronicle, chronicle.job
        self.bench = self._bench(fault)

    def _bench(self, fault: str) -> Bench:
        latest = self.job.latest_configuration
        setup = latest.setup if latest else self.job.setup()
        unit = SimulatedUnit.objects.get(pk=self.job.current_qnr)
        unit.fault = fault
        return Bench(unit, self.job.known_model, setup)

    def run(self, kinds: list[str] | None = None) -> list[str]:
        """Run the tests, all required ones by default; the kinds that failed."""
        self.told.do("request_tests", by=self.told.holder, kinds=kinds)
        asked, tests, commands = self.told.at, list(self.job.tests.open().order_by("id")), []
        key = self.job.current_access().key
        for test in tests:
            test.requested_at, started = asked, self.told.at
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
        test.started_at, span = self.told.at, WITH_PERSON if self.bench.verbs else ALONE
        self.told.at += timedelta(seconds=self.told.dice.uniform(*span))
        test.finished_at, test.fence = self.told.at, 1
        test.evidence = self.bench.evidence_of(test.started_at)
        test.step = len(PROCEDURES[test.kind].steps) if test.status == Status.PASSED else 0

    def _commands(self, key, started) -> list[Command]:
        """What the test sent to the car, some seconds apart."""
        gap = (self.told.at - started) / (len(self.bench.verbs) + 1)
        failed = bool(self.bench.unit.effect and self.bench.unit.effect.command)
        return [
            Command(
                vehicle=self.job.vehicle,
                unit_id=key.unit_id,
                key=key,
                verb=verb,
                status="FAILED" if failed else "DONE",
                error=self.bench.unit.effect.command if failed else "",
                created_at=sent - timedelta(seconds=1),
                lapses_at=sent + PATIENCE,
                due_at=sent + PATIENCE,
                sent_at=sent,
                expires_at=sent + LIFE,
                settled_at=sent + timedelta(seconds=3),
            )
            for verb, sent in ((verb, started + place * gap) for place, verb in enumerate(self.bench.verbs, 1))
        ]
