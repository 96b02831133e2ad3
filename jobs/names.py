"""What a job is called and found by: its own names, or those of the vehicle that it was written for.

A maintenance job carries its vehicle's data in its own columns, so that lists sort, filter and export it as any other;
they follow the vehicle while the job is open and are the record afterwards. An installation job of a vehicle that is in
the fleet already keeps its columns for what is built, and borrows what it has not.
"""

from collections.abc import Iterable, Mapping
from typing import Any

from django.db.models import Q

from core.normal import search_column
from jobs.models.choices import JobStatus, Kind
from jobs.plan import blank_of, is_blank
from telematics.models import Vehicle

# What a job borrows of its vehicle, and keeps as its record when it ends.
BORROWED = ("vin", "license_plate", "custom_name", "vehicle_model", "brand", "model")

# What `lenders` asks of a row.
LENDING = ("kind", "status", "vehicle_id", "vehicle_created")


def lenders(rows: Iterable[Mapping[str, Any]]) -> dict[str, Vehicle]:
    """The vehicles that open jobs of a list may borrow from; `rows` have `LENDING`.

    One statement and only where there are such jobs: they are few, and joined every list would pay for them.
    """
    wanted = {
        row["vehicle_id"]
        for row in rows
        if row["kind"] == Kind.INSTALLATION and row["status"] in JobStatus.open() and not row["vehicle_created"]
    } - {None}
    return Vehicle.objects.select_related("vehicle_model").in_bulk(wanted) if wanted else {}


def written_for(vehicle_id: str) -> Q:
    """The open jobs that are called as this vehicle; none that brought it in."""
    return Q(vehicle=vehicle_id, vehicle_created=False, status__in=JobStatus.open())


class Named:
    def __str__(self) -> str:
        own = self.license_plate or self.custom_name or self.vin
        return own or next((name for name in self.borrowed("license_plate", "custom_name", "vin").values()), self.pk)

    @property
    def given_vehicle(self) -> Vehicle | None:
        """The vehicle of the fleet that the job was written for; none that the job itself brought in."""
        return self.vehicle if self.vehicle_id and not self.vehicle_created else None

    @property
    def names(self) -> dict[str, str]:
        """`vin`, `license_plate`, `custom_name`: each its own or, while the job is open, its vehicle's."""
        return {name: getattr(self, name) for name in self.IDENTITY} | self.borrowed(*self.IDENTITY)

    def borrowed(self, *names: str) -> dict[str, Any]:
        """What an open job does not say itself and its vehicle does."""
        blank = [name for name in names if is_blank(self.plain(name))] if self.is_open else []
        vehicle = self.given_vehicle if blank else None
        return {name: value for name in blank if vehicle and not is_blank(value := getattr(vehicle, name))}

    def search_text(self) -> str:
        return search_column(*self.names.values())

    def adopt(self) -> dict[str, Any]:
        """Set a maintenance job's columns to what its vehicle is, blank without one; what was set. Not saved."""
        fields = [self._meta.get_field(name) for name in self.INSTALLER_FIELDS if self.kind == Kind.MAINTENANCE]
        adopted = {f.attname: getattr(self.vehicle, f.attname) if self.vehicle_id else blank_of(f) for f in fields}
        for name, value in adopted.items():
            setattr(self, name, value)
        return adopted

    def renamed_by(self, verb: str) -> str | None:
        """The vehicle that the move may rename, and with it other open jobs: it locks them together with this one.

        All at once in the order of their keys: one after the other, two such moves wait for each other, and for a
        partner who is leaving.
        """
        return self.vehicle_id if verb in ("fill_in", "succeed") and self.kind == Kind.INSTALLATION else None

    def follow_vehicle(self, **changed: Any) -> None:
        """The vehicle is about to change so. Not saved."""
        for name, value in changed.items():
            setattr(self.vehicle, name, value)
            if self.kind == Kind.MAINTENANCE:
                setattr(self, name, value)
        self.search = self.search_text()
