"""Who is in the demo world, and who works with whom."""

from dataclasses import dataclass
from datetime import timedelta

from django.conf import settings
from django.contrib.auth.hashers import make_password
from django.utils import timezone

from accounts.models import (
    Agreement,
    AgreementSignature,
    ApiClient,
    Company,
    CompanyMembership,
    Fleet,
    FleetMembership,
    MobilityProvider,
    Partnership,
    User,
)
from accounts.models.api_client import RIGHTS
from core.models import Mail

InFleet = FleetMembership.Role
InCompany = CompanyMembership.Role
# Login → name.
NAMES = {
    "admin@appdrive.example": "Anna Brandt",
    "manager@appdrive.example": "Max Keller",
    "viewer@appdrive.example": "Vera Lindner",
    "garage@appdrive.example": "Bea Winter",
    "admin@quickinstall.example": "Quinn Albers",
    "installer1@quickinstall.example": "Ines Vogt",
    "installer2@quickinstall.example": "Tarek Aydin",
    "manager@otherfleet.example": "Otto Hansen",
    "admin@otherco.example": "Olga Moreno",
    "installer@otherco.example": "Jonas Berg",
    "operator@demo.example": "Oskar Stein",
}
CLIENT_ID = "appdrive-demo"
BEGAN = timedelta(days=120)


@dataclass(frozen=True)
class Cast:
    people: dict[str, User]
    berlin: Fleet
    munich: Fleet
    hamburg: Fleet
    quickinstall: Company
    garage: Company

    def __getitem__(self, login: str) -> User:
        return self.people[login]

    @property
    def fleets(self) -> tuple[Fleet, ...]:
        return self.berlin, self.munich, self.hamburg


def are_there() -> bool:
    return User.objects.filter(email__in=NAMES).exists()


def gather() -> Cast:
    people = _people()
    appdrive = MobilityProvider.objects.create(name="AppDrive")
    berlin = Fleet.objects.create(provider=appdrive, name="Berlin")
    munich = Fleet.objects.create(provider=appdrive, name="Munich")
    hamburg = Fleet.objects.create(
        provider=MobilityProvider.objects.create(name="OtherFleet"), name="Hamburg"
    )
    for fleet in (berlin, munich):
        fleet.admit(people["admin@appdrive.example"], InFleet.ADMIN)
        fleet.admit(people["manager@appdrive.example"], InFleet.MANAGER)
        fleet.admit(people["viewer@appdrive.example"], InFleet.VIEWER)
    munich.admit(people["garage@appdrive.example"], InFleet.MANAGER)
    hamburg.admit(people["manager@otherfleet.example"], InFleet.ADMIN)
    companies = _companies(people)
    cast = Cast(
        people, berlin, munich, hamburg, companies["QuickInstall"], companies["AppDrive Garage"]
    )
    _link(cast)
    _let_in_a_machine(cast)
    return cast


def _people() -> dict[str, User]:
    """All with one password, whose hash is costly and therefore made once."""
    people = {login: _person(login, *name.split()) for login, name in NAMES.items()}
    User.objects.filter(email__in=NAMES).update(password=make_password(settings.DEMO_PASSWORD))
    return people


def _person(login: str, first_name: str, last_name: str) -> User:
    operator = {"is_staff": True, "is_superuser": True} if login.startswith("operator@") else {}
    about = {
        "first_name": first_name,
        "last_name": last_name,
        "is_demo": True,
    }
    return User.objects.create_user(login, None, **about, **operator)


def _companies(people: dict[str, User]) -> dict[str, Company]:
    """Each with its people, the first of whom runs it and has signed the agreement."""
    return {
        name: _company(name, email, [people[login] for login in logins])
        for name, email, logins in (
            (
                "QuickInstall",
                "office@quickinstall.example",
                [login for login in NAMES if "@quickinstall." in login],
            ),
            ("AppDrive Garage", "workshop@appdrive.example", ["garage@appdrive.example"]),
            (
                "OtherCo",
                "office@otherco.example",
                ["admin@otherco.example", "installer@otherco.example"],
            ),
        )
    }


def _company(name: str, email: str, people: list[User]) -> Company:
    began = timezone.now() - BEGAN
    company = Company.objects.create(
        name=name,
        email=email,
        email_verified_at=began,
    )
    for person in people:
        company.admit(person, InCompany.ADMIN if person == people[0] else InCompany.INSTALLER)
    company.sign(Agreement.objects.newest(), by=people[0], address="127.0.0.1")
    AgreementSignature.objects.filter(company=company).update(at=began)
    Company.objects.filter(pk=company.pk).update(created_at=began)
    return company


def _link(cast: Cast) -> None:
    """QuickInstall works for the first fleet, AppDrive's own garage for the second; OtherCo for nobody here."""
    for fleet, company, login, allow_override in (
        (cast.berlin, cast.quickinstall, "admin@quickinstall.example", False),
        (cast.munich, cast.garage, "garage@appdrive.example", True),
    ):
        by = cast["manager@appdrive.example"]
        link = Partnership.invite(
            fleet=fleet, email=company.email, by=by, allow_override=allow_override
        )
        link.accept(by=cast[login])
        invited = timezone.now() - BEGAN
        Partnership.objects.filter(pk=link.pk).update(
            created_at=invited, answered_at=invited + timedelta(hours=3)
        )
        link.invitations.update(
            created_at=invited, sent_at=invited, used_at=invited + timedelta(hours=3)
        )
    # They arrived long ago.
    addresses = [*NAMES, cast.quickinstall.email, cast.garage.email]
    Mail.objects.filter(to__in=addresses).update(
        status=Mail.Status.SENT,
        sent_at=timezone.now() - BEGAN,
        created_at=timezone.now() - BEGAN,
        context={},
    )


def _let_in_a_machine(cast: Cast) -> None:
    machine, _secret = ApiClient.objects.issue(
        fleet=cast.berlin,
        name="AppDrive demo",
        scopes=list(RIGHTS),
        by=cast["admin@appdrive.example"],
        client_id=CLIENT_ID,
        secret=settings.DEMO_PASSWORD,
    )
    ApiClient.objects.filter(pk=machine.pk).update(is_demo=True)
