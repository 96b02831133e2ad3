"""The tables of the Installers website."""

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext_lazy as _

from accounts.models import User
from core.web.lists.columns import (
    ChoiceColumn,
    CodeColumn,
    Column,
    DateColumn,
    LinkColumn,
    StatusColumn,
    TimeColumn,
)
from core.web.lists.tables import Table
from jobs.models import Job
from jobs.parts.number import spoken
from telematics.models.custody import Start

# The columns that make a person's name.
NAME = ("first_name", "last_name", "email", "closed_at")


class PersonColumn(Column):
    """The installer who holds a job, or for whom it is reserved."""

    def cell(self, value: Any, row: Mapping[str, Any]) -> str:
        if row["assignee"]:
            return _name(row, "assignee")
        if row["reserved_for"] and row["status"] == Job.Status.ASSIGNED:
            return _("reserved for %(name)s") % {"name": _name(row, "reserved_for")}
        return ""


def _name(row: Mapping[str, Any], role: str) -> str:
    """The name of the person in the column `role`."""
    names = {part: row[f"{role}__{part}"] for part in NAME}
    return User(pk=row[role], **names).name


READ = [
    "status",
    "assignee",
    "reserved_for",
    *(f"assignee__{part}" for part in NAME),
    *(f"reserved_for__{part}" for part in NAME),
]

# A maintenance job takes its name from its vehicle.
NAMED_BY = (
    "license_plate",
    "custom_name",
    "vin",
    "vehicle__license_plate",
    "vehicle__custom_name",
    "vehicle__vin",
)


class NumberColumn(Column):
    """The number that the fleet has given the job, with the fleet's prefix."""

    def cell(self, value: Any, row: Mapping[str, Any]) -> str:
        return spoken(row["fleet__job_prefix"], value)


class JobTable(Table):
    """The company's jobs, from the time they were assigned to it."""

    initial = (
        "status",
        "number",
        "vehicle",
        "kind",
        "client",
        "fleet",
        "installer",
        "planned",
        "changed",
    )

    status = StatusColumn(_("status"), choices=Job.Status)
    number = NumberColumn(_("number"), reads=["fleet__job_prefix"])
    vehicle = LinkColumn(_("vehicle"), names=NAMED_BY)
    kind = ChoiceColumn(_("kind"), choices=Job.Kind)
    client = Column(_("client"), accessor="fleet__provider__name")
    fleet = Column(_("fleet"), accessor="fleet__name")
    installer = PersonColumn(_("installer"), accessor="assignee", reads=READ)
    planned = DateColumn(_("planned"), accessor="planned_service_date", label_on_phone=True)
    changed = DateColumn(_("changed"), accessor="updated_at", label_on_phone=True)


class UnitTable(Table):
    """The units that the company holds: rows of Custody."""

    initial = ("unit", "client", "fleet", "start", "since")
    version = "start"

    unit = CodeColumn(_("Unit"), accessor="unit_id")
    client = Column(_("client"), accessor="unit__fleet__provider__name")
    fleet = Column(_("fleet"), accessor="unit__fleet__name")
    start = ChoiceColumn(_("reason"), choices=Start)
    since = TimeColumn(_("since"), accessor="started_at", label_on_phone=True)
