"""What a new job takes over from an old one."""

from dataclasses import dataclass
from typing import Any

from jobs.models.columns import JobColumns, column
from jobs.parts.names import Names
from jobs.parts.plan import Plan

# Beside the specification.
KEPT = ("further_tests", "required_photos", "task", "kind", "roll_out")
# Without the date, which is over or belongs to the old job.
KEPT_NOTES = ("place", "location", "contact", "instructions", "external_reference")


@dataclass(slots=True)
class Copies:
    """What another job begins with, as values of its fields."""

    job: JobColumns

    def duplicate(self) -> dict[str, Any]:
        """Return what a duplicate begins with: no identity of the vehicle, no unit, date or result."""
        plan = Plan(self.job)
        names = (*self.job.SPECIFICATION_FIELDS, *KEPT_NOTES, *KEPT)
        return {name: plan.original(name) for name in names}

    def another(self) -> dict[str, Any]:
        """Return what the next of several jobs begins with: besides a duplicate's values the date and the partner."""
        more = ("planned_service_date", "company")
        return self.duplicate() | {name: getattr(self.job, name) for name in more}

    def again(self) -> dict[str, Any]:
        """Return what another try for the same vehicle begins with: its identity as it was recorded, no date."""
        values = self.duplicate()
        values["vehicle"] = Names(self.job).vehicle_to_use_again
        for name in self.job.IDENTITY:
            values[name] = getattr(self.job, name)
        return values

    def again_in_columns(self) -> dict[str, Any]:
        """Return the arguments of a new job for the same vehicle, which is linked to this one."""
        values = self.again()
        vehicle = values.pop("vehicle")
        columns = {column(self.job, name).attname: value for name, value in values.items()}
        return {**columns, "vehicle": vehicle, "again_of": self.job}
