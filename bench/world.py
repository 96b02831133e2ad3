"""A thousand fleets, two hundred companies and their people, for the jobs of bench/rows.py."""

from typing import Any

from django.db import connection
from django.utils import timezone

from core.ulid import new_ulid

FLEETS, COMPANIES, TEAM, MODELS = 1_000, 200, 5, 40
RIVALS = 50  # people of the first company who want the same job


class World:
    """`manager` works in the first fleet, which has a tenth of all jobs, `roamer` in all; `rivals`
    in the first company.
    """

    def __init__(self, fleets: int = FLEETS, companies: int = COMPANIES):
        from accounts.models import Company, Fleet
        from core.ids import allocate
        from tests.factories.accounts import MobilityProviderFactory
        from tests.factories.telematics import VehicleModelFactory

        provider = MobilityProviderFactory()
        self.fleets = Fleet.objects.bulk_create(
            Fleet(fleet_id=key, provider=provider, name=f"Fleet {n}", job_prefix=prefix(n))
            for n, key in enumerate(allocate(Fleet, fleets))
        )
        self.companies = Company.objects.bulk_create(
            Company(
                partner_id=key,
                name=f"Company {n}",
                email=f"office{n}@example.com",
                email_verified_at=timezone.now(),
            )
            for n, key in enumerate(allocate(Company, companies))
        )
        self.people = self._people(companies * TEAM)
        self.rivals = self.installers + self._people(RIVALS - TEAM)
        self.manager, self.roamer = self._people(2)
        [self.operator] = self._people(1, is_staff=True, is_superuser=True)
        self.models = [VehicleModelFactory() for _ in range(MODELS)]
        self._settle()

    @staticmethod
    def _people(number: int, **more: Any) -> list:
        from accounts.models import User

        names = [new_ulid().lower() for _ in range(number)]
        return User.objects.bulk_create(
            User(
                email=f"{name}@example.com",
                first_name=name[-5:].title(),
                last_name="Example",
                password="!",  # noqa: S106
                **more,
            )
            for name in names
        )

    def _settle(self) -> None:
        from accounts.models import (
            AgreementSignature,
            CompanyMembership,
            FleetMembership,
            Partnership,
        )
        from tests.factories.accounts import AgreementFactory

        agreement = AgreementFactory()
        AgreementSignature.objects.bulk_create(
            AgreementSignature(
                company=c,
                agreement=agreement,
                signed_by=self.operator,
                name="A",
                address="127.0.0.1",
            )
            for c in self.companies
        )
        teams = [(person, self.companies[n // TEAM]) for n, person in enumerate(self.people)]
        teams += [(person, self.companies[0]) for person in self.rivals[TEAM:]]
        CompanyMembership.objects.bulk_create(
            CompanyMembership(user=person, company=company, role=CompanyMembership.Role.INSTALLER)
            for person, company in teams
        )
        FleetMembership.objects.bulk_create(
            [FleetMembership(user=self.manager, fleet=self.fleets[0], role="MANAGER")]
            + [
                FleetMembership(user=self.roamer, fleet=fleet, role="MANAGER")
                for fleet in self.fleets
            ]
        )
        Partnership.objects.bulk_create(self._partnerships(Partnership))

    def _partnerships(self, model: Any) -> list:
        accepted = {"status": model.Status.ACCEPTED, "answered_at": timezone.now()}
        pairs = [(self.fleets[0], company) for company in self.companies]
        for f, fleet in enumerate(self.fleets[1:], start=2):
            pairs += [
                (fleet, self.companies[n % len(self.companies)]) for n in range(f * 3, f * 3 + 3)
            ]
        return [
            model(fleet=fleet, company=company, email=company.email, **accepted)
            for fleet, company in pairs
        ]

    @property
    def installers(self) -> list:
        return self.people[:TEAM]

    @property
    def ids(self) -> dict[str, Any]:
        from telematics.models import VehicleModel

        key = VehicleModel._meta.pk
        return {
            "fleets": [fleet.pk for fleet in self.fleets],
            "companies": [company.pk for company in self.companies],
            "people": [person.pk for person in self.people],
            "models": [str(key.get_db_prep_value(model.pk, connection)) for model in self.models],
            "created_by": self.manager.pk,
        }


def prefix(number: int) -> str:
    """Three letters, another for each fleet: AAA, AAB, …"""
    return "".join(chr(ord("A") + number // 26**place % 26) for place in (2, 1, 0))
