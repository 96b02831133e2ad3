"""What the admins of a fleet decide for all of it: *Settings ▸ Fleet*, and the operators' form of a fleet."""

from typing import TYPE_CHECKING, Any

from django.core.exceptions import ValidationError
from django.db import models, transaction
from django.utils.translation import gettext_lazy as _

from accounts.models.authority import authorise
from accounts.models.fleet_event import FleetEvent
from accounts.models.team import ADMIN
from core.errors import MoveRefused

if TYPE_CHECKING:
    from accounts.models.authority import Actor
    from accounts.models.fleet import Fleet

SETTINGS = ("name", "time_zone", "language", "csv_separator", "job_prefix")
PREFIX_TAKEN = _("Another fleet of the provider has or had this prefix.")
PREFIX_NEEDED = _("Job numbers need a prefix.")


class CsvSeparator(models.TextChoices):
    COMMA = "COMMA", _("comma")
    SEMICOLON = "SEMICOLON", _("semicolon")
    TAB = "TAB", _("tab")


SEPARATORS: dict[str, str] = {
    CsvSeparator.COMMA: ",",
    CsvSeparator.SEMICOLON: ";",
    CsvSeparator.TAB: "\t",
}


@transaction.atomic
def change(fleet: "Fleet", *, by: "Actor", seen: int | None, changed: dict[str, Any]) -> None:
    """Set the settings, and record what they were. Does nothing for those that are so already."""
    fleet.lock_provider()
    fleet.lock()
    authorise(by, fleet, ADMIN)
    if seen not in (None, fleet.settings_version):
        raise MoveRefused("stale")
    before = {name: getattr(fleet, name) for name in changed}
    had = fleet.prefixes
    for name, value in changed.items():
        setattr(fleet, name, value)
    _check(fleet, changed)
    changes = {
        name: [before[name], getattr(fleet, name)]
        for name in changed
        if before[name] != getattr(fleet, name)
    }
    if not changes:
        return
    former = [prefix for prefix in had if prefix != fleet.job_prefix]
    fleet.former_job_prefixes = f" {' '.join(former)} " if former else ""
    fleet.save(update_fields=[*changes, "former_job_prefixes"])
    FleetEvent.record(fleet, by=by, changes=changes)


def _check(fleet: "Fleet", changed: dict[str, Any]) -> None:
    """Raise ValidationError with every error at its field."""
    others = {field.name for field in fleet._meta.fields} - set(changed)
    fleet.full_clean(exclude=others, validate_unique=False, validate_constraints=False)
    if "job_prefix" in changed and not fleet.job_prefix:
        raise ValidationError({"job_prefix": PREFIX_NEEDED})
