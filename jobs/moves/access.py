"""The moves about access to the vehicle: who may use it, from when to when, and why it ended."""

from typing import Any, Self

from django.db import transaction
from django.db.models.functions import Now

from accounts.models import User
from core.errors import MoveRefused
from jobs import freshness
from jobs.models.choices import JobStatus
from jobs.models.vehicle_access import VehicleAccess
from jobs.moves.base import Movable, Principal
from jobs.notifications.sending import notify_installer
from jobs.parts.access import handed_over_in
from jobs.parts.proof import cancel_tests_of


class AccessMoves(Movable):
    class Meta:
        abstract = True

    @transaction.atomic
    def renew_access(self, *, by: User) -> None:
        """Another lease for the holder; a new access if the old one had ended.

        Raises MoveRefused `access_stopped`, `vehicle_in_use`, `no_vehicle`.
        """
        by.lock_membership(of=self.company_or_refuse())
        self.lock_for_holder("renew", by)
        self.access.check_not_stopped()
        if self.vehicle_id is None:
            raise MoveRefused("no_vehicle")
        self._move("renew", by=by, where={"assignee": by, "access_stopped_at": None})
        self.access.open(by)

    @transaction.atomic
    def stop_access(self, *, by: Principal, reason: str = "") -> None:
        """End the access at once; status and data stay. A command already handed over may act until it expires."""
        self._lock_for_stopper("stop_access", by)
        if self.access_stopped_at:
            raise MoveRefused("access_stopped")
        data = self.access.handed_over()
        self._move(
            "stop_access",
            by=by,
            reason=reason,
            data=data,
            access_stopped_at=Now(),
        )
        self.access.end("STOPPED", by=by)
        self.proof.cancel_tests()
        self._notify_holder("stop_access", by)

    @transaction.atomic
    def allow_access(self, *, by: Principal) -> None:
        """After `stop_access`: renewing, or withdraw and take, may open an access again."""
        self._lock_for_stopper("allow_access", by)
        if self.access_stopped_at is None:
            raise MoveRefused("access_not_stopped")
        self._move("allow_access", by=by, access_stopped_at=None)
        self._notify_holder("allow_access", by)

    def _notify_holder(self, verb: str, by: Principal) -> None:
        if self.assignee is not None:
            notify_installer(self, self.assignee, verb, by=by)

    def _lock_for_stopper(self, verb: str, by: Principal) -> None:
        if not by.is_operator:
            by.lock_membership(of=self.fleet, roles=self.DESK_ROLES)
        self.lock()
        self.check_move(verb)

    @classmethod
    @transaction.atomic
    def suspend_access(cls, *, by: User | None, who: str, **whose: Any) -> list[Self]:
        """End every access to a vehicle for RUNNING jobs of `whose`, who was suspended; return the jobs concerned.

        They stay RUNNING. A few statements, however many there are. `who` is for the history: `installer`, `company`,
        `fleet` or `provider`. A command already handed over may act until it expires.
        """
        held = cls.locked_rows(status=JobStatus.RUNNING, **whose)
        accesses = VehicleAccess.objects.filter(job__in=[job.pk for job in held], end_reason="")
        concerned = set(accesses.values_list("job", flat=True))
        handed_over = handed_over_in(concerned)
        cls._move_all(
            "suspend_access",
            cls._base_manager.filter(pk__in=concerned),
            by=by,
            data=lambda pk: {"who": who, **handed_over.get(pk, {})},
        )
        VehicleAccess.objects.filter(job__in=concerned).end_all("SUSPENDED", by=by)
        cancel_tests_of(held)
        jobs = [job for job in held if job.pk in concerned]
        freshness.touch_all(job.fleet_id for job in jobs)
        return jobs

    @transaction.atomic
    def end_lease(self) -> bool:
        """The lease is over by the database's clock: record it and cancel what still runs.

        True for the call that did.
        """
        self.lock()
        is_over = VehicleAccess.objects.lease_over().filter(job=self.pk).exists()
        if is_over:
            self.access.end("LEASE_OVER", by=None)
            self.proof.cancel_tests()
        return is_over
