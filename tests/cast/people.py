"""The fixed cast: AppDrive's people and fleet, QuickInstall's people, and the outsiders who must see nothing of it."""

import pytest
from django.test import Client
from rest_framework.test import APIClient

from accounts.models import CompanyMembership, FleetMembership
from tests.factories.accounts import (
    CompanyFactory,
    CompanyMembershipFactory,
    FleetFactory,
    FleetMembershipFactory,
    PartnershipFactory,
    UserFactory,
)
from tests.sessions import app_token

PEOPLE = [
    "fleet_admin",
    "manager",
    "viewer",
    "company_admin",
    "installer",
    "colleague",
    "outside_manager",
    "outside_admin",
    "outside_installer",
    "operator",
]


@pytest.fixture
def fleet(db):
    return FleetFactory(provider__name="AppDrive", name="Berlin")


@pytest.fixture
def second_fleet(fleet):
    """Another fleet of the same provider."""
    return FleetFactory(provider=fleet.provider, name="Leipzig")


@pytest.fixture
def other_fleet(db):
    return FleetFactory(provider__name="OtherFleet", name="Munich")


@pytest.fixture
def company(db):
    return CompanyFactory(name="QuickInstall", email="office@quickinstall.example")


@pytest.fixture
def other_company(db):
    return CompanyFactory(name="OtherCo", email="office@otherco.example")


@pytest.fixture
def partnership(fleet, company):
    return PartnershipFactory(fleet=fleet, company=company)


def fleet_person(name: str, email: str, role: str, of: str = "fleet"):
    @pytest.fixture(name=name)
    def person(request, db):
        return FleetMembershipFactory(
            fleet=request.getfixturevalue(of), role=role, user=_user(name, email)
        ).user

    return person


def company_person(name: str, email: str, role: str, of: str = "company"):
    @pytest.fixture(name=name)
    def person(request, db):
        return CompanyMembershipFactory(
            company=request.getfixturevalue(of), role=role, user=_user(name, email)
        ).user

    return person


def _user(name: str, email: str, **fields):
    first, _, last = name.replace("_", " ").title().partition(" ")
    return UserFactory(email=email, first_name=first, last_name=last, **fields)


InFleet, InCompany = FleetMembership.Role, CompanyMembership.Role
fleet_admin = fleet_person("fleet_admin", "admin@appdrive.example", InFleet.ADMIN)
manager = fleet_person("manager", "manager@appdrive.example", InFleet.MANAGER)
viewer = fleet_person("viewer", "viewer@appdrive.example", InFleet.VIEWER)
outside_manager = fleet_person(
    "outside_manager", "manager@otherfleet.example", InFleet.MANAGER, of="other_fleet"
)
company_admin = company_person("company_admin", "admin@quickinstall.example", InCompany.ADMIN)
installer = company_person("installer", "installer1@quickinstall.example", InCompany.INSTALLER)
colleague = company_person("colleague", "installer2@quickinstall.example", InCompany.INSTALLER)
outside_admin = company_person(
    "outside_admin", "admin@otherco.example", InCompany.ADMIN, of="other_company"
)
outside_installer = company_person(
    "outside_installer", "installer@otherco.example", InCompany.INSTALLER, of="other_company"
)


@pytest.fixture
def operator(db):
    return _user("operator", "operator@demo.example", is_staff=True, is_superuser=True)


def browser_of(name: str):
    @pytest.fixture(name=f"{name}_client")
    def client(request, db):
        browser = Client()
        browser.force_login(request.getfixturevalue(name))
        return browser

    return client


def phone_of(name: str):
    @pytest.fixture(name=f"{name}_api")
    def client(request, db):
        """Signed in as the app is: by the session's key in a header."""
        return APIClient(headers={"X-Session-Token": app_token(request.getfixturevalue(name))})

    return client


for _name in PEOPLE:
    globals()[f"{_name}_client"] = browser_of(_name)
    globals()[f"{_name}_api"] = phone_of(_name)
