"""Plan and as-built: the columns are the current truth, `planned` is what the manager had written at the assignment."""

from typing import Any

from django.utils.translation import gettext_lazy as _

from jobs.models.choices import Kind

# Frozen beside the fields that an installer may fill in.
ALSO_PLANNED = ("planned_unit", "further_tests")
LOCKED = {"planned": _("Set by the fleet manager."), "vehicle": _("As the fleet has the vehicle.")}


class Planned:
    @property
    def fillable(self) -> tuple[str, ...]:
        """What is planned and built; of a maintenance job nothing, its columns follow the vehicle."""
        return self.INSTALLER_FIELDS if self.kind == Kind.INSTALLATION else ()

    def plan(self) -> dict[str, Any]:
        """What is frozen at `assign`: plain values by field name, blanks left out."""
        names = (*self.fillable, *ALSO_PLANNED)
        return {name: value for name in names if not is_blank(value := self.plain(name))}

    def plain(self, name: str) -> Any:
        """A field's value as JSON has it: of another row its key."""
        return getattr(self, self._meta.get_field(name).attname)

    def lock_reason(self, name: str) -> str | None:
        """Why the installer may not change this field: `planned`, `vehicle`, or None when it is open to him."""
        if name in self.INSTALLER_FIELDS and name not in self.fillable:
            return "vehicle"
        return "planned" if name in (self.planned or {}) and not self.allow_override else None

    def locked_among(self, names) -> list[str]:
        return [name for name in names if self.lock_reason(name)]

    def differences(self) -> dict[str, dict[str, Any]]:
        """Where what was built is not what was planned: {field: {"planned", "built"}}."""
        found = {
            name: {"planned": wanted, "built": self.plain(name)}
            for name, wanted in (self.planned or {}).items()
            if name in self.fillable and self.plain(name) != wanted
        }
        wanted_unit = (self.planned or {}).get("planned_unit")
        if wanted_unit and self.unit_id and self.unit_id != wanted_unit:
            found["planned_unit"] = {"planned": wanted_unit, "built": self.unit_id}
        return found

    def from_plan(self) -> dict[str, Any]:
        """Column values that undo everything an installer filled in."""
        planned = self.planned or {}
        return {
            self._meta.get_field(name).attname: planned.get(name, blank_of(self._meta.get_field(name)))
            for name in self.fillable
        }

    def fields_for_installer(self) -> list[dict[str, Any]]:
        """`{name, label, value, planned, locked, reason}` of every field that the phone shows, in its order."""
        return [
            {
                "name": name,
                "label": str(self._meta.get_field(name).verbose_name),
                "value": none_if_blank(self.plain(name)),
                "planned": (self.planned or {}).get(name),
                "locked": (reason := self.lock_reason(name)) is not None,
                "reason": None if reason is None else str(LOCKED[reason]),
            }
            for name in self.INSTALLER_FIELDS
        ]


def is_blank(value: Any) -> bool:
    """Blank reads "installer decides". False and 0 are decisions."""
    return value is None or value == "" or value == []


def none_if_blank(value: Any) -> Any:
    return None if is_blank(value) else value


def blank_of(field) -> Any:
    return None if field.null else ""
