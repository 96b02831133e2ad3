"""What *Inspect* shows of a vehicle: facts, its last state, jobs, who had access, commands. A fixed number of statements."""

from collections.abc import Iterator
from datetime import datetime
from typing import NamedTuple

from django.utils.dateparse import parse_datetime
from django.utils.functional import cached_property
from django.utils.text import capfirst

from jobs.history import Entry
from jobs.models import Job, VehicleAccess
from jobs.unit_history import units_of
from jobs.words import Words
from telematics.models import Command, Vehicle, VehicleState
from telematics.models.specification import Specification
from telematics.models.vehicle_state import limited
from telematics.signal_words import SIGNALS, said

SHOWN, MOST = 20, 500


class Signal(NamedTuple):
    label: str
    value: str
    at: datetime | None


class Part(NamedTuple):
    """The newest rows of something, and how many to ask for to see older ones; 0 where these are all."""

    rows: list
    more: int


class VehicleSheet:
    """`sizes` says of each part how many rows somebody wants to see."""

    def __init__(self, vehicle: Vehicle, sizes: dict[str, str]):
        self.vehicle, self.sizes = vehicle, sizes

    @property
    def facts(self) -> Iterator[tuple[str, str]]:
        """Master data, setup and features, as far as they are known."""
        vehicle = self.vehicle
        words = Words({"vehicle_model": {vehicle.vehicle_model_id: str(vehicle.vehicle_model)}})
        for name in Specification.SPECIFICATION_FIELDS:
            value = getattr(vehicle, Vehicle._meta.get_field(name).attname)
            if value not in (None, ""):
                yield words.label(name), words.value(name, value)
        for name, value in vehicle.custom_fields.items():
            yield capfirst(name), str(value)

    @cached_property
    def state(self) -> VehicleState | None:
        return getattr(self.vehicle, "state", None)

    @property
    def signals(self) -> list[Signal]:
        """What the unit said last, of what the vehicle's model has."""
        heard = limited(self.state.signals, self.vehicle.vehicle_model) if self.state else {}
        return [
            Signal(str(SIGNALS[name]), said(name, one["value"]), parse_datetime(one["timestamp"]))
            for name, one in heard.items()
        ]

    @property
    def units(self) -> list[Entry]:
        """Which unit was in it when, as its jobs tell."""
        return units_of(self.vehicle)

    @property
    def jobs(self) -> Part:
        jobs = Job.objects.in_fleet(self.vehicle.fleet_id).filter(vehicle=self.vehicle).shown()
        return self._part("jobs", jobs.select_related("company", "assignee").order_by("-pk"))

    @property
    def accesses(self) -> Part:
        rows = VehicleAccess.objects.filter(key__vehicle=self.vehicle).with_is_open()
        return self._part("accesses", rows.select_related("key__holder", "ended_by", "job__company").order_by("-pk"))

    @property
    def commands(self) -> Part:
        rows = Command.objects.filter(vehicle=self.vehicle).select_related("requested_by", "client", "key")
        return self._part("commands", rows.order_by("-pk"))

    def _part(self, name: str, rows) -> Part:
        wanted = self.sizes.get(name, "")
        size = min(max(int(wanted), SHOWN), MOST) if wanted.isdecimal() else SHOWN
        found = list(rows[: size + 1])
        return Part(found[:size], min(size * 2, MOST) if len(found) > size and size < MOST else 0)
