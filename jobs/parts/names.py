"""What a job is called and found by: its own names, or those of the vehicle that it was written for.

A maintenance job carries its vehicle's data in its own columns, so that lists sort, filter and export it as any other;
they follow the vehicle while the job is open and are the record afterwards. An installation job of a vehicle that is in
the fleet already keeps its columns for what is built, and borrows what it has not.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from django.db.models import Q
from django.utils.translation import gettext as _

from core.errors import MoveRefused
from core.normal import search_column
from core.values.bidi import isolated
from jobs.models.choices import OPEN, Kind
from jobs.models.columns import JobColumns, blank_of, column, is_blank
from jobs.parts.number import spoken
from telematics.models import Vehicle
from telematics.models.read_vin import ReadVin

# The first that a job has is its title; a vehicle is called by the same rule.
TITLE_NAMES = ("license_plate", "custom_name", "vin")

# What a job borrows of its vehicle, and keeps as its record when it ends.
BORROWED = ("vin", "license_plate", "custom_name", "vehicle_model", "brand", "model")

# The columns of a row that `lenders` reads.
LENDING = ("kind", "status", "vehicle_id", "vehicle_created")

# The moves that may rename the job's vehicle, and with it other open jobs.
RENAMING = ("fill_in", "succeed")


@dataclass(slots=True)
class Names:
    """The names of one job."""

    job: JobColumns

    @property
    def title(self) -> str:
        """What the job is called everywhere; "" while it has no name."""
        for name in TITLE_NAMES:
            if own := getattr(self.job, name):
                return own
        lender = self.lender  # loaded only for a job without names of its own
        if lender:
            return str(lender)
        return ""

    @property
    def number(self) -> str:
        """The number of the job with the prefix of its fleet; "" while it has none."""
        return spoken(self.job.fleet.job_prefix, self.job.number)

    @property
    def in_sentence(self) -> str:
        """The title as a sentence has it: a job without names is called as the vehicle that it brought in."""
        if title := self.title:
            return isolated(title)
        if self.job.vehicle:
            return isolated(str(self.job.vehicle))
        return _("a job without a name")

    @property
    def vin(self) -> str:
        return self._own_or_borrowed("vin")

    @property
    def license_plate(self) -> str:
        return self._own_or_borrowed("license_plate")

    @property
    def custom_name(self) -> str:
        return self._own_or_borrowed("custom_name")

    def _own_or_borrowed(self, name: str) -> str:
        return getattr(self.job, name) or self.borrowed(name).get(name, "")

    @property
    def given_vehicle(self) -> Vehicle | None:
        """The vehicle of the fleet that the job was written for; none that the job itself brought in."""
        if self.job.vehicle_created:
            return None
        return self.job.vehicle

    @property
    def vehicle_to_use_again(self) -> Vehicle | None:
        """The vehicle for another job like this one; none that has been archived since."""
        vehicle = self.given_vehicle
        if vehicle and vehicle.archived_at is None:
            return vehicle
        return None

    @property
    def lender(self) -> Vehicle | None:
        """The vehicle whose names the job borrows while it is open."""
        if self.job.is_open:
            return self.given_vehicle
        return None

    def read_vin(self, sent: str) -> ReadVin:
        """Return the VIN that the unit reads, next to the job's; `sent` is what `sent_vin_of_job` annotates."""
        return ReadVin.of(sent, model=self.job.known_model, known=self.vin)

    def check_read_vin(self, sent: str, *, confirmed: str = "") -> dict[str, Any]:
        """Return what the event of the outcome records of a difference; nothing where there is none.

        `confirmed` is the VIN that the installer was shown. Raises MoveRefused `vin_differs` for a difference that they
        have not confirmed.
        """
        if not sent:
            return {}
        vin = self.read_vin(sent)
        if not vin.differs:
            return {}
        if confirmed != vin.value:
            raise MoveRefused("vin_differs", read_vin=vin.value, vin=vin.known)
        return {"vin_differs": {"read": vin.value, "known": vin.known}}

    def search_text(self) -> str:
        """Return what a search finds the job by: VIN, plate and name, each its own or its vehicle's."""
        return search_column(self.vin, self.license_plate, self.custom_name)

    def borrowed(self, *names: str) -> dict[str, Any]:
        """Return what an open job does not have itself and its vehicle has."""
        missing = [name for name in names if is_blank(self.job.plain(name))]
        lender = self.lender if missing else None
        if lender is None:
            return {}
        lent = {name: getattr(lender, name) for name in missing}
        return {name: value for name, value in lent.items() if not is_blank(value)}

    def adopt(self) -> dict[str, Any]:
        """Set a maintenance job's columns to what its vehicle is, blank without one; what was set. Not saved."""
        adopted: dict[str, Any] = {}
        if self.job.is_installation:
            return adopted
        vehicle = self.job.vehicle
        for name in self.job.INSTALLER_FIELDS:
            field = column(self.job, name)
            adopted[field.attname] = getattr(vehicle, field.attname) if vehicle else blank_of(field)
        for name, value in adopted.items():
            setattr(self.job, name, value)
        return adopted

    def vehicle_renamed_by(self, verb: str) -> str | None:
        """Return the id of the vehicle that the move may rename, and with it other open jobs.

        The move locks them together with this job, in the order of their keys. One after the other, two such moves
        wait for each other, and for a partner who is leaving.
        """
        if verb in RENAMING and self.job.is_installation:
            return self.job.vehicle_id
        return None

    def follow(self, changed: Mapping[str, Any]) -> None:
        """Set the names to what the vehicle is about to become. Not saved."""
        for name, value in changed.items():
            setattr(self.job.vehicle, name, value)
            if not self.job.is_installation:
                setattr(self.job, name, value)
        self.job.search = self.search_text()


def lenders(rows: Iterable[Mapping[str, Any]]) -> dict[str, Vehicle]:
    """Return the vehicles that open jobs of a list may borrow from; `rows` have the columns of `LENDING`.

    One statement and only where there are such jobs: they are few, and joined every list would pay for them.
    """
    wanted = {row["vehicle_id"] for row in rows if _borrows(row)} - {None}
    if wanted:
        return Vehicle.objects.select_related("vehicle_model").in_bulk(wanted)
    return {}


def _borrows(row: Mapping[str, Any]) -> bool:
    return row["kind"] == Kind.INSTALLATION and row["status"] in OPEN and not row["vehicle_created"]


def written_for(vehicle_id: Any) -> Q:
    """Return the filter for the open jobs that are called as this vehicle; none that brought it in."""
    return Q(vehicle=vehicle_id, vehicle_created=False, status__in=OPEN)
