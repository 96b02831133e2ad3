"""Many new vehicles of a fleet at once: all or nothing, every error at its row, a fixed number of statements."""

from collections.abc import Mapping
from typing import Any, NamedTuple

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models import ApiClient, Fleet, User
from accounts.models.membership import MANAGING
from core.ids import allocate
from core.refusals import sentence
from telematics import signals
from telematics.models.change_reason import ChangeReason
from telematics.models.custody import Custody, End
from telematics.models.unit import Unit
from telematics.models.vehicle import Vehicle
from telematics.models.vehicle_event import VehicleEvent

REPEATED_VIN = _("Another row has this VIN.")
REPEATED_UNIT = _("Another row has this unit.")

Errors = dict[str, Any]


class Row(NamedTuple):
    """A new vehicle: its columns, and the QNR of the unit that it gets."""

    fields: dict[str, Any]
    qnr: str | None = None


class NewVehicles:
    """`rows`: number of the row → what it has. `errors`: what is known to be wrong, by `<number>.<field>`."""

    def __init__(self, fleet: Fleet, rows: Mapping[int, Row], errors: Errors | None = None):
        self.fleet = fleet
        self.rows = rows
        self.errors: Errors = dict(errors or {})
        self.drafts: dict[int, Vehicle] = {}

    @transaction.atomic
    def create(self, by: User | ApiClient) -> list[Vehicle]:
        """Create them all. Raises NotAllowed, ValidationError with every error of every row."""
        by.lock_membership(of=self.fleet, roles=MANAGING)
        for number, row in self.rows.items():
            self._draft(number, row.fields)
        units = self._lock_units()
        self._check_vins()
        if self.errors:
            raise ValidationError(self.errors)
        return self._insert(units, by)

    def _draft(self, number: int, fields: dict[str, Any]) -> None:
        draft, errors = Vehicle.objects.draft(self.fleet, fields)
        self.drafts[number] = draft
        for name, texts in errors.items():
            self.errors[f"{number}.{name}"] = texts

    def _lock_units(self) -> dict[str, Unit]:
        wanted = {number: row.qnr for number, row in self.rows.items() if row.qnr}
        if not wanted:
            return {}
        units = Unit.objects.lock_all(wanted.values())
        free = Unit.objects.free().filter(fleet=self.fleet, pk__in=units)
        free_qnrs = set(free.values_list("pk", flat=True))
        for number, repeats in _repeated(wanted).items():
            field = f"{number}.telematics_unit_id"
            if repeats:
                self.errors.setdefault(field, REPEATED_UNIT)
            elif wanted[number] not in free_qnrs:
                self.errors.setdefault(field, sentence("unit_not_available"))
        return units

    def _check_vins(self) -> None:
        vins = {number: draft.vin for number, draft in self.drafts.items() if draft.vin}
        if not vins:
            return
        live = Vehicle.objects.live().filter(fleet=self.fleet, vin__in=set(vins.values()))
        taken = set(live.values_list("vin", flat=True))
        for number, repeats in _repeated(vins).items():
            if repeats:
                self.errors.setdefault(f"{number}.vin", REPEATED_VIN)
            elif vins[number] in taken:
                self.errors.setdefault(f"{number}.vin", sentence("vin_in_fleet"))

    def _insert(self, units: dict[str, Unit], by: User | ApiClient) -> list[Vehicle]:
        """Insert the rows and their events, two statements."""
        vehicles = [self.drafts[number] for number in sorted(self.drafts)]
        ids = allocate(Vehicle, len(vehicles))
        now = timezone.now()
        for number, pk in zip(sorted(self.drafts), ids, strict=True):
            vehicle = self.drafts[number]
            vehicle.pk = pk
            vehicle.search = vehicle.search_text()
            if qnr := self.rows[number].qnr:
                vehicle.unit = units[qnr]
                vehicle.unit_attached_at = now
        Vehicle.objects.bulk_create(vehicles)
        if units:
            Custody.objects.filter(unit__in=units).end(End.MOUNTED, by=by)
        VehicleEvent.record_all(
            {vehicle: {"unit": vehicle.unit_id} for vehicle in vehicles}, "create", by=by
        )
        signals.changed.send(Vehicle, vehicles=vehicles, reason=ChangeReason.CREATED)
        return vehicles


def _repeated(values: Mapping[int, str]) -> dict[int, bool]:
    """Row → whether an earlier row has the same value."""
    seen: set[str] = set()
    repeats = {}
    for number, value in values.items():
        repeats[number] = value in seen
        seen.add(value)
    return repeats
