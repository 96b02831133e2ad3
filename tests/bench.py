"""A bench for simulated units: a mounted and configured vehicle, a key of somebody, and a probe
that runs procedures.
"""

import time

from django.utils import timezone

from jobs.procedures import PROCEDURES
from jobs.procedures.base import EvidenceRecorder, Prompt, Unmet, gateway_hint
from telematics.gateway import GatewayError, get_gateway
from telematics.models import Command
from telematics.signals import test_starting as starting
from telematics.simulator.models import Persistence, SimulatedUnit, SimulatorLog
from tests.factories.accounts import (
    CompanyMembershipFactory,
    FleetMembershipFactory,
    PartnershipFactory,
)
from tests.factories.jobs import JobFactory
from tests.factories.telematics import FullVehicleFactory

SETUP = {
    "installation_variant": "WIRED",
    "central_lock_connection_type": "DIRECT",
    "auto_immo_control": None,
    "driving_events": True,
    "damage_detection": True,
    "tracking": None,
    "smoke_detection": True,
}


class Bench:
    """One vehicle with its unit, and whoever holds its key."""

    def __init__(self, vehicle=None, **setup):
        self.vehicle = vehicle or FullVehicleFactory()
        self.qnr = self.vehicle.unit_id
        self.setup = {**SETUP, "vehicle_model": self.vehicle.vehicle_model_id, **setup}
        get_gateway().configure(self.qnr, self.setup, sequence=1)
        self.job, self.holder = self._taken_job()
        self.key = self.job.access.current().key
        self.key.deliver()

    def _taken_job(self):
        """Somebody holds the vehicle's key the way people do: by a job."""
        fleet = self.vehicle.fleet
        manager = FleetMembershipFactory(fleet=fleet).user
        link = PartnershipFactory(fleet=fleet)
        installer = CompanyMembershipFactory(company=link.company).user
        job = JobFactory(by=manager, fleet=fleet, vehicle=self.vehicle)
        job.assign(link.company, by=manager)
        job.take(by=installer)
        return job, installer

    @property
    def unit(self):
        return SimulatedUnit.objects.get(pk=self.qnr)

    def break_it(self, fault, persistence=Persistence.MENDABLE):
        self.unit.afflict(fault, persistence)

    def hands(self, **changes):
        """Somebody does something at the car."""
        unit = self.unit
        unit.set(timezone.now(), **changes)
        unit.save()

    def command(self, verb, key=None):
        command = Command.objects.queue(
            self.vehicle, verb, key=key or self.key, requested_by=self.holder, announced=False
        )
        command.run()
        command.refresh_from_db()
        return command

    def acts(self, key=None):
        """What the unit itself says it has done, oldest first, without the learning of keys."""
        log = SimulatorLog.objects.filter(unit=self.qnr).exclude(
            action__in=("add-key", "drop-key", "configure")
        )
        return list(
            (log.filter(key_id=key.pk) if key else log)
            .order_by("at")
            .values_list("action", flat=True)
        )

    def test(self, kind, attempt=1, answers=True):
        """Run a procedure from end to end: (passed, hint, evidence)."""
        return BenchProbe(self, kind, attempt, answers).run()


class BenchProbe(EvidenceRecorder):
    def __init__(self, bench, kind, attempt, answers):
        self.bench, self.qnr, self.kind, self.attempt, self.answers = (
            bench,
            bench.qnr,
            kind,
            attempt,
            answers,
        )
        self.model, self.memory, self.evidence, self.prompts = (
            bench.vehicle.vehicle_model,
            {},
            [],
            [],
        )

    def run(self):
        starting.send(sender=type(self), qnr=self.qnr, kind=self.kind, attempt=self.attempt)
        try:
            for step in PROCEDURES[self.kind].steps:
                prompt = step(self)
                if isinstance(prompt, Prompt):
                    self.prompts.append(str(prompt.text))
                    if not self.answers:
                        return self.result(False, "seen by the person")
        except Unmet as unmet:
            return self.result(False, str(unmet.hint))
        except GatewayError as error:
            return self.result(False, str(gateway_hint(error)))
        return self.result(True, "")

    def result(self, passed, hint):
        self.passed, self.hint = passed, hint
        return self

    def read(self, watch=()):
        return get_gateway().read_state(self.qnr, watch)

    def send(self, verb):
        command = self.bench.command(verb)
        if command.error:
            raise GatewayError(command.error)
        return self.read()

    def wait_for(self, predicate, seconds, watch=()):
        """As patient as the seconds say, at the simulator's own scale."""
        until = time.monotonic() + seconds / 100
        reading = self.read(watch)
        while not predicate(reading) and time.monotonic() < until:
            time.sleep(0.01)
            reading = self.read(watch)
        return reading
