"""The tabs of *Settings*."""

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from core.web.lists.tabs import Tab, make_tabs

TITLES = {
    "FLEET": _("Fleet"),
    "USERS": _("Users"),
    "API_CLIENTS": _("API clients"),
    "EVENT_CONSUMERS": _("Event consumers"),
}
PAGES = {
    "FLEET": "fleetcontrol:fleet-settings",
    "USERS": "fleetcontrol:users",
    "API_CLIENTS": "fleetcontrol:api-clients",
    "EVENT_CONSUMERS": "fleetcontrol:event-consumers",
}


def settings_tabs(fleet_id: str, *, current: str) -> list[Tab]:
    return make_tabs(
        TITLES,
        url=lambda name: reverse(PAGES[name], args=[fleet_id]),
        counts={},
        current=current,
    )
