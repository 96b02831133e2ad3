"""Nobody floods a mailbox: a pause for each address, and limits for each fleet, company, person and day."""

from datetime import timedelta

import pytest
import time_machine
from django.test import Client
from django.utils import timezone

from accounts.models import Company, Invitation, Partnership
from core.errors import MoveRefused
from core.models import Mail
from tests.factories.accounts import PASSWORD
from tests.threads import race

ADDRESS = "stranger@example.com"
HOUR = timedelta(hours=1)


def later(**units):
    return time_machine.travel(timezone.now() + timedelta(**units), tick=True)


class PartnersOfAFleet:
    def __init__(self, request):
        self.fleet = request.getfixturevalue("fleet")
        self.client = request.getfixturevalue("manager_client")
        self.url = f"/fleetcontrol/{self.fleet.pk}/partners/"

    def invite(self, address=ADDRESS):
        return self.client.post(f"{self.url}invite/", {"email": address})

    def remove(self):
        link = Partnership.objects.live().get(email=ADDRESS)
        self.client.post(f"{self.url}{link.pk}/remove/")

    def resend(self):
        link = Partnership.objects.live().get(email=ADDRESS)
        self.client.post(f"{self.url}{link.pk}/resend/")

    def page(self):
        return self.client.get(f"{self.url}invite/").content.decode()


class UsersOfAFleet:
    role = "VIEWER"

    def __init__(self, request):
        fleet = request.getfixturevalue("fleet")
        self.client = request.getfixturevalue("fleet_admin_client")
        self.url = f"/fleetcontrol/{fleet.pk}/settings/users/"

    def invite(self, address=ADDRESS):
        return self.client.post(f"{self.url}invite/", {"email": address, "role": self.role})

    def _standing(self):
        return Invitation.objects.standing().get(email=ADDRESS)

    def remove(self):
        self.client.post(f"{self.url}invitations/{self._standing().pk}/withdraw/")

    def resend(self):
        self.client.post(f"{self.url}invitations/{self._standing().pk}/resend/")

    def page(self):
        return self.client.get(f"{self.url}invite/").content.decode()


class UsersOfACompany(UsersOfAFleet):
    role = "INSTALLER"

    def __init__(self, request):
        self.client = request.getfixturevalue("company_admin_client")
        self.url = "/installers/users/"


@pytest.fixture(params=[PartnersOfAFleet, UsersOfAFleet, UsersOfACompany])
def desk(request, db):
    return request.param(request)


def mails(address=ADDRESS) -> int:
    return Mail.objects.filter(to=address).count()


def test_invite_remove_invite_sends_one_mail_a_minute(desk):
    desk.invite()
    desk.remove()
    refused = desk.invite()
    assert refused.status_code == 200
    assert "Wait a minute" in str(refused.context["form"].errors["email"])
    assert mails() == 1
    with later(seconds=61):
        desk.invite()
    assert mails() == 2


def test_the_pause_is_for_each_address(desk):
    desk.invite()
    desk.invite("another@example.com")
    assert (mails(), mails("another@example.com")) == (1, 1)


def test_an_answer_ends_the_pause(company, company_admin, token_of):
    invitation = company.invite(email=ADDRESS, role="INSTALLER", by=company_admin)
    invitation.decline()
    company.invite(email=ADDRESS, role="INSTALLER", by=company_admin)
    assert mails() == 2


def test_the_page_says_how_many_invitations_are_left(desk, settings):
    settings.INVITATIONS_PER_DAY = 3
    assert "3 of 3 invitations are left today" in desk.page()
    desk.invite()
    desk.invite("another@example.com")
    assert "1 of 3 invitations is left today" in desk.page()


def test_a_fleet_or_company_sends_a_limited_number_of_invitations_a_day(desk, settings):
    settings.INVITATIONS_PER_DAY = 2
    desk.invite()
    desk.invite("another@example.com")
    refused = desk.invite("third@example.com")
    assert "No invitation is left today" in str(refused.context["form"].errors["email"])
    assert mails("third@example.com") == 0
    with later(hours=25):
        desk.invite("third@example.com")
    assert mails("third@example.com") == 1


def test_sending_again_counts(desk, settings):
    settings.INVITATIONS_PER_DAY = 2
    desk.invite()
    with later(minutes=2):
        desk.resend()
    with later(minutes=4):
        desk.resend()
        assert mails() == 2
        assert "0 of 2 invitations are left today" in desk.page()


def test_one_address_gets_a_limited_number_of_mails_a_day(desk, settings):
    settings.MAILS_TO_AN_ADDRESS_PER_DAY = 3
    desk.invite()
    for minutes in (2, 4, 6, 8):
        with later(minutes=minutes):
            desk.resend()
    assert mails() == 3


def test_the_limits_of_two_teams_are_their_own(
    settings, fleet, fleet_admin, company, company_admin
):
    settings.INVITATIONS_PER_DAY = 1
    fleet.invite(email=ADDRESS, role="VIEWER", by=fleet_admin)
    company.invite(email="another@example.com", role="INSTALLER", by=company_admin)
    with pytest.raises(MoveRefused):
        company.invite(email="third@example.com", role="INSTALLER", by=company_admin)


