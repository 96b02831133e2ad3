"""Texts of empty tabs: one sentence, and the next step."""

from typing import Any, NamedTuple

from django.utils.translation import gettext_lazy as _

from accounts.models import Partnership
from jobs.models import Job

Status = Job.Status


class EmptyTab(NamedTuple):
    title: Any
    text: Any
    leads_to_new_job: bool = False
    leads_to_pending: bool = False


JOBS: dict[str, EmptyTab] = {
    Status.PENDING: EmptyTab(
        _("No pending jobs"),
        _("Every job is with a partner or finished. Create a job to plan the next one."),
        leads_to_new_job=True,
    ),
    Status.ASSIGNED: EmptyTab(
        _("No assigned jobs"),
        _("Assign pending jobs to a partner. They stay here until an installer takes them."),
        leads_to_pending=True,
    ),
    Status.RUNNING: EmptyTab(
        _("No running jobs"), _("A job appears here while an installer works on it.")
    ),
    Status.SUCCEEDED: EmptyTab(
        _("No succeeded jobs yet"), _("A job appears here once its installer has finished it.")
    ),
    Status.FAILED: EmptyTab(
        _("No failed jobs"), _("A job appears here if its installer could not finish it.")
    ),
}
VEHICLES: dict[str, EmptyTab] = {
    "WITHOUT_UNIT": EmptyTab(
        _("Every vehicle has a unit"), _("A vehicle appears here while no unit is mounted in it.")
    ),
    "ARCHIVED": EmptyTab(
        _("No archived vehicles"), _("A vehicle appears here once it has been archived.")
    ),
}
UNITS: dict[str, EmptyTab] = {
    "IN_STOCK": EmptyTab(
        _("No units in stock"), _("A unit appears here once it is entered, until it is mounted.")
    ),
    "HELD": EmptyTab(
        _("No partner holds a unit"),
        _(
            "A unit appears here when you hand it over to a partner, or when a partner has taken it out of a vehicle."
        ),
    ),
    "MOUNTED": EmptyTab(
        _("No units in vehicles"), _("A unit appears here once it is mounted in a vehicle.")
    ),
    "RETIRED": EmptyTab(_("No retired units"), _("A unit appears here once it is out of service.")),
}
PARTNERS: dict[str, EmptyTab] = {
    Partnership.Status.PENDING: EmptyTab(
        _("No open invitations"), _("An invited company appears here until it answers.")
    ),
    Partnership.Status.ACCEPTED: EmptyTab(
        _("No partners yet"),
        _(
            "A company appears here once it has accepted your invitation. Then you can assign jobs to it."
        ),
    ),
    Partnership.Status.DECLINED: EmptyTab(
        _("No declined invitations"),
        _("An invitation appears here if the company has declined it."),
    ),
}
