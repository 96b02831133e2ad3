"""The moves of an installer before the outcome: take, link the unit, fill in, test."""

from collections.abc import Iterable, Mapping
from typing import Any

from django.db import transaction
from django.db.models import F
from django.db.models.functions import Now

from accounts.models import User
from core.errors import MoveRefused
from jobs import freshness
from jobs.models.choices import Task, VoidReason
from jobs.models.installation_test import InstallationTest
from jobs.moves.base import Movable
from jobs.parts.access import command_in_flight
from jobs.parts.permits import check_taker
from jobs.parts.proof import CONFIGURED


class GarageMoves(Movable):
    class Meta:
        abstract = True

    @transaction.atomic
    def take(self, *, by: User) -> None:
        """ASSIGNED → RUNNING: `by` is the holder from now on.

        Raises NotAllowed, or MoveRefused `wrong_status` (another caller was faster), `fleet_suspended`,
        `agreement_required`, `reserved`, `vehicle_in_use`.
        """
        company = self.company_or_refuse()
        membership = by.lock_membership(of=company)  # a removal waits for us or we for it
        self.lock()
        self.check_move("take")
        self.check_not_suspended(by)
        check_taker(self, by, is_admin=membership.is_admin, may_take=company.may_take())
        guard = {"company": company, "reserved_for": self.reserved_for_id}
        self._move(
            "take",
            by=by,
            where=guard,
            assignee=by,
            taken_at=Now(),
            assignment=F("version") + 1,
        )
        if self.vehicle_id and not self.access_stopped_at:
            self.access.open(by)
        if self.is_installation and self.current_qnr and not self.proof.is_configuration_current():
            self.proof.request_configuration()

    @transaction.atomic
    def link_unit(self, qnr: str, *, by: User, removed_qnr: str | None = None) -> None:
        """Set the unit that is being installed: the vehicle appears in the fleet and access to it starts.

        A job that removes the unit identifies the one that was taken out; one that replaces it may name it besides, as
        `removed_qnr`. Raises MoveRefused `unit_not_available` (the same for foreign, mounted and unknown ones),
        `other_unit_planned`, `other_unit_mounted`, `vin_in_fleet`, `access_stopped`, `vehicle_in_use`, `no_unit_here`;
        `command_in_flight` when it exchanges one.
        """
        work = self.lock_for_holder("link_unit", by)
        self.fitting.check_linking(qnr)
        if self.task == Task.REMOVE_UNIT:
            identify_removed(self, qnr, by=by)
            return
        if removed_qnr is not None:
            self.fitting.check_taken_out(removed_qnr)
        before = self.current_qnr
        unit = self.fitting.lock_available(qnr)
        if unit.pk == before:
            self.access.extend()
            if not self.proof.is_configuration_current():  # the last attempt has failed
                self.proof.request_configuration()
            return
        if work.has_command_in_flight:
            raise command_in_flight()
        mounting = self.fitting.mount(unit, by=by)
        differs = self.plan.differs_with(unit=unit)
        data = {"unit": unit.pk, "before": before}
        self._move(
            "link_unit",
            by=by,
            where={"assignee": by},
            data=data,
            unit=unit,
            differs=differs,
            **mounting,
        )
        self.access.open(by)
        self.proof.request_configuration(VoidReason.UNIT_CHANGED)

    @transaction.atomic
    def fill_in(
        self,
        *,
        by: User,
        expected_version: int | None = None,
        expected: Mapping[str, Any] = {},
        **values: Any,
    ) -> None:
        """Fill in what the manager left open. All or nothing. `expected` are plain values that must still be there.

        Raises MoveRefused `field_locked`, `stale`, `field_changed`, `vin_in_fleet`, `wrong_kind`; ValidationError with
        every error at its field.
        """
        self.lock_for_holder("fill_in", by)
        self.plan.check_fillable()
        self.check_version(expected_version)
        self.plan.check_as_expected(expected)
        changed = self.checked(values)
        if locked := self.plan.locked_among(changed):
            raise MoveRefused("field_locked", fields=locked)
        if changed:
            self.fitting.check_vin(changed.get("vin", self.vin))
            differs = self.plan.differs_with(**changed)
            self.write(
                "fill_in",
                by=by,
                where={"assignee": by},
                changed=changed,
                differs=differs,
            )
            self.fitting.write_created_vehicle()
        self.access.extend()
        if not set(CONFIGURED).isdisjoint(changed):
            self.proof.request_configuration()

    @transaction.atomic
    def request_tests(self, *, by: User, kinds: Iterable[str] | None = None) -> None:
        """Queue tests, by default all required; one that already waits or runs stays as it is.

        Raises MoveRefused `no_unit`, `not_configured`, `access_stopped`, `access_ended`; ValidationError at `kinds`.
        """
        work = self.lock_for_holder("renew", by)
        self.proof.check_testable(work.configuration)
        wanted = self.proof.in_order(self.proof.required_tests() if kinds is None else kinds)
        self.access.extend()
        unit = self.current_qnr or ""  # checked above
        InstallationTest.objects.queue(
            self.pk, unit, wanted, configuration=self.proof.latest_configuration, by=by
        )
        freshness.touch(self.fleet_id)


def identify_removed(job: Movable, qnr: str, *, by: User) -> None:
    """Record which unit was taken out, under the job's lock. It leaves the vehicle when the job succeeds."""
    job.fitting.check_taken_out(qnr)
    job.access.extend()
    if job.unit_id is None:
        data = {"unit": qnr, "removed": True}
        job._move("link_unit", by=by, where={"assignee": by}, data=data, unit_id=qnr)
