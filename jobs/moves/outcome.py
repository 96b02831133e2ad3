"""The end of a job: succeed or fail, both final."""

from collections.abc import Mapping
from typing import Any

from django.db import transaction
from django.db.models.functions import Now

from accounts.models import User
from core.errors import MoveRefused
from core.values.texts import LINES, is_blank
from jobs.models.choices import FailureReason
from jobs.models.handback_request import HandbackRequest
from jobs.models.vehicle_access import VehicleAccess
from jobs.moves.base import Movable, Work
from jobs.notifications.sending import notify_desk
from jobs.parts.access import command_in_flight
from jobs.parts.names import BORROWED
from jobs.parts.proof import incomplete


class OutcomeMoves(Movable):
    class Meta:
        abstract = True

    @transaction.atomic
    def succeed(self, *, by: User, comment: str = "", confirmed_vin: str = "") -> None:
        """RUNNING → SUCCEEDED: the holder is done, and the job is proven.

        `confirmed_vin` is what the unit reads although the job has another VIN, as the holder has seen it. Raises
        MoveRefused `incomplete` with all that is missing, `vin_in_fleet`, `vin_differs`, `command_in_flight`.
        """
        work = self.lock_for_holder("succeed", by)
        if missing := self.proof.missing_with(work.configuration):
            raise incomplete(missing)
        self.fitting.check_vin(self.vin)
        noted = self.names.check_read_vin(work.sent_vin, confirmed=confirmed_vin)
        if left_over := self.fitting.qnr_left_over:
            noted["held"] = left_over
        self._finish("succeed", work, by=by, noted=noted, comment=LINES.canonical(comment))

    @transaction.atomic
    def fail(self, *, by: User, comment: str, reason: str = FailureReason.OTHER) -> None:
        """RUNNING → FAILED with the installer's comment. What this job mounted is undone."""
        work = self.lock_for_holder("fail", by)
        if is_blank(comment):
            raise MoveRefused("comment_required")
        self._finish(
            "fail",
            work,
            by=by,
            comment=LINES.canonical(comment),
            failure_reason=reason,
        )

    def _finish(
        self, verb: str, work: Work, *, by: User, noted: Mapping[str, Any] = {}, **result: str
    ) -> None:
        """Make the move and end what is under way; a finished job keeps its unit and the names that it borrowed.

        `noted` is recorded in the event with the result.
        """
        if work.has_command_in_flight:
            raise command_in_flight()
        record = {"unit_id": self.current_qnr, **self.names.borrowed(*BORROWED)}
        data: dict[str, Any] = {**result, "unlocked": self.fitting.is_unlocked, **noted}
        if verb == "fail":
            data |= self.fitting.unmount()
        ended: dict[str, Any] = {"finished_at": Now(), "access_stopped_at": None}
        self._move(
            verb,
            by=by,
            where={"assignee": by},
            data=data,
            **ended,
            **record,
            **result,
        )
        if verb == "succeed":
            self.fitting.write_outcome()
            self.fitting.write_custody(by=by, is_unit_held=work.is_unit_held)
        VehicleAccess.objects.end_for(self, self.status, by=by)
        if work.has_open_test:
            self.proof.cancel_tests()
        if work.has_open_request:
            HandbackRequest.objects.filter(job=self.pk).answer("OBSOLETE", by=by)
        notify_desk(self, verb, by=by)
