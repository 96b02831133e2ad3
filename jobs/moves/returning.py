"""Jobs that go back to the fleet: handed back by the partner, or because the partner, or a person, has gone."""

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from core.moves import MoveRefused


class ReturningMoves:
    @transaction.atomic
    def hand_back(self, *, by, reason: str) -> None:
        """ASSIGNED → PENDING: the partner returns a job, by itself or because the manager asked."""
        if not by.is_operator:
            by.lock_membership(of=self._company_or_refuse(), roles=self.OFFICE_ROLES)
        self.lock()
        self.check_move("hand_back")
        if not reason.strip():
            raise MoveRefused("reason_required", _("Say why the job is handed back."))
        self._return("hand_back", by=by, reason=reason)
        self.tell_desk("hand_back", by=by)
        self.handback_requests.open().answer("ACCEPTED" if by.is_person and not by.is_operator else "OBSOLETE", by=by)

    @transaction.atomic
    def request_handback(self, *, by, reason: str) -> None:
        """Ask the partner to hand an ASSIGNED job back; nothing changes until he does."""
        by.lock_membership(of=self.fleet, roles=self.DESK_ROLES)
        self.lock()
        self.check_move("request_handback")
        if self.handback_requests.open().exists():
            raise MoveRefused("already_requested", _("The partner has been asked already."))
        self._move("request_handback", by=by)
        self.handback_requests.create(reason=reason, requested_by=by if by.is_person else None)
        self.tell_office("request_handback", by=by)

    @transaction.atomic
    def refuse_handback(self, *, by, reason: str) -> None:
        """The partner keeps the job and says why."""
        by.lock_membership(of=self._company_or_refuse(), roles=self.OFFICE_ROLES)
        self.lock()
        self.check_move("refuse_handback")
        if not self.handback_requests.open().exists():
            raise MoveRefused("not_requested", _("Nobody has asked for this job."))
        self._move("refuse_handback", by=by, reason=reason, where={"company": self.company_id})
        self.handback_requests.open().answer("REFUSED", by=by, answer=reason)
        self.tell_desk("refuse_handback", by=by)

    def release(self, *, by, why: str) -> bool:
        """The partnership or the company has ended: back to PENDING whatever the installer is doing. True if it moved.

        Called inside the transaction that ends it, which tells of all its jobs at once. A command already handed over
        may act until it expires.
        """
        self.lock()
        if moved := self.can("release"):
            self._return("release", by=by, reason=why)
            self.handback_requests.open().answer("OBSOLETE", by=by)
        return moved

    def free(self, *, by, why: str) -> bool:
        """The holder has gone: his RUNNING job is ASSIGNED again. Called inside the transaction that removes him."""
        self.lock()
        if moved := self.can("withdraw"):
            self._withdraw(by=by, reason="", why=why)
        return moved

    def _return(self, verb: str, *, by, reason: str) -> None:
        """Every return to PENDING undoes a mounting, cancels and voids tests, restores the fields from the plan."""
        self.cancel_tests()
        self.tests.void()
        self.end_access({"release": reason}.get(verb, "HANDED_BACK"), by=by)
        self._unmount()
        undone = {"vehicle": None} if self.vehicle_created else {}
        left = {"company": None, "assignee": None, "reserved_for": None, "access_stopped_at": None, "planned": None}
        flags = {"mounted": False, "vehicle_created": False, "differs": False, "allow_override": False}
        searched = self.with_values(**self.from_plan()).search_text()
        data = {"company": self.company_id, "holder": self.assignee_id}
        changes = {
            **left,
            **flags,
            **undone,
            "unit": None,
            "replaced_unit": None,
            **self.from_plan(),
            "search": searched,
        }
        where = {"company": self.company_id}
        self._move(verb, by=by, where=where, reason=reason, data=data, **changes)
