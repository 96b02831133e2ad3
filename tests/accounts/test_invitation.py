"""Every turn of a mailed link, and the page that each of them has."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test import Client
from django.utils import timezone

from accounts.models import Invitation, Partnership, User
from core.errors import MoveRefused, NotAllowed
from core.models import Mail
from tests.factories.accounts import PASSWORD, UserFactory

REGISTER = {"password": "Ein gutes Pferd 7", "first_name": "Nora", "last_name": "Neu"}


def address(token: str) -> str:
    return f"/invitations/{token}/"


@pytest.fixture
def visitor(db):
    return Client()


@pytest.fixture
def asked(company, company_admin, token_of):
    """Somebody new was invited to the company: the token."""
    company.invite(email="nora@example.com", role="INSTALLER", by=company_admin, first_name="Nora")
    return token_of("nora@example.com")


def age(token: str, **changes) -> None:
    invitation = Invitation.objects.by_token(token)
    Invitation.objects.filter(pk=invitation.pk).update(**changes)


# --- the first time ---------------------------------------------------------------------------------------------------
def test_a_new_partner_chooses_a_password_and_goes_on_to_the_company(visitor, invited):
    link, token = invited("new@partner.example")
    page = visitor.get(address(token))
    assert b"new@partner.example" in page.content
    answer = visitor.post(address(token), {"password": REGISTER["password"]})
    assert answer.url == "/installers/register/"
    user = User.objects.get(email="new@partner.example")
    assert user.emailaddress_set.get().verified
    assert visitor.get(answer.url).url == "/installers/register/company/"
    link.refresh_from_db()
    assert link.status == "PENDING", "registering accepts nothing"


def test_a_new_installer_joins_with_name_and_password(visitor, asked, company):
    assert b'value="Nora"' in visitor.get(address(asked)).content
    assert visitor.post(address(asked), REGISTER).url == "/"
    user = User.objects.get(email="nora@example.com")
    assert (user.company, user.company_membership.role, user.name) == (
        company,
        "INSTALLER",
        "Nora Neu",
    )
    assert visitor.get("/").url == "/installers/"


def test_a_new_manager_joins_the_fleet(visitor, fleet, fleet_admin, token_of):
    fleet.invite(email="max@example.com", role="VIEWER", by=fleet_admin)
    visitor.post(address(token_of("max@example.com")), REGISTER)
    user = User.objects.get(email="max@example.com")
    assert fleet.memberships.get(user=user).role == "VIEWER"
    assert user.time_zone == fleet.time_zone


def test_the_address_is_the_invitations_whatever_the_form_says(visitor, asked):
    page = visitor.post(address(asked), REGISTER | {"email": "evil@example.com", "role": "ADMIN"})
    assert (page.status_code, User.objects.filter(first_name="Nora").exists()) == (400, False)
    visitor.post(address(asked), REGISTER)
    user = User.objects.get(first_name="Nora")
    assert (user.email, user.company_membership.role) == ("nora@example.com", "INSTALLER")


@pytest.mark.parametrize("password", ["", "short", "password123", "nora@example.com"])
def test_a_bad_password_makes_no_account(visitor, asked, password):
    page = visitor.post(address(asked), REGISTER | {"password": password})
    assert page.status_code == 200
    assert not User.objects.filter(email="nora@example.com").exists()


def test_nobody_signs_up_without_an_invitation(visitor):
    assert b"password1" not in visitor.get("/accounts/signup/").content
    visitor.post("/accounts/signup/", {"email": "x@example.com", "password1": REGISTER["password"]})
    assert not User.objects.exists()


def test_the_app_cannot_sign_up_either(visitor):
    body = {"email": "x@example.com", "password": REGISTER["password"]}
    answer = visitor.post("/_allauth/app/v1/auth/signup", body, content_type="application/json")
    assert answer.status_code == 403
    assert not User.objects.exists()


# --- somebody known ---------------------------------------------------------------------------------------------------
def test_an_account_that_exists_is_asked_to_sign_in_and_joins(visitor, asked, company):
    UserFactory(email="nora@example.com")
    page = visitor.get(address(asked))
    assert f"/accounts/login/?next={address(asked)}".encode() in page.content
    visitor.post(address(asked), REGISTER)
    assert not company.memberships.filter(user__email="nora@example.com").exists(), (
        "a password in the form is no sign-in"
    )
    visitor.post("/accounts/login/", {"login": "nora@example.com", "password": PASSWORD})
    assert company.name.encode() in visitor.get(address(asked)).content
    assert visitor.post(address(asked)).url == "/"
    assert User.objects.get(email="nora@example.com").company == company


def test_an_admin_of_a_known_company_is_led_to_its_clients(company_admin_client, invited, company):
    _, token = invited(company.email)
    assert company_admin_client.get(address(token)).url == "/installers/clients/"


def test_nobody_signed_in_is_told_to_sign_in_as_an_admin_of_the_known_company(
    visitor, invited, company
):
    _, token = invited(company.email)
    page = visitor.get(address(token))
    assert b"Sign in" in page.content
    visitor.post(address(token), REGISTER)
    assert not User.objects.filter(email=company.email).exists(), (
        "the address is a company's; it makes no account"
    )


def test_an_installer_of_a_known_company_is_sent_to_his_admin(installer_client, invited, installer):
    _, token = invited(installer.email)
    page = installer_client.get(address(token))
    assert b"admin of your company" in page.content
    assert installer_client.post(address(token)).status_code == 200
    assert Invitation.objects.by_token(token).used_at is None


def test_who_manages_a_fleet_may_register_a_company_too(
    manager_client, manager, invited, fleet_admin
):
    _, token = invited(manager.email, by=fleet_admin)
    assert manager_client.post(address(token)).url == "/installers/register/"


def test_who_has_a_company_cannot_join_another(
    outside_installer_client, outside_installer, company, company_admin, token_of
):
    company.invite(email=outside_installer.email, role="INSTALLER", by=company_admin)
    token = token_of(outside_installer.email)
    assert b"only one company" in outside_installer_client.get(address(token)).content
    outside_installer_client.post(address(token))
    assert not company.memberships.filter(user=outside_installer).exists()
    with pytest.raises(MoveRefused):
        Invitation.objects.by_token(token).accept(by=outside_installer)
    assert Invitation.objects.by_token(token).used_at is None


# --- somebody else ----------------------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    "who", ["manager", "installer", "outside_installer", "outside_manager", "operator"]
)
def test_somebody_else_is_told_so_and_the_link_stays_unused(request, who, asked, company):
    client = request.getfixturevalue(f"{who}_client")
    page = client.get(address(asked))
    assert page.status_code == 403
    assert b"nora@example.com" in page.content
    assert client.post(address(asked)).status_code == 403
    with pytest.raises(MoveRefused):
        Invitation.objects.by_token(asked).accept(by=request.getfixturevalue(who))
    assert Invitation.objects.by_token(asked).state == "open"


def test_the_wrong_reader_may_switch(manager_client, asked):
    answer = manager_client.post(address(asked) + "switch/")
    assert answer.url == address(asked)
    assert b"password" in manager_client.get(answer.url).content


def test_an_unverified_address_is_nobodys(manager_client, manager, asked):
    manager.emailaddress_set.create(email="nora@example.com", verified=False)
    assert manager_client.get(address(asked)).status_code == 403


# --- over -------------------------------------------------------------------------------------------------------------
@pytest.mark.parametrize("method", ["get", "post"])
@pytest.mark.parametrize(
    ("column", "words"),
    [("expires_at", b"has expired"), ("withdrawn_at", b"was withdrawn"), ("used_at", b"was used")],
)
def test_a_link_that_is_over_says_why_and_makes_nothing(visitor, asked, column, words, method):
    age(asked, **{column: timezone.now() - timedelta(seconds=1)})
    page = getattr(visitor, method)(address(asked), REGISTER)
    assert page.status_code == 410
    assert words in page.content
    assert not User.objects.filter(email="nora@example.com").exists()


def test_a_declined_partnership_says_so(visitor, invited, company, company_admin):
    link, token = invited(company.email)
    link.decline(by=company_admin)
    assert b"was declined" in visitor.get(address(token)).content


def test_a_link_works_once(visitor, asked):
    visitor.post(address(asked), REGISTER)
    assert (
        Client().post(address(asked), REGISTER | {"password": "Another 1 of them"}).status_code
        == 410
    )
    assert visitor.get(address(asked)).url == "/", "its own reader simply goes on"


def test_a_link_that_was_used_since_its_page_was_opened_is_not_used_again(asked):
    reader = UserFactory(email="nora@example.com")
    Invitation.objects.by_token(asked).accept(by=reader)

    with pytest.raises(MoveRefused) as refused:
        Invitation.objects.by_token(asked).accept(by=reader)
    assert refused.value.code == "invitation_used"


def test_guessing_finds_nothing(visitor, asked):
    for guess in (
        asked[:-1] + ("A" if asked[-1] != "A" else "B"),
        "1",
        "x" * 43,
        Invitation.objects.get().token_hash,
    ):
        assert visitor.get(address(guess)).status_code == 404
        assert visitor.post(address(guess), REGISTER).status_code == 404


def test_the_token_is_stored_nowhere_once_the_mail_is_out(asked):
    Mail.objects.get(to="nora@example.com").send()
    stored = Invitation.objects.get()
    assert asked not in repr(vars(stored)) + repr(list(Mail.objects.values()))
    assert len(stored.token_hash) == 64


def test_links_of_other_purposes_open_nothing(visitor, asked, company, company_admin):
    company.edit(name=company.name, email="another@example.com", by=company_admin)
    other = (
        Mail.objects.get(to="another@example.com").context["path"].rstrip("/").rpartition("/")[2]
    )
    assert visitor.get(address(other)).status_code == 404
    assert visitor.get(f"/installers/company/email/{asked}/").status_code == 404
    assert visitor.get(f"/accounts/confirm-email/{asked}/").status_code in (200, 404)
    assert not User.objects.filter(email="nora@example.com").exists()


# --- sending again ----------------------------------------------------------------------------------------------------
def test_resending_makes_a_new_link_and_kills_the_old_one(asked, company_admin, token_of):
    age(
        asked,
        sent_at=timezone.now() - timedelta(minutes=2),
        expires_at=timezone.now() - timedelta(days=1),
    )
    Invitation.objects.get().resend(by=company_admin)
    new = token_of("nora@example.com")
    assert Invitation.objects.by_token(asked) is None
    assert Invitation.objects.by_token(new).state == "open"


def test_a_mailbox_is_not_filled_by_clicks(asked, company_admin):
    with pytest.raises(MoveRefused) as refused:
        Invitation.objects.get().resend(by=company_admin)
    assert refused.value.code == "just_sent"
    assert Mail.objects.filter(to="nora@example.com").count() == 1


@pytest.mark.parametrize("who", ["installer", "manager", "outside_admin", "viewer"])
@pytest.mark.parametrize("verb", ["resend", "withdraw"])
def test_only_admins_of_the_company_send_again_or_withdraw(request, asked, who, verb):
    with pytest.raises(NotAllowed):
        getattr(Invitation.objects.get(), verb)(by=request.getfixturevalue(who))


def test_what_was_used_is_not_sent_again(visitor, asked, company_admin):
    visitor.post(address(asked), REGISTER)
    with pytest.raises(MoveRefused):
        Invitation.objects.get().resend(by=company_admin)


# --- alike ------------------------------------------------------------------------------------------------------------
def test_known_and_unknown_addresses_are_answered_by_the_same_words(
    company_admin_client, outside_installer, manager
):
    answers = []
    for email in ("nobody@example.com", outside_installer.email, manager.email):
        form = {"email": email, "role": "INSTALLER"}
        page = company_admin_client.post("/installers/users/invite/", form, follow=True)
        answers.append([str(message).replace(email, "…") for message in page.context["messages"]])
    assert answers[0] == answers[1] == answers[2]


def test_a_partner_is_invited_by_the_same_rows_whether_known_or_not(fleet, manager, company):
    for email in ("nobody@example.com", company.email):
        link = Partnership.invite(fleet=fleet, email=email, by=manager)
        assert (link.status, link.shown_name, link.invitation.state) == ("PENDING", email, "open")


def test_a_second_invitation_of_a_person_is_refused(asked, company, company_admin, installer):
    for email, code in (
        ("Nora@example.com", "already_invited"),
        (installer.email, "already_member"),
    ):
        with pytest.raises(MoveRefused) as refused:
            company.invite(email=email, role="ADMIN", by=company_admin)
        assert refused.value.code == code


# --- several links that turn out to be one company ------------------------------------------------
@pytest.fixture
def second_link(invited, company, company_admin, open_invitation):
    """The address of a person was invited first, the company's own second: its path."""
    invited(company_admin.email)
    link, token = invited(company.email)
    assert link.company is None, "else the fleet would learn who works where"
    return address(token)


