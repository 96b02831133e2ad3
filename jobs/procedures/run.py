"""Running a claimed test in a worker: `TestRun` calls the steps of the procedure and is their probe."""

import logging
import time
from collections.abc import Callable
from typing import Any

from django.db import transaction
from django.db.models.functions import Now
from django.utils import translation

from core import context, shutdown
from core.errors import MoveRefused
from core.postgresql.pool import release_connection
from jobs.models.installation_test import LEASE, InstallationTest, Status
from jobs.procedures import PROCEDURES
from jobs.procedures.base import EvidenceRecorder, Prompt, Unmet, gateway_hint
from telematics.gateway import CODES, GatewayError, Reading, get_gateway
from telematics.signals import test_starting

log = logging.getLogger(__name__)
# Seconds between two readings while waiting.
PAUSE = 0.5


class Lost(Exception):
    """The test is no longer ours: it was cancelled or reaped, or the job has ended."""


class Stopping(Exception):
    """The worker is stopping: the test is queued again."""


class TestRun(EvidenceRecorder):
    __test__ = False  # its name looks like a test class to the test runner

    def __init__(self, test: InstallationTest):
        self.test = test
        self.job = test.job
        self.qnr = test.unit_id
        self.kind = test.kind
        self.attempt = test.attempt
        self.model = self.job.known_model
        self.memory = test.memory
        self.evidence = list(test.evidence)
        self.procedure = PROCEDURES[test.kind]

    def go(self) -> None:
        """Run the test until it is passed, failed, an error, waiting for a person, or queued again."""
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
                self._end(
                    Status.ERROR, hint=translation.gettext("The test was interrupted. Repeat it.")
                )

    def _steps(self) -> None:
        if self.test.step == 0:
            test_starting.send(
                sender=type(self), qnr=self.qnr, kind=self.kind, attempt=self.attempt
            )
            # The instruction for the person is shown as the hint until there is a result.
            self._renew(
                started_at=Now(),
                evidence=[],
                hint=str(self.procedure.instruction),
            )
        for number in range(self.test.step, len(self.procedure.steps)):
            prompt = self.procedure.steps[number](self)
            self._renew(
                step=number + 1,
                memory=self.memory,
                evidence=self.evidence,
            )
            if isinstance(prompt, Prompt):
                self._prompt(prompt)
                return
        self._end(Status.PASSED)

    def _prompt(self, prompt: Prompt) -> None:
        if not self.test.wait_for_person(str(prompt.text)):
            raise Lost

    def _renew(self, **also: Any) -> None:
        if shutdown.stopping.is_set():
            raise Stopping
        if not self.test.write(lease_until=Now() + LEASE, **also):
            raise Lost

    def _end(self, status: str, hint: str = "") -> None:
        """Write the result, and lock the vehicle for the next test.

        If the test was taken over, the other run does both.
        """
        ended = {
            "status": status,
            "hint": hint,
            "evidence": self.evidence,
            "memory": self.memory,
        }
        with transaction.atomic():
            if not self.test.write(finished_at=Now(), lease_until=None, **ended):
                return
            put_back = None
            if status != Status.PASSED and self.procedure.moves_vehicle:
                put_back = self.test.put_car_back()
        if put_back:
            put_back.run()
        self.test.refresh_from_db()
        self.test.after_end(put_back=False)

    def _requeue(self) -> None:
        """Queue it from the first step: what a person has confirmed may have changed when it continues."""
        with transaction.atomic():
            again = {
                "step": 0,
                "memory": {},
                "evidence": [],
                "due_at": Now(),
            }
            queued = self.test.write(status=Status.QUEUED, lease_until=None, **again)
            if queued and self.procedure.moves_vehicle:
                self.test.put_car_back()

    # What a procedure may do (procedures.base.Probe)

    def read(self, watch: tuple[str, ...] = ()) -> Reading:
        self._renew()
        return get_gateway().read_state(self.qnr, watch)

    def send(self, verb: str) -> Reading:
        """Send a command under the holder's key, by the same rule as their own commands."""
        self._renew()
        access = self.job.access.current()
        if access is None:
            raise self._no_access()
        command = access.command(verb, announced=False)
        access.key.deliver()  # another call to the unit, so the lease is renewed again before the command
        self._renew()
        command.run()
        self._renew()  # the command may have used most of the lease, and reading is another call
        command.refresh_from_db()
        if command.error == "access_ended":
            raise self._no_access()
        if command.settled_at is None or command.error:
            raise GatewayError(command.error if command.error in CODES else "refused")
        return get_gateway().read_state(self.qnr)

    def wait_for(
        self, predicate: Callable[[Reading], bool], seconds: float, watch: tuple[str, ...] = ()
    ) -> Reading:
        until = time.monotonic() + seconds
        reading: Reading | None = None
        error: GatewayError | None = None
        while reading is None or not predicate(reading):
            try:
                reading = self.read(watch)
            except GatewayError as unanswered:
                error = unanswered
            if time.monotonic() >= until:
                break
            if reading is None or not predicate(reading):
                release_connection()
                shutdown.stopping.wait(PAUSE)
        if reading is None:
            raise error or GatewayError("timeout")
        return reading

    @staticmethod
    def _no_access() -> MoveRefused:
        return MoveRefused("access_ended")
