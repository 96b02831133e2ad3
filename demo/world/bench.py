"""The unit as it was in the garage then: a test's own procedure finds what there was to find, without its waits."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

from django.utils import timezone

from jobs.models.installation_test import Status
from jobs.procedures import PROCEDURES
from jobs.procedures.base import EvidenceRecorder, Unmet, gateway_hint
from telematics.gateway import GatewayError, Reading
from telematics.models import VehicleModel
from telematics.simulator import person, physics
from telematics.simulator.models import SimulatedUnit

POWERED = timedelta(hours=1)
CONFIGURED = timedelta(minutes=10)


class Bench(EvidenceRecorder):
    """A `jobs.procedures.base.Probe` on a simulated unit that no other process uses."""

    def __init__(
        self, unit: SimulatedUnit, vehicle_model: VehicleModel | None, setup: dict[str, Any]
    ):
        self.unit = unit
        self.model = vehicle_model
        self.qnr = unit.pk
        now = timezone.now()
        unit.wake(now)
        physics.power_on(unit.car, now - POWERED)
        unit.install(setup, now - CONFIGURED)

    def run(self, kind: str, attempt: int = 1) -> tuple[str, str]:
        """The status in which the test ended, and its hint; the evidence and the commands stay in the bench."""
        self.kind = kind
        self.attempt = attempt
        self.memory = {}
        self.evidence = []
        self.verbs: list[str] = []
        try:
            for step in PROCEDURES[kind].steps:
                step(self)
        except Unmet as unmet:
            return Status.FAILED, str(unmet.hint)
        except GatewayError as error:
            return Status.FAILED, str(gateway_hint(error))
        return Status.PASSED, ""

    def evidence_of(self, then: datetime) -> list[dict]:
        """As it was noted at `then`."""
        return [line | {"at": then.astimezone(UTC).isoformat()} for line in self.evidence]

    # What a procedure may do

    def read(self, watch: tuple[str, ...] = ()) -> Reading:
        if self.unit.effect and self.unit.effect.call:
            raise GatewayError(self.unit.effect.call)
        now = timezone.now()
        self.unit.report(now)
        return self.unit.reading(now)

    def send(self, verb: str) -> Reading:
        self.verbs.append(verb)
        if self.unit.effect and (code := self.unit.effect.call or self.unit.effect.command):
            raise GatewayError(code)
        physics.obey(self.unit.car, verb, self.unit.active_fault)
        return self.read()

    def wait_for(
        self, predicate: Callable[[Reading], bool], seconds: float, watch: tuple[str, ...] = ()
    ) -> Reading:
        """The person in the garage has moved what the prompt named."""
        for name in watch:
            for value in person.MOVES[name]:
                self.unit.set(timezone.now(), **{name: value})
        return self.read()
