"""Many vehicles of a fleet at once: all or nothing, every error at its row, a fixed number of statements."""

from collections.abc import Collection, Iterable, Mapping
from typing import Any, NamedTuple

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import F
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models import ApiClient, Fleet, User
from core.ids import allocate
from core.refusals import sentence
from core.sql import ByKey, update_returning
from telematics import labels, signals
from telematics.models.change_reason import ChangeReason
from telematics.models.custody import Custody, End
from telematics.models.unit import Unit
from telematics.models.vehicle import WRITERS, Vehicle
from telematics.models.vehicle_event import VehicleEvent

REPEATED_VIN = _("Another row has this VIN.")
REPEATED_UNIT = _("Another row has this unit.")
ARCHIVED = _("These vehicles are archived: %(ids)s.")
UNKNOWN = _("The fleet has no vehicles with these ids: %(ids)s.")
WITH_TOO_MANY = _("These vehicles would have more than %(most)s custom fields: %(ids)s.")
# At most so many vehicles are named in an error.
NAMED = 50

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
        by.lock_membership(of=self.fleet, roles=WRITERS)
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
        for vehicle in vehicles:
            signals.changed.send(Vehicle, vehicle=vehicle, reason=ChangeReason.CREATED)
        return vehicles


def _repeated(values: Mapping[int, str]) -> dict[int, bool]:
    """Row → whether an earlier row has the same value."""
    seen: set[str] = set()
    repeats = {}
    for number, value in values.items():
        repeats[number] = value in seen
        seen.add(value)
    return repeats


class UnknownVehicles(Exception):
    """Some of the vehicles are not the fleet's; the text names them."""


class Changed(NamedTuple):
    changed: int
    unchanged: int


@transaction.atomic
def set_custom_fields(
    fleet: Fleet,
    vehicle_ids: Collection[str],
    *,
    given: Mapping[str, str | None],
    by: User | ApiClient,
) -> Changed:
    """Set these custom fields of many vehicles; None removes one. Vehicles that have them already do not change.

    Raises NotAllowed, UnknownVehicles, ValidationError at `vehicle_ids` or at the names of the fields.
    """
    by.lock_membership(of=fleet, roles=WRITERS)
    read = labels.read_custom_fields(given)
    rows = Vehicle.objects.filter(fleet=fleet, pk__in=set(vehicle_ids)).order_by("pk")
    vehicles = list(rows.select_for_update(of=("self",), no_key=True))
    _check_all_there(vehicle_ids, vehicles)
    after = {vehicle: _merged(vehicle.custom_fields, read) for vehicle in vehicles}
    _check_numbers(after)
    changed = {
        vehicle: fields for vehicle, fields in after.items() if fields != vehicle.custom_fields
    }
    _write(changed, by)
    return Changed(len(changed), len(vehicles) - len(changed))


def _merged(before: dict[str, str], read: Mapping[str, str | None]) -> dict[str, str]:
    return {name: value for name, value in {**before, **read}.items() if value is not None}


def _check_all_there(vehicle_ids: Collection[str], vehicles: list[Vehicle]) -> None:
    unknown = set(vehicle_ids) - {vehicle.pk for vehicle in vehicles}
    if unknown:
        raise UnknownVehicles(UNKNOWN % {"ids": _named(unknown)})
    archived = [vehicle.pk for vehicle in vehicles if vehicle.archived_at]
    if archived:
        raise ValidationError({"vehicle_ids": ARCHIVED % {"ids": _named(archived)}})


def _check_numbers(after: Mapping[Vehicle, dict[str, str]]) -> None:
    over = [vehicle.pk for vehicle, fields in after.items() if len(fields) > labels.MOST_FIELDS]
    if over:
        text = WITH_TOO_MANY % {"most": labels.MOST_FIELDS, "ids": _named(over)}
        raise ValidationError({"vehicle_ids": text})


def _named(ids: Iterable[str]) -> str:
    in_order = sorted(ids)
    named = ", ".join(in_order[:NAMED])
    return f"{named} …" if len(in_order) > NAMED else named


def _write(changed: Mapping[Vehicle, dict[str, str]], by: User | ApiClient) -> None:
    """One statement for the vehicles, one for their events."""
    if not changed:
        return
    fields = {vehicle.pk: after for vehicle, after in changed.items()}
    now = timezone.now()
    written = update_returning(
        Vehicle.objects.filter(pk__in=fields),
        "pk",
        "version",
        custom_fields=ByKey(fields),
        version=F("version") + 1,
        updated_at=now,
    )
    versions = dict(written)
    changes = {}
    for vehicle, after in changed.items():
        changes[vehicle] = {"changes": {"custom_fields": [vehicle.custom_fields, after]}}
        vehicle.custom_fields = after
        vehicle.version = versions[vehicle.pk]
        vehicle.updated_at = now
    VehicleEvent.record_all(changes, "set_custom_fields", by=by)
    for vehicle in changed:
        signals.changed.send(Vehicle, vehicle=vehicle, reason=ChangeReason.CUSTOM_FIELDS_CHANGED)
