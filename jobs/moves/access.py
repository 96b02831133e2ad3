"""Who may use the vehicle, from when to when, and why it ended."""

from typing import Any

from django.db import transaction
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from core.moves import MoveRefused
from jobs.lease import LEASE
from jobs.models.choices import JobStatus
from telematics.models import Command, Vehicle, VehicleModel


class AccessMoves:
    def current_access(self):
        """The open, unexpired access of this job's holder, or None."""
        from jobs.models.vehicle_access import LIVE_OF_JOB

        return LIVE_OF_JOB.first(job=self.pk)

    @property
    def access_seen(self) -> dict[str, Any] | None:
        """The last access, as it came with this job, which was loaded `for_phone`; None before the first.

        Whether it is open says the one predicate, which asks for a RUNNING job of a vehicle before all else.
        """
        if self.access_until is None:
            return None
        may_be_open = self.status == JobStatus.RUNNING and self.vehicle_id is not None
        return {"open": may_be_open and self.current_access() is not None, "ends_at": self.access_until}

    @property
    def vehicle_in_work(self) -> Vehicle | None:
        """The company keeps its record of a finished job, without the link to the vehicle."""
        return self.vehicle if self.is_open else None

    @property
    def qnr_in_work(self) -> str | None:
        """The unit worked on while the job is open, afterwards the one recorded."""
        return self.current_qnr if self.is_open else self.unit_id

    @property
    def model_in_work(self) -> VehicleModel | None:
        """Likewise."""
        return self.known_model if self.is_open else self.vehicle_model

    def open_access(self, *, by) -> None:
        """Open a key to the vehicle for the holder. Raises MoveRefused `vehicle_in_use`; call it under the job's lock."""
        from jobs.models.vehicle_access import VehicleAccess

        if self.current_access() is not None:
            self._act_of_holder(by)
            return
        self.vehicle = Vehicle.objects.lock(self.vehicle_id)
        VehicleAccess.objects.end_for(self, "LEASE_OVER", by=None)
        VehicleAccess.objects.open(self, by, ends_at=Now() + LEASE)

    def end_access(self, why: str, *, by) -> None:
        """End what is open. The column ends it; the key is dropped at the unit afterwards."""
        from jobs.models.vehicle_access import VehicleAccess

        if self.vehicle_id:  # without a vehicle there was never anything to open
            VehicleAccess.objects.end_for(self, why, by=by)

    @transaction.atomic
    def renew_access(self, *, by) -> None:
        """Another lease for the holder; a new access if the old one had ended.

        Raises MoveRefused `access_stopped`, `vehicle_in_use`, `no_vehicle`.
        """
        by.lock_membership(of=self._company_or_refuse())
        self._lock_for_holder("renew", by)
        if self.access_stopped_at:
            raise MoveRefused("access_stopped", _("The fleet manager has stopped access to this vehicle."))
        if self.vehicle_id is None:
            raise MoveRefused("no_vehicle", _("There is no vehicle yet."))
        self._move("renew", by=by, where={"assignee": by, "access_stopped_at": None})
        self.open_access(by=by)

    @transaction.atomic
    def stop_access(self, *, by, reason: str = "") -> None:
        """End the access at once; status and data stay. A command already handed over may act until it expires."""
        self._check_stopper(by)
        self.lock()
        self.check_move("stop_access")
        if self.access_stopped_at:
            raise MoveRefused("access_stopped", _("Access is stopped already."))
        self._move("stop_access", by=by, reason=reason, data=self._handed_over(), access_stopped_at=Now())
        self.end_access("STOPPED", by=by)
        self.cancel_tests()
        self.tell_holder(self.assignee, "stop_access", by=by)

    @transaction.atomic
    def allow_access(self, *, by) -> None:
        """After `stop_access`: renewing, or withdraw and take, may open an access again."""
        self._check_stopper(by)
        self.lock()
        self.check_move("allow_access")
        if self.access_stopped_at is None:
            raise MoveRefused("access_not_stopped", _("Access is not stopped."))
        self._move("allow_access", by=by, access_stopped_at=None)
        self.tell_holder(self.assignee, "allow_access", by=by)

    @transaction.atomic
    def end_lease(self) -> bool:
        """The lease is over by the database's clock: record it and cancel what still runs. True for the call that did."""
        from jobs.models.vehicle_access import VehicleAccess

        self.lock()
        over = VehicleAccess.objects.lease_over().filter(job=self).exists()
        if over:
            self.end_access("LEASE_OVER", by=None)
            self.cancel_tests()
        return over

    def _act_of_holder(self, by) -> None:
        """An act of the holder moves an open lease forward; no event stands for it."""
        if access := self.current_access():
            access.key.extend(Now() + LEASE)

    def _check_stopper(self, by) -> None:
        if not by.is_operator:
            by.lock_membership(of=self.fleet, roles=self.DESK_ROLES)

    def commands_in_flight(self):
        return Command.objects.in_flight().filter(key__access__job=self)

    def _handed_over(self) -> dict[str, list[str]]:
        """For the event of an end that cannot wait: what may still act until it expires."""
        verbs = list(self.commands_in_flight().values_list("verb", flat=True))
        return {"handed_over": verbs} if verbs else {}

    def _check_nothing_in_flight(self) -> None:
        """A command handed over and not settled may still act, so the end that can wait for it does."""
        self._check_not_in_flight(self.status == JobStatus.RUNNING and self.commands_in_flight().exists())

    def _check_not_in_flight(self, in_flight: bool) -> None:
        if in_flight:
            raise MoveRefused("command_in_flight", _("A command is still on its way to the vehicle."), retry_after=2)
