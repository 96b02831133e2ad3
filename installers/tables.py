from django.utils.translation import gettext_lazy as _

from accounts.models import User
from core.web.columns import ChoiceColumn, Column, DateColumn, LinkColumn, StatusColumn
from core.web.tables import Table
from jobs.models import Job

# What a person's name is made of, as the history has it.
NAME = ("first_name", "last_name", "email", "closed_at")


class PersonColumn(Column):
    """Who holds a job, or for whom it is kept."""

    def cell(self, value, row):
        holder, kept = _name(row, "assignee"), _name(row, "reserved_for")
        return holder or (
            _("reserved for %(name)s") % {"name": kept} if kept and row["status"] == Job.Status.ASSIGNED else ""
        )


def _name(row, of: str) -> str:
    return User(pk=row[of], **{part: row[f"{of}__{part}"] for part in NAME}).name if row[of] else ""


READ = [
    "status",
    "assignee",
    "reserved_for",
    *(f"{of}__{part}" for of in ("assignee", "reserved_for") for part in NAME),
]

# A maintenance job has no names of its own: its vehicle has.
NAMED_BY = ("license_plate", "custom_name", "vin", "vehicle__license_plate", "vehicle__custom_name", "vehicle__vin")


class JobTable(Table):
    """The company's jobs, from the time they were assigned to it."""

    initial = ("status", "vehicle", "kind", "client", "fleet", "installer", "planned", "changed")

    status = StatusColumn(_("status"), choices=Job.Status)
    vehicle = LinkColumn(_("vehicle"), names=NAMED_BY)
    kind = ChoiceColumn(_("kind"), choices=Job.Kind)
    client = Column(_("client"), accessor="fleet__provider__name")
    fleet = Column(_("fleet"), accessor="fleet__name")
    installer = PersonColumn(_("installer"), accessor="assignee", reads=READ)
    planned = DateColumn(_("planned"), accessor="planned_service_date", label_on_phone=True)
    changed = DateColumn(_("changed"), accessor="updated_at", label_on_phone=True)
