"""The holder's access to the vehicle of a job: what is open, and the keys behind it."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.db.models import QuerySet
from django.db.models.functions import Now

from accounts.models import User
from core.errors import MoveRefused
from jobs.lease import LEASE
from jobs.models.choices import JobStatus
from jobs.models.columns import JobColumns
from jobs.models.vehicle_access import LIVE_OF_JOB, VehicleAccess
from telematics.models import Command, Vehicle


@dataclass(slots=True)
class Access:
    """The access of one job's holder. Call what changes it under the job's lock."""

    job: JobColumns

    def current(self) -> VehicleAccess | None:
        """Return the open, unexpired access of the holder."""
        return LIVE_OF_JOB.first(job=self.job.pk)

    @property
    def seen(self) -> dict[str, Any] | None:
        """The last access, as it came with a job that was loaded `for_phone`; None before the first."""
        if self.job.access_until is None:
            return None
        return {"open": self.job.is_access_open, "ends_at": self.job.access_until}

    def open(self, holder: User) -> None:
        """Open a key to the vehicle, or extend the open one. Raises MoveRefused `vehicle_in_use`."""
        if self.current() is not None:
            self.extend()
            return
        if self.job.vehicle_id is None:
            raise MoveRefused("no_vehicle")
        self.job.vehicle = Vehicle.objects.lock(self.job.vehicle_id)
        VehicleAccess.objects.end_for(self.job, "LEASE_OVER", by=None)
        VehicleAccess.objects.open(self.job, holder, ends_at=Now() + LEASE)

    def extend(self) -> None:
        """Move an open lease forward, because its holder has done something; this leaves no event."""
        if access := self.current():
            access.key.extend(Now() + LEASE)

    def end(self, why: str, *, by: Any) -> None:
        """End what is open. The column ends it; the key is dropped at the unit afterwards."""
        VehicleAccess.objects.end_for(self.job, why, by=by)

    def check_not_stopped(self) -> None:
        if self.job.access_stopped_at:
            raise MoveRefused("access_stopped")

    def commands_in_flight(self) -> QuerySet[Command]:
        return Command.objects.in_flight().filter(key__access__job=self.job.pk)

    def check_nothing_in_flight(self) -> None:
        """A command that was handed over and is not settled may still act: an end that can wait for it does."""
        if self.job.status == JobStatus.RUNNING and self.commands_in_flight().exists():
            raise command_in_flight()

    def handed_over(self) -> dict[str, list[str]]:
        """Return, for the event of an end that cannot wait, what may still act until it expires."""
        return handed_over_in([self.job.pk]).get(self.job.pk, {})


def command_in_flight() -> MoveRefused:
    return MoveRefused("command_in_flight", retry_after=2)


def handed_over_in(jobs: Iterable[str]) -> dict[str, dict[str, list[str]]]:
    """Return what may still act of many jobs, by job."""
    found: dict[str, dict[str, list[str]]] = {}
    in_flight = Command.objects.in_flight().filter(key__access__job__in=jobs)
    for job, verb in in_flight.values_list("key__access__job", "verb"):
        found.setdefault(job, {"handed_over": []})["handed_over"].append(verb)
    return found
