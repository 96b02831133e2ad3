"""Links open what they were mailed for and nothing else, for whom they were meant, and say nothing of who is known."""

import re

import pytest
import time_machine
from allauth.account.models import EmailAddress, EmailConfirmationHMAC
from django.core import mail as outbox
from django.test import Client
from django.utils import timezone

from accounts.models import (
    Company,
    CompanyMembership,
    FleetMembership,
    Invitation,
    Partnership,
    User,
)
from core.models import Mail
from jobs.models import Notification, NotificationPreference
from jobs.notifications.preference import unsubscribe_path
from tests.factories.accounts import PASSWORD

NORA = "nora@example.com"
NEW = {"password": PASSWORD, "first_name": "Nora", "last_name": "Neu"}
PEOPLE = [
    *("fleet_admin", "manager", "viewer", "outside_manager", "operator"),
    *("company_admin", "installer", "outside_admin", "outside_installer"),
]


def rows() -> list[list]:
    """All that a link could change."""
    kept = (
        User,
        EmailAddress,
        Company,
        CompanyMembership,
        FleetMembership,
        Invitation,
        Partnership,
        NotificationPreference,
    )
    return [list(model.objects.order_by("pk").values()) for model in kept]


def path_in(email: str) -> str:
    return Mail.objects.filter(to=email).first().context["path"]


# --- accept and decline, of every kind, by every role -----------------------------------------------------------------
def to_company(world):
    world["company"].invite(email=NORA, role="INSTALLER", by=world["company_admin"])
    return path_in(NORA)


def to_fleet(world):
    world["fleet"].invite(email=NORA, role="VIEWER", by=world["fleet_admin"])
    return path_in(NORA)


def to_partner(world, email=NORA):
    Partnership.invite(fleet=world["fleet"], email=email, by=world["manager"])
    return path_in(email)


def to_known_partner(world):
    return to_partner(world, world["company"].email)


def sent_to(kind, verb) -> dict:
    """The fields of the page: the registration of a company asks for the name later."""
    if verb == "decline":
        return {}
    return {"password": NEW["password"]} if kind in (to_partner, to_known_partner) else NEW


FORBIDDEN, AWAY = (403, ""), (302, "")
# Who gets another answer than "this is for somebody else"; a partner's link is declined nowhere but under Clients.
OTHERWISE = {("company_admin", to_known_partner, "accept"): (302, "/installers/clients/")}


@pytest.fixture
def world(request, company, fleet):
    return {"company": company, "fleet": fleet} | {
        who: request.getfixturevalue(who) for who in PEOPLE
    }


@pytest.mark.parametrize("who", PEOPLE)
@pytest.mark.parametrize("kind", [to_company, to_fleet, to_partner, to_known_partner])
@pytest.mark.parametrize("verb", ["accept", "decline"])
def test_a_link_does_nothing_for_whom_it_was_not_meant(request, world, who, kind, verb):
    path = kind(world)
    address = path if verb == "accept" else f"{path}decline/"
    of_partner = kind in (to_partner, to_known_partner)
    status, url = OTHERWISE.get(
        (who, kind, verb), (302, path) if of_partner and verb == "decline" else (403, "")
    )
    client, before = request.getfixturevalue(f"{who}_client"), rows()
    answer = client.post(address, sent_to(kind, verb))
    assert (answer.status_code, answer.get("Location", "")) == (status, url)
    assert rows() == before


# --- each link for its own purpose ------------------------------------------------------------------------------------
PURPOSES = {
    "invitation": "/invitations/{}/",
    "company e-mail": "/installers/company/email/{}/",
    "own e-mail": "/accounts/confirm-email/{}/",
    "password": "/accounts/password/reset/key/{}/",
    "unsubscribing": "/accounts/notices/off/{}/",
}


