"""What the people and machines of a fleet change of its vehicles. Pages and OneAPI call the same methods."""

from collections.abc import Callable, Iterable, Mapping
from copy import copy
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from django.core.exceptions import ValidationError
from django.db import models, transaction
from django.utils import timezone

from accounts.models import ApiClient, Fleet, User
from core.errors import MoveRefused
from telematics import labels, signals
from telematics.models.change_reason import MASTER_DATA, ChangeReason
from telematics.models.place import Place, check_in_fleet
from telematics.models.vehicle import OperationStatus, Vehicle, lock_writer
from telematics.models.vehicle_event import VehicleEvent
from telematics.refusals import VEHICLE_IS_HELD

if TYPE_CHECKING:
    from telematics.models.vehicle_model import VehicleModel

# So long after it was archived a vehicle can be restored. Then its identity is blanked.
RESTORABLE = timedelta(days=90)


class FleetEdits:
    """The changes of one vehicle by its fleet. Each is one transaction: lock, check, write, record.

    Values that are there already change nothing. `expected` is the version that the caller has read. Every method
    raises NotAllowed, MoveRefused `stale`, `vehicle_archived`.
    """

    def __init__(
        self,
        vehicle: Vehicle,
        by: User | ApiClient,
        *,
        expected: int | None = None,
        reason: str = "",
    ):
        """`reason` is kept in the history. Operators give one."""
        self.vehicle = vehicle
        self.by = by
        self.expected = expected
        self.reason = reason

    def set_master_data(self, **values: Any) -> None:
        """Raises ValidationError with every error at its field, MoveRefused `vin_in_fleet`."""
        assert values.keys() <= set(MASTER_DATA)
        self._set_specification("edit", _cleaned(self.vehicle.fleet, values))

    def correct(self, **values: Any) -> None:
        """Set any of the identity, master data, setup and features at once, as operators do.

        Raises as the two methods beside it.
        """
        self._set_specification("edit", _cleaned(self.vehicle.fleet, values))

    def set_vehicle_model(self, vehicle_model: "VehicleModel | None") -> None:
        """Raises ValidationError if the model does not support the setup of the vehicle."""
        self._set_specification("edit", {"vehicle_model": vehicle_model})

    def set_place(self, place: Place | None) -> None:
        """Raises ValidationError if the place belongs to another fleet."""
        check_in_fleet(place, self.vehicle.fleet_id)
        values = {"place": place}
        self._change("set_place", ChangeReason.MASTER_DATA_CHANGED, lambda _current: values)

    @transaction.atomic
    def _set_specification(self, verb: str, values: dict[str, Any]) -> None:
        self._lock_membership()
        # Open jobs take over the names of their vehicle, and jobs are locked before vehicles.
        signals.changing.send(Vehicle, vehicle=self.vehicle, changed=values)
        current = self._lock()
        draft = copy(current)
        for name, value in values.items():
            setattr(draft, name, value)
        if errors := draft.setup_errors():
            raise ValidationError({_at(name, values): text for name, text in errors.items()})
        if "vin" in values:
            current.refuse_taken_vin(current.fleet, values["vin"])
        self._write(current, verb, ChangeReason.MASTER_DATA_CHANGED, values)

    def set_custom_fields(self, given: Mapping[str, str | None], *, replace: bool = False) -> None:
        """Set the named fields, or all of them. None removes one. Raises ValidationError at the names."""
        read = labels.read_custom_fields(given)

        def merged(current: Vehicle) -> dict[str, Any]:
            before = {} if replace else current.custom_fields
            fields = {name: value for name, value in (before | read).items() if value is not None}
            labels.check_number_of_fields(fields)
            return {"custom_fields": fields}

        self._change("set_custom_fields", ChangeReason.CUSTOM_FIELDS_CHANGED, merged)

    def set_tags(self, tags: Iterable[str]) -> None:
        read = labels.read_tags(tags)
        labels.check_number_of_tags(read)
        self._change("set_tags", ChangeReason.TAGS_CHANGED, lambda _current: {"tags": read})

    def change_tags(self, *, add: Iterable[str] = (), remove: Iterable[str] = ()) -> None:
        added, removed = labels.read_tags(add), labels.read_tags(remove)

        def changed(current: Vehicle) -> dict[str, Any]:
            tags = sorted((set(current.tags) | set(added)) - set(removed))
            labels.check_number_of_tags(tags)
            return {"tags": tags}

        self._change("set_tags", ChangeReason.TAGS_CHANGED, changed)

    def set_operation_status(self, status: OperationStatus, *, remark: str = "") -> None:
        def changed(current: Vehicle) -> dict[str, Any]:
            values: dict[str, Any] = {"operation_status_remark": remark}
            if status != current.operation_status:
                values |= {
                    "operation_status": status,
                    "operation_status_changed_at": timezone.now(),
                }
            return values

        self._change("set_operation_status", ChangeReason.OPERATION_STATUS_CHANGED, changed)

    def exchange_unit(self, qnr: str | None) -> None:
        """Put this unit of the stock into the vehicle; None takes out the one that is there.

        Raises MoveRefused `vehicle_in_use`, `unit_not_available`.
        """
        self.vehicle.exchange_unit(qnr, by=self.by, expected=self.expected)

    @transaction.atomic
    def archive(self) -> None:
        """Take the vehicle out of the fleet. Idempotent.

        Raises MoveRefused `vehicle_in_use` while somebody holds it by a job or by an access.
        """
        self._lock_membership()
        current = self._lock(archived=True)
        if current.archived_at is not None:
            return
        if not Vehicle.objects.not_held().filter(pk=current.pk).exists():
            raise MoveRefused("vehicle_in_use", VEHICLE_IS_HELD)
        unit = current.unit_id
        self.vehicle.archive(locked=current)
        self._record("archive", unit=None, before=unit)

    @transaction.atomic
    def restore(self) -> None:
        """Put it back into the fleet, without its unit. Idempotent.

        Raises MoveRefused `restore_over`, `vin_in_fleet`.
        """
        self._lock_membership()
        current = self._lock(archived=True)
        if current.archived_at is None:
            return
        if not may_be_restored(current):
            raise MoveRefused("restore_over")
        current.refuse_taken_vin(current.fleet, current.vin)
        self.vehicle.change(reason=ChangeReason.RESTORED, locked=current, archived_at=None)
        self._record("restore")

    @transaction.atomic
    def _change(
        self, verb: str, reason: ChangeReason, values: Callable[[Vehicle], dict[str, Any]]
    ) -> None:
        self._lock_membership()
        current = self._lock()
        self._write(current, verb, reason, values(current))

    def _lock_membership(self) -> None:
        lock_writer(self.by, self.vehicle.fleet)

    def _lock(self, *, archived: bool = False) -> Vehicle:
        """Lock the row and return it. Raises MoveRefused `stale`, `vehicle_archived`."""
        current = Vehicle.objects.lock(self.vehicle.pk)
        _share_model(self.vehicle, current)
        current.check_version(self.expected)
        if current.archived_at is not None and not archived:
            raise MoveRefused("vehicle_archived")
        return current

    def _write(
        self, current: Vehicle, verb: str, reason: ChangeReason, values: dict[str, Any]
    ) -> None:
        """Write what differs, and record it as {name: [before, after]}."""
        changed = {name: value for name, value in values.items() if getattr(current, name) != value}
        if not changed:
            return
        changes = {
            name: [_plain(getattr(current, name)), _plain(value)] for name, value in changed.items()
        }
        self.vehicle.change(reason=reason, locked=current, **changed)
        self._record(verb, changes=changes)

    def _record(self, verb: str, **data: Any) -> None:
        VehicleEvent.record_all({self.vehicle: data}, verb, by=self.by, reason=self.reason)


