"""The moves of an installer before the outcome: take, withdraw, link the unit, fill in."""

from django.db import transaction
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from core.moves import MoveRefused
from jobs.models.choices import Kind


class GarageMoves:
    @transaction.atomic
    def take(self, *, by) -> None:
        """Make this job `by`'s own: ASSIGNED → RUNNING.

        Raises NotAllowed, or MoveRefused `wrong_status` (somebody was faster), `agreement_required`, `reserved`,
        `vehicle_in_use`.
        """
        company = self._company_or_refuse()
        membership = by.lock_membership(of=company)  # a removal waits for us or we for it
        self.lock()
        self.check_move("take")
        if not company.may_take():
            raise MoveRefused("agreement_required", _("Your company has to accept the current agreement first."))
        if self.reserved_for_id not in (None, by.pk) and not membership.is_admin:
            raise MoveRefused("reserved", _("This job is reserved for a colleague."))
        guard = {"company": company, "reserved_for": self.reserved_for_id}
        self._move("take", by=by, where=guard, assignee=by, taken_at=Now())
        if self.vehicle_id and not self.access_stopped_at:
            self.open_access(by=by)
        if self.kind == Kind.INSTALLATION and self.current_qnr and self.latest_configuration is None:
            self.request_configuration()

    @transaction.atomic
    def withdraw(self, *, by, reason: str = "") -> None:
        """RUNNING → ASSIGNED: frees a job whose holder is away. Unit and values stay; the holder is told."""
        if not by.is_operator:
            by.lock_membership(of=self._company_or_refuse())
        self._lock_as_seen("withdraw")
        self._check_nothing_in_flight()
        self._withdraw(by=by, reason=reason, why="WITHDRAWN")

    @transaction.atomic
    def link_unit(self, qnr: str, *, by) -> None:
        """Say which unit is being installed: the vehicle appears in the fleet and access to it starts.

        Raises MoveRefused `unit_not_available` (foreign, mounted and unknown ones alike), `other_unit_planned`,
        `vin_in_fleet`, `access_stopped`, `vehicle_in_use`, `no_unit_here`; `command_in_flight` when it exchanges one.
        """
        seen = self._lock_for_holder("link_unit", by)
        self._check_linking(qnr)
        before = self.current_qnr
        unit = self._available_unit(qnr)
        if unit.pk == before:
            self._act_of_holder(by)
            self._link_again()
            return
        self._check_not_in_flight(seen.has_command_in_flight)
        mounting = self._mount(unit, by=by)
        differs = self._differs(unit=unit)
        data = {"unit": unit.pk, "before": before}
        self._move("link_unit", by=by, where={"assignee": by}, data=data, unit=unit, differs=differs, **mounting)
        self.open_access(by=by)
        self.request_configuration()

    @transaction.atomic
    def fill_in(self, *, by, expected_version: int | None = None, **values) -> None:
        """Fill in what the manager left open. All or nothing.

        Raises MoveRefused `field_locked`, `stale`, `vin_in_fleet`, `wrong_kind`; ValidationError with every error at
        its field.
        """
        self._lock_for_holder("fill_in", by)
        if self.kind == Kind.MAINTENANCE:
            raise MoveRefused("wrong_kind", _("A maintenance job has nothing to fill in."))
        self.check_version(expected_version)
        changed = self.checked(values)
        if locked := self.locked_among(changed):
            raise MoveRefused("field_locked", _("The fleet manager has set this and locked it."), fields=locked)
        if changed:
            self._check_vin(changed.get("vin", self.vin))
            self._write("fill_in", by=by, where={"assignee": by}, changed=changed, differs=self._differs(**changed))
            self._write_created_vehicle()
        self._act_of_holder(by)
        if not set(self.CONFIGURED).isdisjoint(changed):
            self.request_configuration()

    def _company_or_refuse(self):
        if self.company is None:
            raise self._refusal()
        return self.company

    def _lock_as_seen(self, verb: str) -> None:
        """Lock the job after a membership of its company, which comes first: refused if another has the job by now."""
        company = self.company_id
        self.lock()
        self.check_move(verb)
        if self.company_id != company:
            raise self._refusal()

    def _lock_for_holder(self, verb: str, by):
        """The job as seen under its lock. Judged in this order: status, then holder (architecture, Surfaces)."""
        seen = self.lock_with_all(verb)
        self.check_move(verb)
        if self.assignee_id != by.pk:
            raise MoveRefused("not_holder", _("Somebody else is working on this job."))
        return seen

    def _withdraw(self, *, by, reason: str, why: str) -> None:
        holder = self.assignee
        data = {"holder": holder.pk, **self._handed_over()}
        where = {"assignee": holder, "company": self.company_id}
        self._move("withdraw", by=by, where=where, reason=reason, data=data, assignee=None, taken_at=None)
        self.end_access(why, by=by)
        self.cancel_tests()
        if holder != by:
            self.tell_holder(holder, "withdraw", by=by)

    def _differs(self, **changed) -> bool:
        return bool(self.with_values(**changed).differences())