@pytest.fixture
def tokens(company, company_admin, manager, client):
    """One of each purpose, as it stands in a mail."""
    company.invite(email=NORA, role="INSTALLER", by=company_admin)
    company.edit(name=company.name, email="office.new@quickinstall.example", by=company_admin)
    new = manager.emailaddress_set.create(email="manager.new@appdrive.example", verified=False)
    client.post("/accounts/password/reset/", {"email": manager.email})
    paths = {
        "invitation": path_in(NORA),
        "company e-mail": path_in("office.new@quickinstall.example"),
        "own e-mail": f"/accounts/confirm-email/{EmailConfirmationHMAC.create(new).key}/",
        "password": path_in(manager.email),
        "unsubscribing": unsubscribe_path(manager, "FAILED"),
    }
    return {purpose: path.rstrip("/").rpartition("/")[2] for purpose, path in paths.items()}


@pytest.mark.parametrize("purpose", PURPOSES)
@pytest.mark.parametrize("other", PURPOSES)
def test_a_link_of_one_purpose_does_nothing_for_another(client, tokens, purpose, other):
    if purpose == other:
        assert client.get(PURPOSES[other].format(tokens[purpose]), follow=True).status_code == 200
        return
    before, address = rows(), PURPOSES[other].format(tokens[purpose])
    for answer in (client.get(address, follow=True), client.post(address, NEW, follow=True)):
        assert answer.status_code in (200, 404)
        assert b"password1" not in answer.content, "no form to choose a password"
    assert rows() == before
    assert not EmailAddress.objects.filter(email__contains=".new@", verified=True).exists()


# --- known and unknown ------------------------------------------------------------------------------------------------
# Tokens against forged requests, keys of rows, and what a list is asked again with.
OF_THIS_REQUEST = r"\b\w{64}\b|invitations/\d+/|<tr id=\"\d+\"|href=\"\d+/\"|data-live=\"[^\"]*\""


def told(client: Client, path: str, form: dict, address: str) -> tuple:
    """The whole answer and where it led, but for the address itself and what differs from one request to the next."""
    answer = client.post(path, form, follow=True)
    text = re.sub(OF_THIS_REQUEST, "", answer.content.decode())
    return answer.status_code, str(answer.redirect_chain), text.replace(address, "…")


@pytest.fixture
def addresses(company, company_admin, installer, outside_admin, outside_manager):
    """Of nobody; of a company; of people of all sorts."""
    return [f"a{NORA}", company.email, installer.email, outside_admin.email, outside_manager.email]


def alike(addresses, ask) -> bool:
    """Is each asked for in a world of its own, in the same minute, with the same answer?"""
    answers = set()
    with time_machine.travel(timezone.now(), tick=False):
        for address in addresses:
            answers.add(ask(address))
            Invitation.objects.all().delete()
            Notification.objects.all().delete()
            Partnership.objects.filter(status="PENDING").delete()
    return len(answers) == 1


def test_inviting_a_partner_is_answered_alike(manager_client, fleet, addresses):
    path = f"/fleetcontrol/{fleet.pk}/partners/invite/"
    form = lambda email: {"email": email}  # noqa: E731
    assert alike(addresses, lambda email: told(manager_client, path, form(email), email))


def test_inviting_into_the_fleet_is_answered_alike(fleet_admin_client, fleet, addresses):
    path = f"/fleetcontrol/{fleet.pk}/settings/users/invite/"
    form = lambda email: {"email": email, "role": "VIEWER"}  # noqa: E731
    assert alike(addresses, lambda email: told(fleet_admin_client, path, form(email), email))


def test_inviting_into_the_company_is_answered_alike(company_admin_client, company, addresses):
    form = lambda email: {"email": email, "role": "INSTALLER"}  # noqa: E731
    others = [email for email in addresses if not email.endswith(company.email.partition("@")[2])]
    assert len(others) > 2
    assert alike(
        others,
        lambda email: told(company_admin_client, "/installers/users/invite/", form(email), email),
    )


@pytest.mark.parametrize(
    "path", ["/accounts/password/reset/", "/accounts/signup/", "/accounts/login/"]
)
def test_nobody_learns_at_the_door_who_is_known(db, addresses, path):
    form = lambda email: {  # noqa: E731
        "email": email,
        "login": email,
        "password": "wrong",
        "password1": PASSWORD,
    }
    assert alike(addresses, lambda email: told(Client(), path, form(email), email))
    assert not outbox.outbox or all("http" in sent.body for sent in outbox.outbox)