@pytest.mark.django_db(transaction=True)
def test_no_transaction_lasts_while_a_password_is_hashed(asked, monkeypatch):
    in_transaction, plain = [], User.set_password

    def watched(user, password):
        in_transaction.append(connection.in_atomic_block)
        plain(user, password)

    monkeypatch.setattr(User, "set_password", watched)
    Invitation.objects.by_token(asked).register(**REGISTER)

    assert in_transaction == [False]
    assert User.objects.get(email="nora@example.com").check_password(REGISTER["password"])


def test_the_second_link_of_a_company_makes_no_account_and_asks_its_admin_to_sign_in(
    visitor, second_link, company
):
    assert b"Sign in as one of its admins" in visitor.get(second_link).content
    visitor.post(second_link, REGISTER)
    assert not User.objects.filter(email=company.email).exists()
    with pytest.raises(MoveRefused) as refused:
        Invitation.objects.get(email=company.email).register(password=PASSWORD)
    assert refused.value.code == "company_exists"


def test_the_second_link_of_a_company_leads_its_admin_to_the_clients(
    second_link, company_admin_client, company, fleet
):
    assert company_admin_client.get(second_link).url == "/installers/clients/"
    link = company.partnerships.pending().get()
    company_admin_client.post(f"/installers/clients/{link.pk}/accept/")
    assert fleet.partnerships.live().get() == link
    assert company_admin_client.get(second_link).status_code == 410


def test_the_second_address_still_asks_when_the_fleet_takes_the_first_one_back(
    second_link, company, company_admin, manager
):
    company.partnerships.pending().get().end(by=manager)
    assert company.partnerships.pending().get().email == company.email


def test_a_partners_invitation_withdrawn_takes_the_partnership_along(invited, manager):
    link, _token = invited()
    link.invitation.withdraw(by=manager)
    link.refresh_from_db()
    assert link.ended_at
    assert link.invitation.state == "withdrawn"


def test_an_answered_invitation_is_not_withdrawn(
    partnership, manager, fleet, company, company_admin
):
    partnership.end(by=manager)
    again = Partnership.invite(fleet=fleet, email=company.email, by=manager)
    again.accept(by=company_admin)
    with pytest.raises(MoveRefused):
        again.invitation.withdraw(by=manager)
    assert fleet.partnerships.accepted().get() == again
