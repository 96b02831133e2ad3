"""The end of a job: succeed or fail, both final."""

from django.db import transaction
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from core.moves import MoveRefused
from jobs.models.choices import FailureReason, Kind, Task
from jobs.names import BORROWED
from jobs.proof import is_applied


class OutcomeMoves:
    @transaction.atomic
    def succeed(self, *, by, comment: str = "") -> None:
        """RUNNING → SUCCEEDED. Raises MoveRefused `incomplete` with all that is missing, `command_in_flight`."""
        seen = self._lock_for_holder("succeed", by)
        if missing := self._missing_with(seen.configuration_seen):
            raise MoveRefused(
                "incomplete", _("Something is still missing before this job can succeed."), missing=missing
            )
        self._check_vin(self.vin)
        self._finish("succeed", seen, by=by, comment=comment)

    @transaction.atomic
    def fail(self, *, by, comment: str, reason: str = FailureReason.OTHER) -> None:
        """RUNNING → FAILED with the installer's comment. What this job mounted is undone."""
        seen = self._lock_for_holder("fail", by)
        if not comment.strip():
            raise MoveRefused("comment_required", _("Say in a comment why the job failed."))
        self._finish("fail", seen, by=by, comment=comment, failure_reason=reason)

    def _finish(self, verb: str, seen, *, by, **result) -> None:
        """`seen` tells what there is to end: nothing of it begins while the job is locked."""
        self._check_not_in_flight(seen.has_command_in_flight)
        data = {**result, "unlocked": self.is_unlocked()}
        record = {"unit_id": self.current_qnr, **self.borrowed(*BORROWED)}
        if verb == "fail":
            data |= self._unmount()
        ended = {"finished_at": Now(), "access_stopped_at": None}
        self._move(verb, by=by, where={"assignee": by}, data=data, **ended, **record, **result)
        if verb == "succeed":
            self._write_outcome()
        self.end_access(self.status, by=by)
        if seen.has_open_test:
            self.cancel_tests()
        if seen.has_open_request:
            self.handback_requests.open().answer("OBSOLETE", by=by)
        self.tell_desk(verb, by=by)

    def missing_to_succeed(self) -> list[str]:
        """`unit`, `vehicle_model`, `configuration`, `identity`, `test:<KIND>`: what stands between the job and success."""
        return self._missing_with(self.latest_configuration)

    def _missing_with(self, latest) -> list[str]:
        missing = []
        if self.changes_unit:
            missing += [name for name, known in self._essentials(latest).items() if not known]
        if self.kind == Kind.INSTALLATION and not any(getattr(self, name) for name in self.IDENTITY):
            missing.append("identity")
        passed = self.tests.counting(latest).passed_kinds()
        return missing + [f"test:{kind}" for kind in self.required_tests() if kind not in passed]

    def _essentials(self, latest) -> dict[str, bool]:
        return {
            "unit": self.mounted or (self.kind == Kind.INSTALLATION and self.current_qnr is not None),
            "vehicle_model": self.known_model is not None,
            "configuration": is_applied(latest),
        }

    @property
    def changes_unit(self) -> bool:
        """Whether a unit is put to work here, and so has to be configured and proven."""
        return self.kind == Kind.INSTALLATION or self.task == Task.REPLACE_UNIT

    def is_unlocked(self) -> bool:
        """As the vehicle said last; finishing unlocked warns and is recorded."""
        state = getattr(self.vehicle, "state", None) if self.vehicle_id else None
        return bool(state) and state.signals.get("central_lock", {}).get("value") == "unlocked"
