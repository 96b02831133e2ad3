"""Whom the torture meets: `python -m tests.torture.world <installers> [<companies that are closed>]` writes them, and
prints who they are as JSON.
"""

import json
import os
import sys
from typing import Any

import django

PASSWORD = "a-password-of-the-torture"
UNITS = 300
# Companies that are closed, one after the other.
SHORT_LIVED = 60
# Of ten units so many mend when the test that fails is repeated; the others are sound.
FAULTS = {3: "lock_miswired", 5: "no_antenna", 7: "immobilizer_miswired", 9: "fob_loose"}
TEMPLATE = "Sharing"
# Programs of each fleet, with the rights of their clients. Nobody takes those of the follower.
PROGRAMS = {
    "Vehicles": ["vehicles:read", "vehicles:write", "commands:read", "commands:write"],
    "Orders": ["jobs:read", "jobs:write"],
    "Follower": ["vehicles:read", "jobs:read"],
}


def build(installers: int, closed: int = SHORT_LIVED) -> dict[str, Any]:
    """Two fleets; a company for both, one for the first, and many that are there for a moment."""
    from django.contrib.auth.hashers import make_password

    from accounts.models import User
    from telematics import catalogue
    from telematics.models import VehicleModel
    from tests.factories.accounts import (
        CompanyFactory,
        CompanyMembershipFactory,
        FleetFactory,
        FleetMembershipFactory,
        MobilityProviderFactory,
        PartnershipFactory,
    )
    from tests.factories.jobs import JobTemplateFactory

    catalogue.load()
    secret = make_password(PASSWORD)

    def person(name: str, **more: Any) -> User:
        user = User.objects.create(
            email=f"{name}@torture.example", first_name=name.title(), last_name="T", **more
        )
        User.objects.filter(pk=user.pk).update(password=secret)
        user.emailaddress_set.update_or_create(
            email=user.email, defaults={"verified": True, "primary": True}
        )
        return user

    operator = person("operator", is_staff=True, is_superuser=True)
    provider = MobilityProviderFactory()
    fleets = [FleetFactory(provider=provider, name=name) for name in ("Berlin", "Leipzig")]
    companies = [
        CompanyFactory(name=name, email=f"office@{name.lower()}.example", signed=False)
        for name in ("QuickInstall", "SlowInstall")
    ]
    crew, offices, desks, programs = [], [], [], []
    for number, company in enumerate(companies):
        admin = person(f"admin{number}")
        sign(company, admin)
        CompanyMembershipFactory(user=admin, company=company, role="ADMIN")
        offices.append({"email": admin.email, "company": company.pk})
    for number in range(installers):
        user, company = person(f"installer{number}"), companies[number % 3 == 2]
        CompanyMembershipFactory(user=user, company=company)
        crew.append({"email": user.email, "id": user.pk, "company": company.pk})
    model = VehicleModel.objects.filter(capabilities__contains=["central_lock", "immobilizer"])
    for number, fleet in enumerate(fleets):
        PartnershipFactory(fleet=fleet, company=companies[0])
        desk = person(f"manager{number}")
        FleetMembershipFactory(user=desk, fleet=fleet, role="MANAGER")
        FleetMembershipFactory(user=person(f"reader{number}"), fleet=fleet, role="ADMIN")
        dispatcher = person(f"dispatcher{number}")
        FleetMembershipFactory(user=dispatcher, fleet=fleet, role="MANAGER")
        people = {"dispatcher": dispatcher.email, "admin": f"reader{number}@torture.example"}
        desks.append({"email": desk.email, "fleet": fleet.pk, **people})
        follow(fleet)
        programs += [program(fleet, name, scopes) for name, scopes in PROGRAMS.items()]
        JobTemplateFactory(fleet=fleet, name=TEMPLATE, vehicle_model=model.order_by("pk")[number])
        stock(fleet, number)
    PartnershipFactory(fleet=fleets[0], company=companies[1])
    short_lived = []
    for number in range(closed):
        name = f"Short-lived {number}"
        company = CompanyFactory(name=name, email=f"office{number}@short.example", signed=False)
        admin, user = person(f"chief{number}"), person(f"closing{number}")
        sign(company, admin)
        CompanyMembershipFactory(user=admin, company=company, role="ADMIN")
        CompanyMembershipFactory(user=user, company=company)
        PartnershipFactory(fleet=fleets[1], company=company, status="PENDING")
        about = {"company": company.pk, "name": name, "id": user.pk}
        short_lived.append({"admin": admin.email, "installer": user.email, **about})
    return {
        "operator": operator.email,
        "crew": crew,
        "offices": offices,
        "desks": desks,
        "programs": programs,
        "short_lived": short_lived,
    }


def follow(fleet: Any) -> None:
    """Programs are notified of everything that happens in the fleet."""
    from accounts.models import EventConsumer
    from core.outbox.topics import TOPICS

    EventConsumer.objects.add(
        fleet=fleet, kind="FEED", name="Everything", topics=list(TOPICS), by=None
    )


def program(fleet: Any, name: str, scopes: list[str]) -> dict[str, str]:
    """A client of the fleet, with its secret."""
    from accounts.models import ApiClient

    client, secret = ApiClient.objects.issue(fleet=fleet, name=name, scopes=scopes, by=None)
    about = {"fleet": fleet.pk, "client_id": client.client_id, "secret": secret}
    return {"name": name, **about}


def sign(company: Any, admin: Any) -> None:
    from accounts.models import Agreement, AgreementSignature

    AgreementSignature.objects.create(
        company=company,
        agreement=Agreement.objects.order_by("-version").first(),
        signed_by=admin,
        name="A. Admin",
        address="127.0.0.1",
    )


def stock(fleet: Any, number: int) -> None:
    from telematics.models import Unit
    from telematics.simulator.models import SimulatedUnit

    units = Unit.objects.bulk_create(
        Unit(qnr=f"7A{number:02X}{place:012X}", fleet=fleet) for place in range(UNITS)
    )
    SimulatedUnit.objects.bulk_create(
        SimulatedUnit(unit=unit, seed=place + 1, fault=FAULTS.get(place % 10, ""))
        for place, unit in enumerate(units)
    )


if __name__ == "__main__":
    os.environ["DJANGO_SETTINGS_MODULE"] = "config.settings"
    django.setup()
    sys.stdout.write(json.dumps(build(*map(int, sys.argv[1:]))))
