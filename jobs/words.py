"""How the values of a job read: labels of choices, names of other rows, "installer decides" for a blank."""

from collections.abc import Iterable, Mapping
from typing import Any

from django.utils.formats import date_format
from django.utils.text import capfirst
from django.utils.translation import gettext as _

from accounts.models import Company
from jobs.models.choices import FailureReason
from jobs.plan import is_blank
from jobs.procedures.kinds import TestKind
from telematics.models import VehicleModel

OTHER_ROWS = {"vehicle_model": VehicleModel, "company": Company}


class Words:
    """Speaks of values as they stand in plans and events: of another row only the key. `known` maps keys to names."""

    def __init__(self, known: Mapping[str, Mapping[Any, str]] = {}):
        self.known = known

    @classmethod
    def for_values(cls, values: Iterable[tuple[str, Any]]) -> "Words":
        """Looks up, one statement a model, what the given (field, value) pairs name."""
        keys: dict[str, set] = {}
        for name, value in values:
            if name in OTHER_ROWS and value:
                keys.setdefault(name, set()).add(value)
        return cls(
            {
                name: {row.pk: str(row) for row in OTHER_ROWS[name].objects.filter(pk__in=pks)}
                for name, pks in keys.items()
            }
        )

    @staticmethod
    def label(name: str) -> str:
        from jobs.models import Job

        return capfirst(str(Job._meta.get_field(name).verbose_name))

    def value(self, name: str, value: Any) -> str:
        from jobs.models import Job

        field = Job._meta.get_field(name)
        if is_blank(value):
            return str(_("installer decides")) if name in Job.INSTALLER_FIELDS else "–"
        if name == "further_tests":
            return ", ".join(str(TestKind(kind).label) for kind in value)
        if isinstance(value, bool):
            return str(_("on") if value else _("off"))
        if name in self.known:
            return self.known[name].get(value, str(value))
        if hasattr(value, "strftime"):
            return date_format(value, _("j M Y"))
        return str(dict(field.flatchoices).get(value, value))


def failure_reason(value: str) -> str:
    return str(FailureReason(value).label) if value in FailureReason.values else value
