"""The gateway to simulated units.

A call travels to the unit, acts under the unit's lock, and travels back. It never waits while a transaction is open.
"""

from collections.abc import Collection, Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime
from time import monotonic
from typing import Any

from django.db import transaction
from django.utils import timezone

from telematics import verbs
from telematics.gateway import TIMEOUT_SECONDS, GatewayError, Reading
from telematics.models import Key
from telematics.models.vehicle_state import VehicleState
from telematics.simulator import clock, person, physics, traffic, trips
from telematics.simulator.models import SimulatedUnit
from telematics.simulator.wiring import Fault

Seconds = tuple[float, float]
# The kinds of call, each with its seconds there and back. One command in twelve takes much longer.
CONFIGURE: Seconds = (1, 4)
READ: Seconds = (0.3, 1.5)
COMMAND: Seconds = (1, 6)
LONG_COMMAND: Seconds = (8, 20)
SHARE_THERE = 0.4
# A unit has had power for this long when the installer links it.
POWERED_BEFORE_SECONDS = 35


class SimulatorGateway:
    def configure(self, qnr: str, setup: Mapping[str, Any], *, sequence: int) -> None:
        with self._call(qnr, CONFIGURE) as (unit, now):
            if sequence < unit.sequence:
                raise GatewayError("stale")
            unit.sequence = sequence
            unit.install(setup, now)
            unit.record("configure", at=now)

    def read_state(self, qnr: str, watch: Collection[str] = ()) -> Reading:
        with self._call(qnr, READ) as (unit, now):
            person.plan_changes(unit, watch, now)
            return unit.reading(now)

    def execute(self, qnr: str, verb: str, *, key_id: str, expires_at: datetime) -> Reading:
        with self._call(qnr, COMMAND) as (unit, now):
            self._refuse(unit, verb, key_id, expires_at, now)
            physics.obey(unit.car, verb, unit.active_fault)
            unit.report(now)
            unit.record(verb, key_id=key_id, at=now)
            return unit.reading(now)

    def add_key(self, qnr: str, key_id: str, ends_at: datetime) -> None:
        if Key.objects.of_persons().filter(pk=key_id).exists():
            traffic.stop(qnr)
        with self._call(qnr, READ) as (unit, now):
            unit.learn_key(key_id, ends_at)
            unit.record("add-key", key_id=key_id, at=now)

    def drop_key(self, qnr: str, key_id: str) -> None:
        with self._call(qnr, READ) as (unit, now):
            unit.forget_key(key_id, now)
            unit.record("drop-key", key_id=key_id, at=now)

    @staticmethod
    def _refuse(
        unit: SimulatedUnit, verb: str, key_id: str, expires_at: datetime, now: datetime
    ) -> None:
        """The unit's own checks, in its own order: time, key, setup, capability, conflict."""
        if now >= expires_at:
            raise GatewayError("expired")
        if not unit.knows_key(key_id, now):
            raise GatewayError("no_key")
        if not unit.setup:
            raise GatewayError("refused", "not configured")
        if not verbs.supported(verb, unit.setup["capabilities"]):
            raise GatewayError("not_supported")
        # A door module reports that it cannot lock now. With direct wiring this does not show.
        has_door_module = unit.setup.get("central_lock_connection_type") == "SKM"
        cannot_lock = verbs.LOCKS.get(verb) and has_door_module
        stops_the_engine = verbs.ENABLES.get(verb) is False
        if unit.car["ignition"] and (cannot_lock or stops_the_engine):
            raise GatewayError("conflict")

    @contextmanager
    def _call(self, qnr: str, what: Seconds) -> Iterator[tuple[SimulatedUnit, datetime]]:
        """Travel there and back. The block runs at the unit, under its lock, in a transaction of its own."""
        deadline = monotonic() + TIMEOUT_SECONDS - 1
        seconds, online_at, code = self._set_out(qnr, what)
        clock.sleep_until(online_at, deadline)
        clock.sleep(TIMEOUT_SECONDS if code == "timeout" else seconds * SHARE_THERE, deadline)
        if code:
            raise GatewayError(code)
        with transaction.atomic():
            unit = SimulatedUnit.objects.get_locked(qnr)
            now = timezone.now()
            unit.sent_at = now
            yield unit, now
            unit.save()
        VehicleState.receive(qnr, unit.signals, now, device=unit.device)
        clock.sleep(seconds * (1 - SHARE_THERE), deadline)

    @transaction.atomic
    def _set_out(self, qnr: str, what: Seconds) -> tuple[float, datetime | None, str]:
        """Return how long the call takes, since when the unit is online, and an error code if it does not get
        through.
        """
        unit = SimulatedUnit.objects.locked(qnr)
        if unit is None:
            raise GatewayError("unreachable")
        dice = unit.next_contact()
        if what is CONFIGURE and unit.car["missed_setup"]:
            unit.mend()
        code = self._trouble(unit, what)
        if not unit.car["powered_at"] and unit.active_fault != Fault.NO_POWER:
            physics.power_on(unit.car, timezone.now() - clock.scaled(POWERED_BEFORE_SECONDS))
        unit.car["missed_setup"] = what is CONFIGURE and bool(code)
        unit.save()
        if what is COMMAND and dice.random() < 1 / 12:
            what = LONG_COMMAND
        return dice.uniform(*what), physics.online_at(unit.car), code

    @staticmethod
    def _trouble(unit: SimulatedUnit, what: Seconds) -> str:
        """The error code that the fault causes for this call.

        An intermittent unit misses every second call, but never its setup, which it requests until it has it.
        """
        if trips.is_hidden(unit.car):
            return "unreachable"
        if unit.effect is None:
            return ""
        if unit.active_fault == Fault.INTERMITTENT:
            if unit.contacts % 2 and what is not CONFIGURE:
                return unit.effect.call
            return ""
        if what is COMMAND:
            return unit.effect.call or unit.effect.command
        return unit.effect.call
