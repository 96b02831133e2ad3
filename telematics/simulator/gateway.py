"""The gateway to simulated units. A call goes there, does what it does under the unit's lock, and comes back; it never
waits while a transaction is open."""

from contextlib import contextmanager
from time import monotonic

from django.db import transaction
from django.utils import timezone

from telematics import verbs
from telematics.gateway import TIMEOUT_SECONDS, GatewayError
from telematics.models.vehicle_state import VehicleState
from telematics.simulator import clock, person, physics
from telematics.simulator.models import SimulatedUnit
from telematics.simulator.wiring import Fault

# What a call is, with its seconds there and back; one command in twelve takes much longer.
CONFIGURE, READ, COMMAND, LONG_COMMAND = (1, 4), (0.3, 1.5), (1, 6), (8, 20)
SHARE_THERE = 0.4
# Whoever builds a unit in has given it power this long before he says which one it is.
POWERED_BEFORE_SECONDS = 35


class SimulatorGateway:
    def configure(self, qnr, setup):
        with self._call(qnr, CONFIGURE) as (unit, now):
            unit.install(setup, now)
            unit.record("configure", at=now)

    def read_state(self, qnr, watch=()):
        with self._call(qnr, READ) as (unit, now):
            person.ask(unit, watch, now)
            return unit.reading(now)

    def execute(self, qnr, verb, *, key_id, expires_at):
        with self._call(qnr, COMMAND) as (unit, now):
            self._refuse(unit, verb, key_id, expires_at, now)
            physics.obey(unit.car, verb, unit.active_fault)
            unit.report(now)
            unit.record(verb, key_id=key_id, at=now)
            return unit.reading(now)

    def add_key(self, qnr, key_id, ends_at):
        with self._call(qnr, READ) as (unit, now):
            unit.learn_key(key_id, ends_at)
            unit.record("add-key", key_id=key_id, at=now)

    def drop_key(self, qnr, key_id):
        with self._call(qnr, READ) as (unit, now):
            unit.forget_key(key_id, now)
            unit.record("drop-key", key_id=key_id, at=now)

    @staticmethod
    def _refuse(unit, verb, key_id, expires_at, now):
        """A unit's own rules, in its own order: time, right, ability, sense."""
        if now >= expires_at:
            raise GatewayError("expired")
        if not unit.knows_key(key_id, now):
            raise GatewayError("no_key")
        if not unit.setup:
            raise GatewayError("refused", "not configured")
        if not verbs.supported(verb, unit.setup["capabilities"]):
            raise GatewayError("not_supported")
        # A door module tells that it cannot lock now; directly wired, nobody hears of it but the bus.
        if verbs.LOCKS.get(verb) and unit.car["ignition"] and unit.setup.get("central_lock_connection_type") == "SKM":
            raise GatewayError("conflict")

    @contextmanager
    def _call(self, qnr, what):
        """There and back: the block runs at the unit, under its lock, in a transaction of its own."""
        deadline = monotonic() + TIMEOUT_SECONDS - 1
        seconds, online_at, code = self._set_out(qnr, what)
        clock.sleep_until(online_at, deadline)
        clock.sleep(TIMEOUT_SECONDS if code == "timeout" else seconds * SHARE_THERE, deadline)
        if code:
            raise GatewayError(code)
        with transaction.atomic():
            unit = SimulatedUnit.objects.locked(qnr)
            unit.sent_at = timezone.now()
            yield unit, unit.sent_at
            unit.save()
        VehicleState.receive(qnr, unit.signals, unit.sent_at)
        clock.sleep(seconds * (1 - SHARE_THERE), deadline)

    @transaction.atomic
    def _set_out(self, qnr, what):
        """How long it takes, since when the unit listens and, where it does not get through, what comes of it."""
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
        takes_long = what is COMMAND and dice.random() < 1 / 12
        return dice.uniform(*(LONG_COMMAND if takes_long else what)), physics.online_at(unit.car), code

    @staticmethod
    def _trouble(unit, what):
        """The code that the fault makes of this call. An intermittent unit misses every second one, but asks again for
        its setup until it has it."""
        if unit.effect is None:
            return ""
        if unit.active_fault == Fault.INTERMITTENT:
            return unit.effect.call if unit.contacts % 2 and what is not CONFIGURE else ""
        return unit.effect.call or (unit.effect.command if what is COMMAND else "")
