"""What a job does to the fleet: a unit goes into a vehicle, and out again when the job does not succeed."""

from typing import Any

from django.utils.translation import gettext_lazy as _

from core.moves import MoveRefused
from jobs.models.choices import Task
from telematics.models import Unit, Vehicle


class Mounting:
    def _check_linking(self, qnr: str) -> None:
        if not self.changes_unit:
            raise MoveRefused("no_unit_here", _("This job does not change the unit."))
        if self.access_stopped_at:
            raise MoveRefused("access_stopped", _("The fleet manager has stopped access to this vehicle."))
        if self.planned_unit_id and qnr != self.planned_unit_id and self.lock_reason("planned_unit"):
            raise MoveRefused("other_unit_planned", _("The fleet manager planned another unit for this job."))

    def _available_unit(self, qnr: str) -> Unit:
        if (
            self.vehicle_id
        ):  # the vehicle is locked before its unit, and that together with the one that takes its place
            self.vehicle = Vehicle.objects.lock(self.vehicle_id)
        unit = Unit.objects.lock_all([qnr, self.vehicle_id and self.vehicle.unit_id]).get(qnr)
        if (
            unit is None
            or unit.fleet_id != self.fleet_id
            or not self.unit_is_free(unit)
            or not self._may_exchange(unit)
        ):
            raise MoveRefused("unit_not_available", _("This unit is not available."))
        return unit

    def unit_is_free(self, unit: Unit) -> bool:
        """In stock or already in this job's vehicle, and no other open job counts on it."""
        in_place = unit.retired_at is None and (not unit.is_mounted() or self._carries(unit))
        return in_place and not type(self).objects.using_unit(unit).exclude(pk=self.pk).exists()

    def _carries(self, unit: Unit) -> bool:
        return self.vehicle_id is not None and unit.vehicle.pk == self.vehicle_id

    def _may_exchange(self, unit: Unit) -> bool:
        """A unit that this job did not mount is exchanged only by the task that says so."""
        standing = self.vehicle.unit_id if self.vehicle_id else None
        return standing in (None, unit.pk) or self.mounted or self.task == Task.REPLACE_UNIT

    def _mount(self, unit: Unit, *, by) -> dict[str, Any]:
        """Put the unit in place; what that changes in the job's own columns. Raises MoveRefused `vehicle_in_use`."""
        from jobs.models.vehicle_access import VehicleAccess

        if self.vehicle_id is None:
            vehicle = Vehicle.objects.create_with(unit, fleet=self.fleet, **self._vehicle_values())
            return {"vehicle": vehicle, "vehicle_created": True, "mounted": True}
        VehicleAccess.objects.check_no_other(self.vehicle, by)
        taken_out = self.vehicle.unmount()
        self.end_access("UNIT_CHANGED", by=by)
        self.cancel_tests()
        self.vehicle.mount(unit)
        own = self.mounted or taken_out is None
        return {"mounted": True, "replaced_unit": self.replaced_unit if own else taken_out}

    def _link_again(self) -> None:
        """The same unit once more: after a failed configuration this asks for another attempt."""
        latest = self.latest_configuration
        if latest is None or latest.status == latest.Status.FAILED:
            self.request_configuration()

    def _unmount(self) -> dict[str, str]:
        """Undo what this job mounted. Its own columns keep what was built, for the history.

        Never refused: a former unit that has gone elsewhere meanwhile is left there, which the event says.
        """
        if not self.mounted:
            return {}
        if self.vehicle_created:
            self.vehicle.archive()
            return {}
        if self.replaced_unit_id:
            Vehicle.objects.lock(self.vehicle_id)
            Unit.objects.lock_all([self.unit_id, self.replaced_unit_id])
        self.vehicle.unmount()
        try:
            if self.replaced_unit_id:
                self.vehicle.mount(self.replaced_unit)
        except MoveRefused:
            return {"not_put_back": self.replaced_unit_id}
        return {}

    @property
    def current_qnr(self) -> str | None:
        """The unit that the job works on: the one it linked, else the one in its vehicle."""
        return self.unit_id or (self.vehicle.unit_id if self.vehicle_id else None)

    def _vehicle_values(self) -> dict[str, Any]:
        return {name: getattr(self, name) for name in self.INSTALLER_FIELDS}

    def _write_created_vehicle(self) -> None:
        """The vehicle that this job brought into the fleet shows at once what is known of it."""
        if self.vehicle_created:
            self.vehicle.change(**self._vehicle_values())

    def _write_outcome(self) -> None:
        """After success the vehicle is what was built; blanks leave what the fleet already knew."""
        if self.vehicle_id is None:
            return
        if self.task == Task.REMOVE_UNIT:
            self.vehicle.unmount()
        elif self.kind == self.Kind.INSTALLATION:
            self.vehicle.change(
                **{name: value for name, value in self._vehicle_values().items() if value not in (None, "")}
            )

    def _check_vin(self, vin: str) -> None:
        """Raises MoveRefused `vin_in_fleet` when another live vehicle of the fleet has it."""
        (self.vehicle or Vehicle()).refuse_taken_vin(self.fleet, vin)
