"""What a fleet changes of many vehicles at once: one class for each change (`telematics.models.many_edits`)."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from django.db.models import Case, F, Value, When

from core.sql import ByKey, among
from telematics import labels
from telematics.models.change_reason import ChangeReason
from telematics.models.key import Key
from telematics.models.place import OTHER_FLEET, Place
from telematics.models.unit import Unit
from telematics.models.vehicle import OperationStatus, Vehicle
from telematics.refusals import ALREADY_ARCHIVED, VEHICLE_IS_HELD


class Change:
    """`values` is what a vehicle then has. A vehicle that has it already is not written."""

    verb = ""
    reason: ChangeReason

    def values(self, vehicle: Vehicle) -> dict[str, Any]:
        raise NotImplementedError(f"{type(self).__name__} changes nothing")

    def replaced(self, vehicle: Vehicle) -> Any:
        """What is there in its place now."""
        return [getattr(vehicle, name) for name in self.values(vehicle)]

    def differs(self, vehicle: Vehicle) -> bool:
        return any(getattr(vehicle, name) != new for name, new in self.values(vehicle).items())

    def obstacles(self, vehicles: list[Vehicle]) -> dict[str, str]:
        """Why some of them cannot be changed, by their keys."""
        found = {}
        for vehicle in vehicles:
            if reason := self.obstacle(vehicle):
                found[vehicle.pk] = reason
        return found

    def obstacle(self, vehicle: Vehicle) -> str:
        return str(ALREADY_ARCHIVED) if vehicle.archived_at else ""

    def recorded(self, vehicle: Vehicle) -> dict[str, Any]:
        """What the history keeps."""
        after = self.values(vehicle)
        changes = {
            name: [getattr(vehicle, name), new]
            for name, new in after.items()
            if getattr(vehicle, name) != new
        }
        return {"changes": changes}

    def columns(self, vehicles: list[Vehicle], now: datetime) -> dict[str, Any]:
        """What one statement writes in all of them."""
        raise NotImplementedError(f"{type(self).__name__} writes nothing")

    def before_writing(self, vehicles: list[Vehicle]) -> None:
        """Change what belongs to the vehicles, which are locked."""

    def set_on(self, vehicle: Vehicle, now: datetime) -> None:
        """Set on the instance what the statement has written."""
        for name, new in self.values(vehicle).items():
            setattr(vehicle, name, new)


class JsonChange(Change):
    """A change of one JSON column, in which each vehicle keeps what it has besides."""

    column = ""

    def after(self, vehicle: Vehicle) -> Any:
        raise NotImplementedError(f"{type(self).__name__} changes nothing")

    def values(self, vehicle: Vehicle) -> dict[str, Any]:
        return {self.column: self.after(vehicle)}

    def columns(self, vehicles: list[Vehicle], now: datetime) -> dict[str, Any]:
        return {self.column: ByKey({vehicle.pk: self.after(vehicle) for vehicle in vehicles})}


class SetCustomFields(JsonChange):
    """Set the named fields; None removes one. Raises ValidationError at the names."""

    verb = "set_custom_fields"
    reason = ChangeReason.CUSTOM_FIELDS_CHANGED
    column = "custom_fields"

    def __init__(self, given: Mapping[str, str | None]):
        self.given = labels.read_custom_fields(given)

    def after(self, vehicle: Vehicle) -> dict[str, str]:
        merged = {**vehicle.custom_fields, **self.given}
        return {name: value for name, value in merged.items() if value is not None}

    def replaced(self, vehicle: Vehicle) -> Any:
        return [vehicle.custom_fields.get(name) for name in self.given]

    def obstacle(self, vehicle: Vehicle) -> str:
        reason = super().obstacle(vehicle)
        if not reason and len(self.after(vehicle)) > labels.MOST_FIELDS:
            return labels.TOO_MANY_FIELDS % {"most": labels.MOST_FIELDS}
        return reason


class ChangeTags(JsonChange):
    """Add and remove tags. Raises ValidationError."""

    verb = "set_tags"
    reason = ChangeReason.TAGS_CHANGED
    column = "tags"

    def __init__(self, add: Iterable[str] = (), remove: Iterable[str] = ()):
        self.add = labels.read_tags(add)
        self.remove = labels.read_tags(remove)

    def after(self, vehicle: Vehicle) -> list[str]:
        return sorted((set(vehicle.tags) | set(self.add)) - set(self.remove))

    def replaced(self, vehicle: Vehicle) -> Any:
        return [tag for tag in vehicle.tags if tag in self.add or tag in self.remove]

    def obstacle(self, vehicle: Vehicle) -> str:
        reason = super().obstacle(vehicle)
        if not reason and len(self.after(vehicle)) > labels.MOST_TAGS:
            return labels.TOO_MANY_TAGS % {"most": labels.MOST_TAGS}
        return reason


class SetOperationStatus(Change):
    verb = "set_operation_status"
    reason = ChangeReason.OPERATION_STATUS_CHANGED

    def __init__(self, status: OperationStatus, remark: str = ""):
        self.status = status
        self.remark = remark

    def values(self, vehicle: Vehicle) -> dict[str, Any]:
        return {"operation_status": self.status, "operation_status_remark": self.remark}

    def columns(self, vehicles: list[Vehicle], now: datetime) -> dict[str, Any]:
        """With the time, where the status itself is another one."""
        changed_at = Case(
            When(operation_status=self.status, then=F("operation_status_changed_at")),
            default=Value(now),
        )
        return {
            "operation_status": self.status,
            "operation_status_remark": self.remark,
            "operation_status_changed_at": changed_at,
        }

    def set_on(self, vehicle: Vehicle, now: datetime) -> None:
        if vehicle.operation_status != self.status:
            vehicle.operation_status_changed_at = now
        super().set_on(vehicle, now)


class SetPlace(Change):
    """Set the place, or none."""

    verb = "set_place"
    reason = ChangeReason.MASTER_DATA_CHANGED

    def __init__(self, place: Place | None):
        self.place = place

    @property
    def key(self) -> str | None:
        return self.place.pk if self.place else None

    def values(self, vehicle: Vehicle) -> dict[str, Any]:
        return {"place_id": self.key}

    def recorded(self, vehicle: Vehicle) -> dict[str, Any]:
        return {"changes": {"place": [vehicle.place_id, self.key]}}

    def obstacle(self, vehicle: Vehicle) -> str:
        if self.place and self.place.fleet_id != vehicle.fleet_id:
            return str(OTHER_FLEET)
        return super().obstacle(vehicle)

    def columns(self, vehicles: list[Vehicle], now: datetime) -> dict[str, Any]:
        return {"place": self.place}


class Archive(Change):
    """Take the vehicles out of the fleet, as `Vehicle.archive` does with one."""

    verb = "archive"
    reason = ChangeReason.ARCHIVED

    def values(self, vehicle: Vehicle) -> dict[str, Any]:
        return {"unit_id": None, "unit_attached_at": None}

    def differs(self, vehicle: Vehicle) -> bool:
        return vehicle.archived_at is None

    def replaced(self, vehicle: Vehicle) -> Any:
        return vehicle.unit_id

    def obstacles(self, vehicles: list[Vehicle]) -> dict[str, str]:
        keys = among(vehicle.pk for vehicle in vehicles)
        free = Vehicle.objects.not_held().filter(pk__in=keys)
        held = {vehicle.pk for vehicle in vehicles} - set(free.values_list("pk", flat=True))
        return dict.fromkeys(held, str(VEHICLE_IS_HELD)) | super().obstacles(vehicles)

    def recorded(self, vehicle: Vehicle) -> dict[str, Any]:
        return {"unit": None, "before": vehicle.unit_id}

    def columns(self, vehicles: list[Vehicle], now: datetime) -> dict[str, Any]:
        return {"unit": None, "unit_attached_at": None, "archived_at": now}

    def before_writing(self, vehicles: list[Vehicle]) -> None:
        """The units go back to stock, and the keys to them end."""
        with_unit = [vehicle for vehicle in vehicles if vehicle.unit_id]
        Unit.objects.lock_all(vehicle.unit_id for vehicle in with_unit)
        keys = Key.objects.filter(vehicle__in=among(vehicle.pk for vehicle in with_unit))
        keys.of_others_than_the_system().end_all()

    def set_on(self, vehicle: Vehicle, now: datetime) -> None:
        vehicle.archived_at = now
        super().set_on(vehicle, now)
