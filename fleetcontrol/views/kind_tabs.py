"""The tabs of *Installation & Maintenance*: the lists of both kinds of jobs, and the templates."""

from collections.abc import Mapping
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from core.web.lists.tabs import Tab, make_tabs
from jobs.models import Job

TEMPLATES = "TEMPLATES"
TITLES: dict[str, Any] = {
    Job.Kind.INSTALLATION: _("Installation Jobs"),
    Job.Kind.MAINTENANCE: _("Maintenance Jobs"),
    TEMPLATES: _("Templates"),
}
PAGES = {
    Job.Kind.INSTALLATION: "fleetcontrol:installation_jobs",
    Job.Kind.MAINTENANCE: "fleetcontrol:maintenance_jobs",
    TEMPLATES: "fleetcontrol:templates",
}


def kind_tabs(fleet_id: str, *, current: str, counts: Mapping[str, Any]) -> list[Tab]:
    """The tabs with the numbers that the page has counted."""
    return make_tabs(
        TITLES,
        url=lambda name: reverse(PAGES[name], args=[fleet_id]),
        counts=counts,
        current=current,
    )
