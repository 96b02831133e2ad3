"""What a job does to the fleet: a unit goes into a vehicle, and out again when the job does not succeed."""

from dataclasses import dataclass
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from core.errors import MoveRefused
from jobs.models.choices import Task
from jobs.models.columns import JobColumns, is_blank
from jobs.models.vehicle_access import VehicleAccess
from jobs.parts.access import Access
from jobs.parts.plan import Plan
from jobs.parts.proof import Proof
from jobs.refusals import OTHER_UNIT_PLANNED
from telematics.models import ChangeReason, Custody, Unit, Vehicle, VehicleModel
from telematics.models.custody import End, Start
from telematics.models.unit import UnitQuerySet


@dataclass(slots=True)
class Fitting:
    """The unit and the vehicle of one job. Call what changes them under the job's lock."""

    job: JobColumns

    # --- what the job works on ------------------------------------------------------------------------------------
    @property
    def vehicle(self) -> Vehicle | None:
        """The vehicle worked on: the company keeps its record of a finished job, without the link to the vehicle."""
        if self.job.is_open:
            return self.job.vehicle
        return None

    @property
    def qnr(self) -> str | None:
        """The unit worked on while the job is open, afterwards the one recorded."""
        if self.job.is_open:
            return self.job.current_qnr
        return self.job.unit_id

    @property
    def vehicle_model(self) -> VehicleModel | None:
        """The model worked on while the job is open, afterwards the one recorded."""
        if self.job.is_open:
            return self.job.known_model
        return self.job.vehicle_model

    @property
    def is_unlocked(self) -> bool:
        """Whether the vehicle was unlocked when it was last heard; finishing unlocked warns and is recorded."""
        state = getattr(self.job.vehicle, "state", None)
        return (
            state is not None and state.signals.get("central_lock", {}).get("value") == "unlocked"
        )

    # --- which unit may go in -------------------------------------------------------------------------------------
    def units_to_plan(self) -> UnitQuerySet:
        """The free units that fit: those that have no `planned_unit_misfit`."""
        free = Unit.objects.free_for(self.job)
        mounted = self._mounted_qnr
        if mounted is None:
            return free
        if self.job.is_installation:
            return free.filter(pk=mounted)
        return free.exclude(pk=mounted)

    def check_planned_unit(self) -> None:
        """Lock the planned unit. Raises MoveRefused `unit_not_available` where another open job plans or links it."""
        if self.job.planned_unit_id is None:
            return
        unit = Unit.objects.lock(self.job.planned_unit_id)
        if unit is None or not unit.is_free_for(self.job):
            raise unit_not_available()

    def planned_unit_misfit(self) -> Promise | None:
        """Return why the planned unit cannot be the one of this job's vehicle; None where it can."""
        planned = self.job.planned_unit_id
        mounted = self._mounted_qnr
        if planned is None or mounted is None:
            return None
        if self.job.is_installation and planned != mounted:
            return _("The vehicle has another unit, which this job configures.")
        if self.job.task == Task.REPLACE_UNIT and planned == mounted:
            return _("This unit is in the vehicle already.")
        return None

    def check_linking(self, qnr: str) -> None:
        """Raise MoveRefused `no_unit_here`, `access_stopped`, `other_unit_planned`."""
        self.check_changes_unit()
        planned = self.job.planned_unit_id
        if planned and qnr != planned and Plan(self.job).lock_reason("planned_unit"):
            text = OTHER_UNIT_PLANNED % {"qnr": planned}
            raise MoveRefused("other_unit_planned", text, planned_unit={"qnr": planned})

    def check_changes_unit(self) -> None:
        """Raise MoveRefused `no_unit_here`, `access_stopped`."""
        if not self.job.changes_unit and self.job.task != Task.REMOVE_UNIT:
            raise MoveRefused("no_unit_here")
        Access(self.job).check_not_stopped()

    def lock_available(self, qnr: str) -> Unit:
        """Lock the unit and return it. Raises MoveRefused `unit_not_available`."""
        # The vehicle is locked before its unit, and that together with the one that takes its place.
        if self.job.vehicle_id:
            self.job.vehicle = Vehicle.objects.lock(self.job.vehicle_id)
        unit = Unit.objects.lock_all([qnr, self._mounted_qnr]).get(qnr)
        return self.check_available(unit)

    def check_available(self, unit: Unit | None) -> Unit:
        """Return the unit. Raises MoveRefused `unit_not_available`, the same for a foreign, a mounted, a reserved and
        an unknown one.
        """
        if unit is None or not unit.is_free_for(self.job) or not self._may_exchange(unit):
            raise unit_not_available()
        return unit

    @property
    def qnr_to_take_out(self) -> str | None:
        """The unit that the task takes out of the vehicle, also after another one has taken its place."""
        if self.job.task not in (Task.REPLACE_UNIT, Task.REMOVE_UNIT):
            return None
        if self.job.mounted:
            return self.job.replaced_unit_id
        return self._mounted_qnr

    def check_taken_out(self, qnr: str) -> None:
        """Raise MoveRefused `other_unit_mounted` unless this is the unit that the task takes out."""
        if qnr != self.qnr_to_take_out:
            raise MoveRefused("other_unit_mounted")

    @property
    def _mounted_qnr(self) -> str | None:
        if self.job.vehicle:
            return self.job.vehicle.unit_id
        return None

    def _may_exchange(self, unit: Unit) -> bool:
        """Whether the unit in the vehicle may go: one that this job did not mount goes only by the
        task that says so.
        """
        if self._mounted_qnr in (None, unit.pk):
            return True
        return self.job.mounted or self.job.task == Task.REPLACE_UNIT

    # --- in and out -----------------------------------------------------------------------------------------------
    def mount(self, unit: Unit, *, by: User) -> dict[str, Any]:
        """Put the unit in place; return what that changes in the job's own columns.

        Raises MoveRefused `vehicle_in_use`.
        """
        if self.job.vehicle is None:
            vehicle = Vehicle.objects.create_with(
                unit, fleet=self.job.fleet, **self._vehicle_values()
            )
            return {
                "vehicle": vehicle,
                "vehicle_created": True,
                "mounted": True,
            }
        VehicleAccess.objects.check_no_other(self.job.vehicle, by)
        taken_out = self.job.vehicle.unmount()
        Access(self.job).end("UNIT_CHANGED", by=by)
        Proof(self.job).cancel_tests()
        self.job.vehicle.mount(unit)
        is_own = self.job.mounted or taken_out is None
        return {"mounted": True, "replaced_unit": self.job.replaced_unit if is_own else taken_out}

    def unmount(self) -> dict[str, str]:
        """Undo what this job mounted. Its own columns keep what was built, for the history.

        Never refused: a former unit that has gone elsewhere meanwhile is left there, which the event says.
        """
        vehicle = self.job.vehicle
        if not self.job.mounted or vehicle is None:
            return {}
        if self.job.vehicle_created:
            vehicle.archive()
            return {}
        replaced = self.job.replaced_unit
        if replaced:
            Vehicle.objects.lock(vehicle.pk)
            Unit.objects.lock_all([self.job.unit_id, replaced.pk])
        vehicle.unmount()
        try:
            if replaced:
                vehicle.mount(replaced)
        except MoveRefused:
            return {"not_put_back": str(self.job.replaced_unit_id)}
        return {}

    # --- what the fleet learns of it ------------------------------------------------------------------------------
    def check_vin(self, vin: str) -> None:
        """Raise MoveRefused `vin_in_fleet` when another live vehicle of the fleet has it."""
        (self.job.vehicle or Vehicle()).refuse_taken_vin(self.job.fleet, vin)

    def write_created_vehicle(self) -> None:
        """Write the vehicle that this job brought into the fleet: it shows the known values at once."""
        if self.job.vehicle_created and self.job.vehicle:
            self.job.vehicle.change(
                reason=ChangeReason.MASTER_DATA_CHANGED, **self._vehicle_values()
            )

    def write_outcome(self) -> None:
        """Write the vehicle as it was built; blanks leave what the fleet already knew."""
        if self.job.vehicle is None:
            return
        if self.job.task == Task.REMOVE_UNIT:
            self.job.vehicle.unmount()
        elif self.job.is_installation:
            known = {
                name: value for name, value in self._vehicle_values().items() if not is_blank(value)
            }
            self.job.vehicle.change(reason=ChangeReason.MASTER_DATA_CHANGED, **known)

    @property
    def qnr_left_over(self) -> str | None:
        """The unit that this job takes out of the vehicle for good."""
        if self.job.task == Task.REMOVE_UNIT:
            return self.job.current_qnr
        return self.job.replaced_unit_id

    def write_custody(self, *, by: User, is_unit_held: bool) -> None:
        """Record at the outcome that the company holds what it took out, and no longer what it has mounted."""
        if is_unit_held and self.job.mounted:
            Custody.objects.filter(unit=self.job.unit_id).end(End.MOUNTED, by=by)
        left_over = self.qnr_left_over
        unit = Unit.objects.lock(left_over) if left_over else None
        if unit and self.job.company_id:
            Custody.objects.begin(unit, self.job.company_id, Start.TAKEN_OUT, by=by)

    def _vehicle_values(self) -> dict[str, Any]:
        return {name: getattr(self.job, name) for name in self.job.INSTALLER_FIELDS}


def unit_not_available() -> MoveRefused:
    return MoveRefused("unit_not_available")
