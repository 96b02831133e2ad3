"""The *Inspect* page of a vehicle: facts, latest state, jobs, accesses, commands and changes, in a
fixed number of statements.
"""

from collections.abc import Iterator
from datetime import datetime
from typing import Any, NamedTuple

from django.db.models import QuerySet
from django.utils.dateparse import parse_datetime
from django.utils.functional import cached_property

from jobs.models import Job, VehicleAccess
from jobs.reading.history import Entry
from jobs.reading.unit_history import units_of
from jobs.reading.vehicle_changes import events_of
from jobs.reading.vehicle_changes import in_words as changes_in_words
from jobs.reading.words import VehicleWords, field_of
from telematics.models import Command, Vehicle, VehicleState
from telematics.models.read_vin import ReadVin
from telematics.models.specification import Specification
from telematics.models.vehicle_state import shown_of
from telematics.signal_words import SIGNALS, in_words

# How many rows of each part are shown at first, and at most.
SHOWN = 20
MOST = 500


class Signal(NamedTuple):
    label: str
    value: str
    at: datetime | None


class Part(NamedTuple):
    """The newest rows, and the number to request to see older ones; 0 where there are no more."""

    rows: list
    more: int

    @property
    def is_under_way(self) -> bool:
        """Of commands: whether one of those that are shown has no result yet."""
        return any(row.settled_at is None for row in self.rows)


class VehicleSheet:
    """`sizes`: part → the number of rows to show, as in the query string."""

    def __init__(self, vehicle: Vehicle, sizes: dict[str, str]):
        self.vehicle = vehicle
        self.sizes = sizes

    @property
    def facts(self) -> Iterator[tuple[str, str]]:
        """Label and value of the known master data, setup and features."""
        vehicle = self.vehicle
        words = VehicleWords(
            {"vehicle_model": {vehicle.vehicle_model_id: str(vehicle.vehicle_model)}}
        )
        for name in Specification.SPECIFICATION_FIELDS:
            value = getattr(vehicle, field_of(name, Vehicle).attname)
            if value not in (None, ""):
                yield words.label(name), words.value(name, value)

    @property
    def custom_fields(self) -> list[tuple[str, str]]:
        return sorted(self.vehicle.custom_fields.items(), key=lambda field: field[0].casefold())

    @property
    def read_vin(self) -> ReadVin:
        """The VIN that the unit reads in the vehicle, which was loaded with `sent_vin`."""
        vehicle: Any = self.vehicle
        return ReadVin.of(vehicle.sent_vin, model=vehicle.vehicle_model, known=vehicle.vin)

    @cached_property
    def state(self) -> VehicleState | None:
        return getattr(self.vehicle, "state", None)

    @property
    def signals(self) -> list[Signal]:
        """The latest signals of the unit, as far as the vehicle's model and features allow."""
        heard = shown_of(self.vehicle, self.state.signals) if self.state else {}
        return [
            Signal(
                str(SIGNALS[name]), in_words(name, one["value"]), parse_datetime(one["timestamp"])
            )
            for name, one in heard.items()
        ]

    @property
    def units(self) -> list[Entry]:
        """Which unit was in the vehicle, and when."""
        return units_of(self.vehicle)

    @property
    def jobs(self) -> Part:
        jobs = Job.objects.in_fleet(self.vehicle.fleet_id).filter(vehicle=self.vehicle).shown()
        return self._part("jobs", jobs.select_related("company", "assignee").order_by("-pk"))

    @property
    def accesses(self) -> Part:
        rows = VehicleAccess.objects.filter(key__vehicle=self.vehicle).with_is_open()
        return self._part(
            "accesses",
            rows.select_related("key__holder", "ended_by", "job__company").order_by("-pk"),
        )

    @property
    def commands(self) -> Part:
        rows = Command.objects.filter(vehicle=self.vehicle).select_related(
            "requested_by", "client", "key"
        )
        return self._part("commands", rows.order_by("-pk"))

    @property
    def changes(self) -> Part:
        """What the fleet changed, as `Change`."""
        part = self._part("changes", events_of(self.vehicle))
        return part._replace(rows=changes_in_words(part.rows))

    def _part(self, name: str, rows: QuerySet) -> Part:
        size = self._size(name)
        found = list(rows[: size + 1])
        more = 0
        if len(found) > size and size < MOST:
            more = min(size * 2, MOST)
        return Part(found[:size], more)

    def _size(self, name: str) -> int:
        wanted = self.sizes.get(name, "")
        if not wanted.isdecimal():
            return SHOWN
        return min(max(int(wanted), SHOWN), MOST)
