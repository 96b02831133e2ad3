"""The pages of a fleet and what can be begun there: one list for the navigation and the command palette."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from accounts.models import FleetMembership
from accounts.models.membership import MANAGING
from fleetcontrol import settings_tabs
from fleetcontrol.views import kind_tabs
from jobs.models import Job

EVERYBODY = tuple(FleetMembership.Role.values)


class Link(NamedTuple):
    label: Any
    url: str
    icon: str
    section: str = ""


@dataclass(frozen=True)
class Page:
    """`tabs`: the label and the URL's name of each page below this one."""

    label: Any
    name: str
    icon: str
    section: str = ""
    roles: tuple[str, ...] = EVERYBODY
    query: str = ""
    tabs: Mapping[Any, str] = field(default_factory=dict)
    # The URL's names of tabs that fewer roles may open than the page, with these.
    roles_of_tabs: Mapping[str, tuple[str, ...]] = field(default_factory=dict)

    def link(self, fleet_id: str) -> Link:
        url = reverse(f"fleetcontrol:{self.name}", args=[fleet_id])
        return Link(self.label, f"{url}?{self.query}".rstrip("?"), self.icon, self.section)

    def links(self, fleet_id: str, role: str) -> Iterator[Link]:
        """One for each tab that the role may open; the page itself if it has none."""
        for label, name in self.tabs.items():
            if role in self.roles_of_tabs.get(name, self.roles):
                yield Link(f"{self.label} ▸ {label}", reverse(name, args=[fleet_id]), self.icon)
        if not self.tabs:
            yield self.link(fleet_id)


KINDS = {kind_tabs.TITLES[kind]: kind_tabs.PAGES[kind] for kind in Job.Kind}
SETTINGS = {label: settings_tabs.PAGES[name] for name, label in settings_tabs.TITLES.items()}
ROLES_OF_SETTINGS = {
    page: settings_tabs.ROLES.get(name, settings_tabs.ADMINS)
    for name, page in settings_tabs.PAGES.items()
}
PAGES = (
    Page(_("Overview"), "overview", "speedometer2", "overview"),
    Page(_("Installation & Maintenance"), "installation_jobs", "wrench", "jobs", tabs=KINDS),
    Page(_("Roll-outs"), "roll_outs", "collection", "roll_outs"),
    Page(_("Vehicles"), "vehicles", "truck", "vehicles"),
    Page(_("Places"), "places", "geo-alt", "places"),
    Page(_("Units"), "units", "qr-code-scan", "units"),
    Page(_("Templates"), "templates", "files", "templates"),
    Page(_("Presets"), "presets", "sliders", "presets"),
    Page(_("Partner & Teams"), "partners", "people", "partners"),
    Page(
        _("Settings"),
        "settings",
        "gear-fill",
        "settings",
        roles=MANAGING,
        tabs=SETTINGS,
        roles_of_tabs=ROLES_OF_SETTINGS,
    ),
)
FORMS = (
    Page(
        _("New installation job"),
        "job-create",
        "plus-lg",
        roles=MANAGING,
        query="kind=INSTALLATION",
    ),
    Page(
        _("New maintenance job"), "job-create", "plus-lg", roles=MANAGING, query="kind=MAINTENANCE"
    ),
    Page(_("Import"), "job-import", "upload", roles=MANAGING),
    Page(_("New Roll-out"), "roll_out-create", "collection", roles=MANAGING),
    Page(_("Invite Partner"), "partner-invite", "person-plus", roles=MANAGING),
    Page(_("New Place"), "place-create", "geo-alt", roles=MANAGING),
    Page(_("Enter units"), "unit-enter", "qr-code-scan", roles=MANAGING),
)


def across() -> Link:
    """The page about all fleets of the reader."""
    url = reverse("fleetcontrol:fleets-overview")
    return Link(_("Overview of all fleets"), url, "speedometer2")


class Navigation:
    """What a role may open in a fleet. Iterated, it has the pages of the navigation."""

    def __init__(self, fleet_id: str, role: str) -> None:
        self.fleet_id = fleet_id
        self.role = role

    def __iter__(self) -> Iterator[Link]:
        for page in self.allowed(PAGES):
            yield page.link(self.fleet_id)

    def pages(self) -> Iterator[Link]:
        """Those with tabs by their tabs."""
        for page in self.allowed(PAGES):
            yield from page.links(self.fleet_id, self.role)

    def forms(self) -> Iterator[Link]:
        """The forms with which something new begins."""
        for page in self.allowed(FORMS):
            yield page.link(self.fleet_id)

    def allowed(self, pages: tuple[Page, ...]) -> Iterator[Page]:
        return (page for page in pages if self.role in page.roles)
