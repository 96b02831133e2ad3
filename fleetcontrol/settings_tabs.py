"""The tabs of *Settings*, and which roles open each."""

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from accounts.models import FleetMembership
from accounts.models.membership import MANAGING
from core.web.lists.tabs import Tab, make_tabs

ADMINS = (FleetMembership.Role.ADMIN.value,)
TITLES = {
    "FLEET": _("Fleet"),
    "USERS": _("Users"),
    "ACCESSES": _("Accesses"),
    "API_CLIENTS": _("API clients"),
    "EVENT_CONSUMERS": _("Event consumers"),
}
PAGES = {
    "FLEET": "fleetcontrol:fleet-settings",
    "USERS": "fleetcontrol:users",
    "ACCESSES": "fleetcontrol:accesses",
    "API_CLIENTS": "fleetcontrol:api-clients",
    "EVENT_CONSUMERS": "fleetcontrol:event-consumers",
}
# The others are for admins alone.
ROLES = {"ACCESSES": MANAGING}


def tabs_for(role: str) -> list[str]:
    return [name for name in TITLES if role in ROLES.get(name, ADMINS)]


def settings_tabs(fleet_id: str, role: str, *, current: str) -> list[Tab]:
    """Make the tabs that a person with this role may open."""
    return make_tabs(
        {name: TITLES[name] for name in tabs_for(role)},
        url=lambda name: reverse(PAGES[name], args=[fleet_id]),
        counts={},
        current=current,
    )
