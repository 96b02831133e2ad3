"""The *Inspect* page of a vehicle: facts, latest state, jobs, accesses, commands and changes, in a
fixed number of statements.
"""

import json
from collections.abc import Iterable
from typing import Any, NamedTuple

from django.db.models import QuerySet
from django.utils.functional import cached_property

from core.web.lists.live import digest
from jobs.models import Job, VehicleAccess
from jobs.reading.history import Entry
from jobs.reading.unit_history import units_of
from jobs.reading.vehicle_changes import events_of
from jobs.reading.vehicle_changes import in_words as changes_in_words
from jobs.reading.vehicle_tiles import Tiles
from jobs.reading.words import VehicleWords, field_of
from telematics.models import Command, Custody, Vehicle
from telematics.models.read_vin import ReadVin
from telematics.models.specification import Specification
from telematics.signal_words import SIGNALS
from telematics.verbs import VERBS, supported_by

# How many rows of each part are shown at first, and at most. Of commands the newest say enough.
SHOWN = 20
SHOWN_COMMANDS = 5
MOST = 500


class Part(NamedTuple):
    """The newest rows, and the number to request to see older ones; 0 where there are no more."""

    rows: list
    more: int


class VehicleSheet:
    """`sizes`: part → the number of rows to show, as in the query string."""

    def __init__(self, vehicle: Vehicle, sizes: dict[str, str]):
        self.vehicle = vehicle
        self.sizes = sizes

    @property
    def master_data(self) -> list[tuple[str, str]]:
        return self._facts(("vehicle_model", *Specification.MASTER_DATA))

    @property
    def setup(self) -> list[tuple[str, str]]:
        """The setup of the unit, and the features."""
        return self._facts((*Specification.SETUP[1:], *Specification.FEATURES))

    def _facts(self, names: Iterable[str]) -> list[tuple[str, str]]:
        """Label and value of what is known."""
        vehicle = self.vehicle
        words = VehicleWords(
            {"vehicle_model": {vehicle.vehicle_model_id: str(vehicle.vehicle_model)}}
        )
        facts = []
        for name in names:
            value = getattr(vehicle, field_of(name, Vehicle).attname)
            if value not in (None, ""):
                facts.append((words.label(name), words.value(name, value)))
        return facts

    @property
    def reported_signals(self) -> list[str]:
        """What the unit can report of a vehicle of this model."""
        model = self.vehicle.vehicle_model
        if model is None:
            return []
        return [str(label) for name, label in SIGNALS.items() if model.supports(name)]

    @property
    def supported_commands(self) -> list[str]:
        model = self.vehicle.vehicle_model
        if model is None:
            return []
        return [str(label) for verb, label in VERBS.items() if supported_by(model, verb)]

    @property
    def custom_fields(self) -> list[tuple[str, str]]:
        return sorted(self.vehicle.custom_fields.items(), key=lambda field: field[0].casefold())

    @property
    def read_vin(self) -> ReadVin:
        """The VIN that the unit reads in the vehicle, which was loaded with `sent_vin`."""
        vehicle: Any = self.vehicle
        return ReadVin.of(vehicle.sent_vin, model=vehicle.vehicle_model, known=vehicle.vin)

    @cached_property
    def tiles(self) -> Tiles:
        return Tiles(self.vehicle)

    @property
    def raw_state(self) -> str:
        """The state as OneAPI returns it."""
        return json.dumps(self.tiles.signals, indent=2, ensure_ascii=False)

    @property
    def units(self) -> list[Entry]:
        """Which unit was in the vehicle, and when."""
        return units_of(self.vehicle)

    @property
    def custodies(self) -> list[Custody]:
        """Which companies held the unit that is in the vehicle, newest first."""
        if self.vehicle.unit_id is None:
            return []
        held = Custody.objects.filter(unit=self.vehicle.unit_id, fleet=self.vehicle.fleet_id)
        return list(held.select_related("company").order_by("-pk")[:SHOWN])

    @cached_property
    def jobs(self) -> Part:
        jobs = Job.objects.in_fleet(self.vehicle.fleet_id).filter(vehicle=self.vehicle).shown()
        return self._part("jobs", jobs.select_related("company", "assignee").order_by("-pk"))

    @cached_property
    def accesses(self) -> Part:
        rows = VehicleAccess.objects.filter(key__vehicle=self.vehicle).with_is_open()
        return self._part(
            "accesses",
            rows.select_related("key__holder", "ended_by", "job__company").order_by("-pk"),
        )

    @cached_property
    def commands(self) -> Part:
        rows = Command.objects.filter(vehicle=self.vehicle).select_related(
            "requested_by", "client", "key"
        )
        return self._part("commands", rows.order_by("-pk"), SHOWN_COMMANDS)

    @property
    def changes(self) -> Part:
        """What the fleet changed, as `Change`."""
        part = self._part("changes", events_of(self.vehicle))
        return part._replace(rows=changes_in_words(part.rows))

    @property
    def open_access(self) -> VehicleAccess | None:
        """That of an installer who may be at the vehicle."""
        return next((access for access in self.accesses.rows if access.is_open), None)

    @property
    def digest(self) -> str:
        """A digest of everything that changes on the page. Ages are counted by the browser."""
        vehicle: Any = self.vehicle
        unit = vehicle.unit
        rows: list[tuple[Any, Any]] = [
            (vehicle.pk, (vehicle.version, vehicle.sent_vin)),
            (vehicle.unit_id, unit and (unit.model, unit.firmware, unit.tracking)),
            (self.tiles.life, (self.tiles.contact, self.tiles.outdated)),
        ]
        rows += [(job.pk, job.version) for job in self.jobs.rows]
        rows += [(row.pk, (row.is_open, row.ends_at)) for row in self.accesses.rows]
        rows += [(row.pk, (row.status, row.error)) for row in self.commands.rows]
        return digest(rows, {})

    def _part(self, name: str, rows: QuerySet, least: int = SHOWN) -> Part:
        size = self._size(name, least)
        found = list(rows[: size + 1])
        more = 0
        if len(found) > size and size < MOST:
            more = min(max(size * 2, SHOWN), MOST)
        return Part(found[:size], more)

    def _size(self, name: str, least: int) -> int:
        wanted = self.sizes.get(name, "")
        if not wanted.isdecimal():
            return least
        return min(max(int(wanted), least), MOST)