def test_a_refused_invitation_leaves_nothing_behind(settings, fleet, manager):
    settings.INVITATIONS_PER_DAY = 1
    Partnership.invite(fleet=fleet, email=ADDRESS, by=manager)
    with pytest.raises(MoveRefused) as refused:
        Partnership.invite(fleet=fleet, email="another@example.com", by=manager)
    assert refused.value.code == "no_invitations_left"
    assert 0 < refused.value.extra["retry_after"] <= 24 * 3600
    assert Partnership.objects.count() == Invitation.objects.count() == 1


@pytest.mark.pg
@pytest.mark.django_db(transaction=True)
def test_two_managers_share_one_limit_at_the_same_moment(settings, fleet, manager, fleet_admin):
    settings.INVITATIONS_PER_DAY = 1
    race(
        lambda: Partnership.invite(fleet=fleet, email="one@example.com", by=manager),
        lambda: Partnership.invite(fleet=fleet, email="two@example.com", by=fleet_admin),
    )
    assert Mail.objects.filter(template="mails/invitation_to_partnership").count() == 1


# --- new addresses and new passwords ----------------------------------------------------------------------------------
def change_company(client, company: Company, email: str):
    form = {"name": company.name, "email": email, "first_name": "Ada", "last_name": "Admin"}
    return client.post("/installers/company/", form)


def test_a_company_changes_its_address_a_limited_number_of_times(
    company, company_admin_client, settings
):
    settings.ADDRESS_CHANGES_PER_DAY = 2
    for number in range(4):
        with later(minutes=2 * number):
            answer = change_company(company_admin_client, company, f"new{number}@example.com")
    assert "changed too often today" in str(answer.context["form"].errors["email"])
    assert Mail.objects.filter(template="mails/company_email").count() == 2
    page = company_admin_client.get("/installers/company/").content.decode()
    assert "0 of 2 mails for a new e-mail are left today" in page


def add_address(client, email: str):
    return client.post("/accounts/email/", {"action_add": "", "email": email})


@pytest.fixture
def signed_in(installer):
    client = Client()
    client.post("/accounts/login/", {"login": installer.email, "password": PASSWORD})
    client.post("/accounts/reauthenticate/", {"password": PASSWORD})
    return client


def test_a_person_changes_their_address_a_limited_number_of_times(signed_in, settings):
    settings.ADDRESS_CHANGES_PER_DAY = 2
    assert "2 of 2 mails for a new e-mail" in signed_in.get("/accounts/email/").content.decode()
    for number in range(3):
        answer = add_address(signed_in, f"new{number}@example.com")
    assert "changed too often today" in answer.content.decode()
    assert Mail.objects.filter(to__startswith="new").count() == 2


def test_a_person_changes_their_address_a_limited_number_of_times_in_the_app(installer, settings):
    settings.ADDRESS_CHANGES_PER_DAY = 1
    root = "/_allauth/app/v1/"
    body = {"email": installer.email, "password": PASSWORD}
    login = Client().post(f"{root}auth/login", body, content_type="application/json")
    headers = {"X-Session-Token": login.json()["meta"]["session_token"]}
    again = {"password": PASSWORD}
    Client().post(
        f"{root}auth/reauthenticate", again, content_type="application/json", headers=headers
    )
    answers = [
        Client().post(
            f"{root}account/email",
            {"email": f"new{number}@example.com"},
            content_type="application/json",
            headers=headers,
        )
        for number in range(2)
    ]
    assert [answer.status_code for answer in answers] == [200, 400]
    assert answers[1].json()["errors"][0]["param"] == "email"


def test_strangers_cannot_flood_a_mailbox_with_resets(installer, settings):
    settings.MAILS_TO_AN_ADDRESS_PER_DAY = 3
    for number in range(6):
        stranger = Client(REMOTE_ADDR=f"192.0.2.{number + 1}")
        answer = stranger.post("/accounts/password/reset/", {"email": installer.email})
        assert answer.status_code == 302, "the answer tells nothing"
    assert mails(installer.email) == 3


def test_lists_say_so_when_few_invitations_are_left(company, company_admin_client, settings):
    desk = "/installers/users/"
    form = {"role": "INSTALLER", "email": ADDRESS}
    company_admin_client.post(f"{desk}invite/", form)
    assert "invitations are left" not in company_admin_client.get(desk).content.decode()
    settings.INVITATIONS_PER_DAY = 1
    page = company_admin_client.get(desk).content.decode()
    assert "0 of 1 invitations are left today" in page


def test_the_page_of_an_open_partner_says_so_when_few_are_left(
    fleet, manager, manager_client, settings
):
    settings.INVITATIONS_PER_DAY = 1
    link = Partnership.invite(fleet=fleet, email=ADDRESS, by=manager)
    page = manager_client.get(f"/fleetcontrol/{fleet.pk}/partners/{link.pk}/").content.decode()
    assert "0 of 1 invitations are left today" in page
