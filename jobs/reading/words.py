"""The values of a job or vehicle in words: labels of choices, names of other rows, "installer decides" for a blank."""

from collections.abc import Iterable, Mapping
from typing import Any, Self

from django.db.models import DateField, Field, Model
from django.utils.text import capfirst
from django.utils.translation import gettext as _

from accounts.models import Company
from core.values.bidi import isolated
from core.values.shown import day
from jobs.models.choices import PhotoKind
from jobs.models.columns import is_blank
from jobs.models.job import Job
from jobs.models.roll_out import RollOut
from jobs.procedures.kinds import TestKind
from telematics.models import Place, Vehicle, VehicleModel

OTHER_ROWS = {
    "vehicle_model": VehicleModel,
    "company": Company,
    "place": Place,
    "roll_out": RollOut,
}


def field_of(name: str, model: type[Model] = Job) -> Field:
    field = model._meta.get_field(name)
    assert isinstance(field, Field)
    return field


class Words:
    """Words for the values of plans and events, which hold only the keys of other rows.

    `known` has the names of these.
    """

    model: type[Model] = Job

    def __init__(self, known: Mapping[str, Mapping[Any, str]] = {}):
        self.known = known

    @classmethod
    def for_values(cls, values: Iterable[tuple[str, Any]]) -> Self:
        """Load the names of the other rows in these (field, value) pairs, with one statement per model."""
        keys: dict[str, set] = {}
        for name, value in values:
            if name in OTHER_ROWS and value:
                keys.setdefault(name, set()).add(value)
        known: dict[str, dict[Any, str]] = {}
        for name, pks in keys.items():
            rows = OTHER_ROWS[name]._default_manager.filter(pk__in=pks)
            known[name] = {row.pk: str(row) for row in rows}
        return cls(known)

    @classmethod
    def label(cls, name: str) -> str:
        return capfirst(str(field_of(name, cls.model).verbose_name))

    def value(self, name: str, value: Any) -> str:
        field = field_of(name, self.model)
        if is_blank(value):
            return self.blank(name)
        if name == "further_tests":
            return ", ".join(str(TestKind(kind).label) for kind in value)
        if name == "required_photos":
            return ", ".join(str(PhotoKind(kind).label) for kind in value)
        if isinstance(value, bool):
            return str(_("on") if value else _("off"))
        if name in self.known:
            return isolated(self.known[name].get(value, str(value)))
        if isinstance(field, DateField):
            return day(field.to_python(value))
        return isolated(str(dict(field.flatchoices).get(value, value)))

    def blank(self, name: str) -> str:
        if name in Job.INSTALLER_FIELDS:
            return str(_("installer decides"))
        return "–"


class VehicleWords(Words):
    """The same for vehicles: what is blank there is not known."""

    model = Vehicle

    def blank(self, name: str) -> str:
        return "–"