def _share_model(loaded: Vehicle, locked: Vehicle) -> None:
    """Spare reading the model again where it is still the one that the caller has loaded."""
    field: Any = Vehicle._meta.get_field("vehicle_model")
    if loaded.vehicle_model_id == locked.vehicle_model_id and field.is_cached(loaded):
        locked.vehicle_model = loaded.vehicle_model


def may_be_restored(vehicle: Vehicle) -> bool:
    """Whether it is archived, and was not archived too long ago."""
    if vehicle.archived_at is None:
        return False
    return vehicle.archived_at >= timezone.now() - RESTORABLE


def _cleaned(fleet: Fleet, values: dict[str, Any]) -> dict[str, Any]:
    """The values in their canonical form. Raises ValidationError with every error at its field."""
    draft = Vehicle(fleet=fleet, **values)
    others = {field.name for field in Vehicle._meta.fields} - values.keys()
    draft.clean_fields(exclude=others)
    return {name: getattr(draft, name) for name in values}


def _at(name: str, values: dict[str, Any]) -> str:
    """Where an error of the setup is shown: at the field itself, or at the model that does not fit it."""
    return name if name in values else next(iter(values))


def _plain(value: Any) -> Any:
    """A value as the history keeps it."""
    if isinstance(value, models.Model):
        return str(value.pk)
    return value
