"""The output when it is ready."""

from django.conf import settings

from config.supervisor.addresses import Address
from config.supervisor.certificate import Certificates
from config.supervisor.world import DEMO

LOGINS = (
    ("manager@appdrive.example", "FleetControl: writes jobs, hands them to partners"),
    ("admin@appdrive.example", "FleetControl: also users and settings"),
    ("viewer@appdrive.example", "FleetControl: reads"),
    ("garage@appdrive.example", "both sites: manages a fleet, and runs its garage"),
    ("admin@quickinstall.example", "Installers website: runs the company"),
    ("installer1@quickinstall.example", "SmartControl: takes and finishes jobs"),
    ("installer2@quickinstall.example", "SmartControl: a colleague"),
    ("manager@otherfleet.example", "FleetControl: another provider"),
    ("installer@otherco.example", "SmartControl: another company"),
    ("operator@demo.example", "Admin site: /admin/"),
)


def lines(address: Address, world: str, seconds: float) -> list[str]:
    place = [
        "",
        f"  Installer Jobs  {address.public_url}",
        f"  SmartControl    {address.public_url}/smartcontrol/",
        *_for_phones(address),
        f"  data         {settings.VAR_DIR}",
        f"  mails        {settings.MAIL_DIR}",
        "",
    ]
    who = _demo_logins() if world == DEMO else _first_operator()
    return [*place, *who, "", f"ready after {seconds:.1f} s. Ctrl-C stops it."]


def _for_phones(address: Address) -> list[str]:
    lines = [f"  on a phone      {url}/smartcontrol/" for url in address.urls_for_phones]
    if address.is_https:
        authority = Certificates(settings.VAR_DIR / "certificates").authority.certificate
        lines.append(f"  for phones      {authority} (install it as a CA certificate)")
    return lines


def _demo_logins() -> list[str]:
    width = max(len(login) for login, _ in LOGINS)
    return [
        f"  Demo logins, password {settings.DEMO_PASSWORD}",
        *(f"    {login:<{width}}  {what}" for login, what in LOGINS),
    ]


def _first_operator() -> list[str]:
    return [
        "  The first operator:",
        "    .venv/bin/python manage.py createsuperuser",
        "  who then signs in at /admin/.",
    ]
