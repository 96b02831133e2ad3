"""The demo's logins by role, and whether one click signs in as one of them."""

from typing import NamedTuple

from django.conf import settings
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from accounts.models import User

MANAGER = "manager@appdrive.example"
INSTALLER = "installer1@quickinstall.example"


class Login(NamedTuple):
    email: str
    role: str | Promise
    about: str | Promise
    opens: str = "home"  # the name of the page that they work on


class Site(NamedTuple):
    name: str | Promise
    icon: str
    logins: tuple[Login, ...]


APP = "smartcontrol:app"
SITES = (
    Site(
        "FleetControl",
        "truck",
        (
            Login(MANAGER, _("Manager"), _("writes jobs and assigns them to partners")),
            Login(
                "admin@appdrive.example", _("Fleet admin"), _("the same, also users and settings")
            ),
            Login("viewer@appdrive.example", _("Viewer"), _("reads")),
            Login(
                "garage@appdrive.example",
                _("Manager and company admin"),
                _("both sites: manages a fleet and runs its garage"),
            ),
            Login("manager@otherfleet.example", _("Fleet admin"), _("another provider")),
        ),
    ),
    Site(
        _("Installers website"),
        "building",
        (
            Login(
                "admin@quickinstall.example", _("Company admin"), _("users, clients, jobs, units")
            ),
            Login("admin@otherco.example", _("Company admin"), _("another company")),
        ),
    ),
    Site(
        "SmartControl",
        "phone",
        (
            Login(INSTALLER, _("Installer"), _("takes and finishes jobs"), APP),
            Login("installer2@quickinstall.example", _("Installer"), _("a colleague"), APP),
            Login("installer@otherco.example", _("Installer"), _("another company"), APP),
        ),
    ),
    Site(
        _("Admin site"),
        "gear",
        (
            Login(
                "operator@demo.example",
                _("Operator"),
                _("providers, fleets, vehicle models, everything"),
                "admin:index",
            ),
        ),
    ),
)
LOGINS = {login.email: login for site in SITES for login in site.logins}


class Offered(NamedTuple):
    """A login that is in this database."""

    user: User
    login: Login

    @property
    def opens(self) -> str:
        return reverse(self.login.opens)


def offered() -> dict[str, Offered]:
    """The logins that may sign in, by their e-mail: a new demo world has all of them."""
    people = User.objects.filter(is_demo=True, is_active=True, email__in=LOGINS)
    return {user.email: Offered(user, LOGINS[user.email]) for user in people}


def is_one_click() -> bool:
    """Whether a click signs in: where everybody knows the password. A password of one's own is typed."""
    return settings.DEMO and settings.DEMO_PASSWORD == settings.KNOWN_DEMO_PASSWORD
