"""The output when it is ready."""

from django.conf import settings

from config.supervisor.addresses import Address
from config.supervisor.certificate import Certificates
from config.supervisor.world import DEMO


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
    who = _demo() if world == DEMO else _first_operator()
    return [*place, *who, "", f"ready after {seconds:.1f} s. Ctrl-C stops it."]


def _for_phones(address: Address) -> list[str]:
    lines = [f"  on a phone      {url}/smartcontrol/" for url in address.urls_for_phones]
    if address.is_https:
        authority = Certificates(settings.VAR_DIR / "certificates").authority.certificate
        lines.append(f"  for phones      {authority} (install it as a CA certificate)")
    return lines


def _demo() -> list[str]:
    """Its first page lists the logins; here is what a phone or a program needs."""
    return [
        "  Open the first URL: a tour, and the demo logins with one click each.",
        f"  On a phone, sign in as installer1@quickinstall.example, password {settings.DEMO_PASSWORD}",
    ]


def _first_operator() -> list[str]:
    then = ", and sets up two-factor authentication" * settings.OPERATORS_NEED_SECOND_FACTOR
    return [
        "  The first operator:",
        "    .venv/bin/python manage.py createsuperuser",
        f"  who then signs in at /admin/{then}.",
    ]
