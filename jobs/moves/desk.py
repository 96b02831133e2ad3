"""The moves of the fleet's side and of the company's office: before an installer begins."""

from typing import Any, Self

from django.db import transaction
from django.db.models.functions import Now

from accounts.models import Company, Fleet, Partnership, User
from core.errors import MoveRefused
from core.values import days
from jobs.models.choices import JobStatus
from jobs.models.job_event import JobEvent
from jobs.models.job_queryset import JobQuerySet
from jobs.moves.base import Movable, Principal
from jobs.notifications.sending import notify_office
from jobs.parts.plan import Terms
from jobs.refusals import NOT_FAILED
from telematics.models import Custody, Vehicle


class DeskMoves(Movable):
    class Meta:
        abstract = True

    @transaction.atomic
    def edit(self, *, by: Principal, expected_version: int | None = None, **changed: Any) -> None:
        """Change a PENDING job. Raises ValidationError at the fields, MoveRefused `stale` or `wrong_status`."""
        self.lock_for_desk("edit", by)
        self._edit(by, expected_version, changed)

    def _edit(self, by: Principal, expected_version: int | None, changed: dict[str, Any]) -> None:
        self.check_version(expected_version)
        if different := self.checked(changed):
            self.write("edit", by=by, changed=different)

    @transaction.atomic
    def delete_by(self, *, by: Principal) -> None:
        """PENDING → DELETED: kept for the history, never shown or offered."""
        self.lock_for_desk("delete", by)
        self._move("delete", by=by)

    @transaction.atomic
    def assign(
        self,
        company: Company,
        *,
        by: Principal,
        expected_version: int | None = None,
        **changed: Any,
    ) -> None:
        """PENDING → ASSIGNED. From now on nobody in the fleet can change or cancel it.

        With `changed`, edit the job first: both or nothing. Raises what `edit` raises, and MoveRefused
        `not_a_partner`, `vehicle_required`, `vehicle_archived`, `date_out_of_range`, `unit_not_available`.
        """
        partnership = Partnership.lock_accepted(self.fleet, company)
        self.lock_for_desk("assign", by)
        if changed or expected_version is not None:
            self._edit(by, expected_version, changed)
        self.check_complete()
        terms = Terms(company.pk, partnership.allow_override)
        self._move(
            "assign",
            by=by,
            data=terms.data(),
            planned=self.plan.to_freeze(),
            assigned_at=Now(),
            **terms.columns(),
        )
        if self.planned_unit_id:
            Custody.objects.begin_with_jobs({self.planned_unit_id: company.pk}, by=by)
        notify_office(self, "assign", by=by)

    def check_complete(self) -> None:
        """Raise MoveRefused where something is missing that an assigned job needs.

        Lock the vehicle and the planned unit; the rule for many jobs is `ManyMoves.assignable`.
        """
        if not self.is_installation and self.vehicle_id is None:
            raise MoveRefused("vehicle_required")
        if self.vehicle_id and Vehicle.objects.lock(self.vehicle_id).archived_at:
            raise MoveRefused("vehicle_archived")
        day = self.planned_service_date
        if day and self.is_badly_dated:
            raise MoveRefused("date_out_of_range", days.refusal(day))
        self.fitting.check_planned_unit()

    @transaction.atomic
    def reserve(self, user: User | None, *, by: User) -> None:
        """Reserve an ASSIGNED job for one installer of the company, or free it with None."""
        company = self.company_or_refuse()
        if user is not None:
            company.lock_memberships(by, user)
        by.lock_membership(of=company, roles=self.OFFICE_ROLES)
        if user is not None:
            user.lock_membership(of=company)
        self.lock_for_company("reserve")
        data = {"user": user.pk if user else None}
        self._move(
            "reserve", by=by, where={"company": self.company_id}, data=data, reserved_for=user
        )

    # --- new jobs -------------------------------------------------------------------------------------------------
    @classmethod
    @transaction.atomic
    def create_assigned(
        cls, by: Principal, *, fleet: Fleet, company: Company, **fields: Any
    ) -> Self:
        """Create a job that is the partner's at once. The partnership is locked before the membership."""
        Partnership.lock_accepted(fleet, company)
        job: Self = JobQuerySet(cls).create_by(by, fleet=fleet, **fields)
        job.assign(company, by=by)
        return job

    def check_create_again(self) -> None:
        if self.status != JobStatus.FAILED:
            raise MoveRefused("wrong_status", NOT_FAILED, status=self.status)

    def create_again(self, *, by: Principal) -> Self:
        """After FAILED: create a PENDING job for the same vehicle, linked to this one."""
        self.check_create_again()
        return JobQuerySet(type(self)).create_by(
            by, fleet=self.fleet, **self.copies.again_in_columns()
        )

    # --- reading --------------------------------------------------------------------------------------------------
    def changed_since(self, version: int) -> dict[str, Any]:
        """Return each field that was written since then, with what it was then, as JSON has it."""
        written = JobEvent.objects.filter(job=self.pk, data__has_key="changed").order_by("-seq")
        since = written[
            : max(0, self.fields_version - version)
        ]  # the oldest last: its value before is the one to keep
        return {
            name: change["from"]
            for event in since
            for name, change in event.data["changed"].items()
        }
