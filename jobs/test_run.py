"""A worker carries out one claimed test: it calls the procedure's steps and is their probe."""

import logging
import time
from collections.abc import Callable

from django.db import transaction
from django.db.models.functions import Now
from django.utils import timezone, translation

from core import context, shutdown
from core.moves import MoveRefused
from jobs.models.installation_test import LEASE, InstallationTest, Status
from jobs.procedures import PROCEDURES
from jobs.procedures.base import Ask, Unmet, gateway_hint
from telematics.gateway import CODES, GatewayError, Reading, get_gateway
from telematics.signals import test_starting

log = logging.getLogger(__name__)
# Between two readings while waiting; the unit answers from its own state.
PAUSE = 0.5


class Lost(Exception):
    """The test is no longer ours to run: cancelled, reaped, or the job has ended."""


class Stopping(Exception):
    """The worker is told to stop: the test goes back into the queue."""


class TestRun:
    __test__ = False  # its name looks like a test class to the test runner

    def __init__(self, test: InstallationTest):
        self.test, self.job = test, test.job
        self.qnr, self.kind, self.attempt = test.unit_id, test.kind, test.attempt
        self.model, self.memory, self.evidence = self.job.known_model, test.memory, list(test.evidence)
        self.procedure = PROCEDURES[test.kind]

    def go(self) -> None:
        """Every end is definite: passed, failed, error, waiting for a person, or queued again."""
        with translation.override("en"), context.acting(channel="worker"):
            try:
                self._steps()
            except Lost:
                log.info("test %s is no longer ours", self.test.pk)
            except Stopping:
                self._requeue()
            except Unmet as unmet:
                self._end(Status.FAILED, hint=str(unmet.hint))
            except GatewayError as error:
                self._end(Status.FAILED, hint=str(gateway_hint(error)))
            except MoveRefused as refused:
                self._end(Status.ERROR, hint=str(refused))
            except Exception:
                log.exception("test %s broke off", self.test.pk)
                self._end(Status.ERROR, hint=translation.gettext("The test was interrupted. Repeat it."))

    def _steps(self) -> None:
        if self.test.step == 0:
            test_starting.send(sender=type(self), qnr=self.qnr, kind=self.kind, attempt=self.attempt)
            # What the person is asked to do meanwhile; the result takes its place.
            self._renew(started_at=Now(), evidence=[], hint=str(self.procedure.instruction))
        for number in range(self.test.step, len(self.procedure.steps)):
            asked = self.procedure.steps[number](self)
            self._renew(step=number + 1, memory=self.memory, evidence=self.evidence)
            if isinstance(asked, Ask):
                self._ask(asked)
                return
        self._end(Status.PASSED)

    def _ask(self, asked: Ask) -> None:
        if not self.test.ask(str(asked.text)):
            raise Lost

    def _renew(self, **also) -> None:
        if shutdown.stopping.is_set():
            raise Stopping
        if not self.test.write(lease_until=Now() + LEASE, **also):
            raise Lost

    def _end(self, status: str, hint: str = "") -> None:
        """Whoever took the test from us has put the car back. Else we do: the next test begins from a closed car."""
        ended = {"status": status, "hint": hint, "evidence": self.evidence, "memory": self.memory}
        with transaction.atomic():
            if not self.test.write(finished_at=Now(), lease_until=None, **ended):
                return
            put_back = self.test.put_car_back() if status != Status.PASSED and self.procedure.acts else None
        if put_back:
            put_back.run()
        self.test.refresh_from_db()
        self.test.after_end(put_back=False)

    def _requeue(self) -> None:
        """From the first step again: what a person has seen may have changed by the time somebody goes on."""
        with transaction.atomic():
            queued = self.test.write(status=Status.QUEUED, step=0, memory={}, evidence=[], lease_until=None)
            if queued and self.procedure.acts:
                self.test.put_car_back()

    # What a procedure may do (procedures.base.Probe)

    def read(self, watch: tuple[str, ...] = ()) -> Reading:
        self._renew()
        return get_gateway().read_state(self.qnr, watch)

    def act(self, verb: str) -> Reading:
        """A command under the holder's key, handed over by the same rule as his own."""
        self._renew()
        access = self.job.current_access()
        if access is None:
            raise self._no_access()
        command = access.command(verb, announced=False)
        access.key.deliver()  # a call of its own at the unit, before the lease is renewed for the command's
        self._renew()
        command.run()
        self._renew()  # the command may have taken most of a lease, and reading takes another call
        command.refresh_from_db()
        if command.error == "access_ended":
            raise self._no_access()
        if command.settled_at is None or command.error:
            raise GatewayError(command.error if command.error in CODES else "refused")
        return get_gateway().read_state(self.qnr)

    def check(self, signal: str, value, *, unit: str = "", threshold="", ok: bool, hint="") -> None:
        line = {"signal": signal, "value": value, "unit": unit, "threshold": threshold, "ok": ok}
        self.evidence.append(line | {"at": timezone.now().isoformat()})
        if not ok:
            raise Unmet(hint)

    def wait_for(self, predicate: Callable[[Reading], bool], seconds: float, watch: tuple[str, ...] = ()) -> Reading:
        until, reading, error = time.monotonic() + seconds, None, None
        while reading is None or not predicate(reading):
            try:
                reading = self.read(watch)
            except GatewayError as unanswered:
                error = unanswered
            if time.monotonic() >= until:
                break
            if reading is None or not predicate(reading):
                shutdown.stopping.wait(PAUSE)
        if reading is None:
            raise error or GatewayError("timeout")
        return reading

    @staticmethod
    def _no_access() -> MoveRefused:
        return MoveRefused("access_ended", translation.gettext("Your access has ended. Renew it first."))
