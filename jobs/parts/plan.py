"""Plan and as-built: the columns are the current truth, `planned` is what the manager had written at the assignment."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext_lazy as _

from core.errors import MoveRefused
from core.values.text_fields import TextField
from jobs.models.choices import JobStatus
from jobs.models.columns import JobColumns, blank_of, column, is_blank

# Frozen beside the fields that an installer may fill in.
ALSO_PLANNED = ("planned_unit", "further_tests", "required_photos")
LOCKED = {
    "planned": _("Set by the fleet manager."),
    "vehicle": _("As the fleet has the vehicle."),
    "finished": _("The job is finished."),
}


@dataclass(slots=True)
class Plan:
    """What the manager planned of a job, and how the job differs from it now."""

    job: JobColumns

    @property
    def fields(self) -> tuple[str, ...]:
        """What is planned and built; of a maintenance job nothing, its columns follow the vehicle."""
        if self.job.is_installation:
            return self.job.INSTALLER_FIELDS
        return ()

    @property
    def frozen(self) -> dict[str, Any]:
        """What `assign` froze; empty before. Texts have the form of the columns; the row keeps them as written."""
        planned = self.job.planned or {}
        return without_blanks({name: self.planned(name) for name in planned})

    def planned(self, name: str) -> Any:
        """The frozen value of one field; None where it was left open."""
        value = (self.job.planned or {}).get(name)
        if value is not None:
            value = as_stored(name, value)
        if is_blank(value):
            return None
        return value

    def _planned_or_blank(self, name: str) -> Any:
        """The frozen value as the column holds it."""
        value = self.planned(name)
        if value is None:
            return blank_of(column(self.job, name))
        return value

    def to_freeze(self) -> dict[str, Any]:
        """Return what `assign` freezes: plain values by field name, blanks left out."""
        values = {name: self.job.plain(name) for name in (*self.fields, *ALSO_PLANNED)}
        return without_blanks(values)

    def lock_reason(self, name: str) -> str | None:
        """Return why the installer may not change this field, a key of `LOCKED`; None where they may."""
        if name in self.job.INSTALLER_FIELDS and name not in self.fields:
            return "vehicle"
        if self.planned(name) is not None and not self.job.allow_override:
            return "planned"
        if self.job.is_open:
            return None
        return "finished"

    def check_fillable(self) -> None:
        """Raise MoveRefused `wrong_kind`: the data of a vehicle in the fleet are the fleet's."""
        if not self.job.is_installation:
            raise MoveRefused("wrong_kind")

    def check_as_expected(self, expected: Mapping[str, Any]) -> None:
        """Raise MoveRefused `field_changed` where a field has another value; None means blank."""
        changed = {}
        for name, value in expected.items():
            current = self._shown(name)
            if current != value:
                changed[name] = {"expected": value, "value": current}
        if changed:
            raise MoveRefused("field_changed", changed=changed)

    def _shown(self, name: str) -> Any:
        value = self.job.plain(name)
        if is_blank(value):
            return None
        return value

    def locked_among(self, names: Iterable[str]) -> list[str]:
        return [name for name in names if self.lock_reason(name)]

    def differences(self) -> dict[str, dict[str, Any]]:
        """Return where what was built is not what was planned: {field: {"planned", "built"}}."""
        found = {}
        for name, planned in self.frozen.items():
            built = self._built(name)
            if built is not None and built.value != planned:
                found[name] = {"planned": planned, "built": built.value}
        return found

    def _built(self, name: str) -> "Built | None":
        """Return the value that was built for a planned one; None where nothing is built yet, or nothing could be."""
        if name == "planned_unit":
            if self.job.unit_id:
                return Built(self.job.unit_id)
            return None
        if name in self.fields:
            return Built(self.job.plain(name))
        return None

    def built(self) -> dict[str, Any]:
        """Return the values that the job has now, without blanks; empty before an installer has begun."""
        if self.job.planned is None or self.is_as_assigned():
            return {}
        values = {name: self.job.plain(name) for name in self.fields}
        return without_blanks({**values, "unit": self.job.unit_id})

    def is_as_assigned(self) -> bool:
        """Whether nothing is mounted or filled in."""
        if self.job.status != JobStatus.ASSIGNED or self.job.mounted:
            return False
        return self.is_untouched()

    def differs_with(self, **changed: Any) -> bool:
        """Whether the job would differ from its plan with these values."""
        return bool(Plan(self.job.with_values(**changed)).differences())

    def values(self) -> dict[str, Any]:
        """Return the column values that undo everything an installer filled in."""
        undone = {}
        for name in self.fields:
            undone[column(self.job, name).attname] = self._planned_or_blank(name)
        return undone

    def is_untouched(self) -> bool:
        """Whether every field is as planned."""
        return all(getattr(self.job, name) == value for name, value in self.values().items())

    def original(self, name: str) -> Any:
        """Return the manager's own value, plain: what an installer has entered belongs to this job alone."""
        if self.job.planned is None or name not in self.fields:
            return self.job.plain(name)
        return self._planned_or_blank(name)

    def for_installer(self) -> list[dict[str, Any]]:
        """Return `{name, label, value, planned, locked, reason}` of every field that the phone shows, in its order."""
        return [self._field_for_installer(name) for name in self.job.INSTALLER_FIELDS]

    def _field_for_installer(self, name: str) -> dict[str, Any]:
        reason = self.lock_reason(name)
        return {
            "name": name,
            "label": str(column(self.job, name).verbose_name),
            "value": self._shown(name),
            "planned": self.planned(name),
            "locked": reason is not None,
            "reason": None if reason is None else str(LOCKED[reason]),
        }


@dataclass(slots=True)
class Built:
    value: Any


@dataclass(slots=True)
class Terms:
    """The terms on which a company gets jobs: one rule for one job, many at once and an import."""

    company: str
    allow_override: bool

    def data(self) -> dict[str, Any]:
        """Return the values for the event."""
        return {"company": self.company, "allow_override": self.allow_override}

    def columns(self) -> dict[str, Any]:
        """Return the values of the job's row."""
        return {"company_id": self.company, "allow_override": self.allow_override}


def as_stored(name: str, value: Any) -> Any:
    """Return a value in the form in which the column of this name holds it."""
    field = JobColumns._meta.get_field(name)
    if isinstance(field, TextField) and value:
        return field.kind.canonical(value)
    return value


def without_blanks(values: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in values.items() if not is_blank(value)}
