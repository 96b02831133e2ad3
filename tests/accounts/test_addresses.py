"""One mailbox has one address: however it is typed, the same form is stored and compared."""

from io import StringIO

import pytest
from allauth.account.models import EmailAddress
from django.core.exceptions import ValidationError
from django.core.management import call_command
from django.test import Client
from django.utils import timezone

from accounts.models import Company, Invitation, Partnership, User
from accounts.models.address import company_at
from accounts.tasks import rewrite_old_addresses
from core.errors import MoveRefused
from core.models import Mail
from core.values.addresses import canonical, comparable
from tests.factories.accounts import (
    PASSWORD,
    CompanyFactory,
    CompanyMembershipFactory,
    PartnershipFactory,
)

MAILBOX = "jo@xn--bro-hoa.example"
SPELLINGS = [
    "jo@büro.example",
    "JO@BÜRO.EXAMPLE",
    "jo@xn--bro-hoa.example",
    "jo@XN--BRO-HOA.example",
    "jo@bu\u0308ro.example",
    "jo@büro.example\u200b",
    "\u2060jo@bü\u00adro.example",
    "jo@ｂüｒｏ.ｅｘａｍｐｌｅ",
    "jo＠büro。example",
    " jo@büro.example ",
    "jo\u3164@büro.example",
    "jo\u2800@büro.example",
]
every_spelling = pytest.mark.parametrize("spelling", SPELLINGS, ids=ascii)


# --- the form itself --------------------------------------------------------------------------------------------------
@every_spelling
def test_every_spelling_of_a_mailbox_is_one_address(spelling):
    assert canonical(spelling) == MAILBOX
    assert comparable(spelling) == MAILBOX
    assert canonical(canonical(spelling)) == MAILBOX


@pytest.mark.parametrize("text", ["jo@example.com", "o'neil+cars@sub.example.co", "a_b-c@x1.io"])
def test_a_plain_address_stays_as_it_is(text):
    assert canonical(text) == text


def test_a_dotted_capital_i_is_not_an_i():
    assert canonical("jo@\u0130st.example") != canonical("jo@ist.example")
    with pytest.raises(ValidationError) as refused:
        canonical("\u0130nes@example.com")
    assert "\u0130" in refused.value.messages[0]


@pytest.mark.parametrize("text", ["jürgen@example.com", "иван@example.com"])
def test_a_local_part_that_is_not_ascii_is_refused_with_its_reason(text):
    with pytest.raises(ValidationError) as refused:
        canonical(text)
    assert refused.value.code == "local_part_not_ascii"
    assert "Before the @" in refused.value.messages[0]


@pytest.mark.parametrize(
    "text", ["", "jo", "jo@", "@example.com", "jo smith@example.com", "jo@exa mple.com", "jo@-.de"]
)
def test_what_is_no_address_is_refused_and_nothing_is_guessed(text):
    with pytest.raises(ValidationError):
        canonical(text)


# --- at every door ----------------------------------------------------------------------------------------------------
@pytest.fixture
def jo(db):
    return User.objects.create_user("jo@büro.example", PASSWORD, first_name="Jo", last_name="Doe")


def test_a_new_account_stores_the_canonical_address(jo):
    assert jo.email == MAILBOX
    assert User.objects.filter(pk=jo.pk, email=MAILBOX).exists()
    assert EmailAddress.objects.get(user=jo).email == MAILBOX


@every_spelling
def test_each_spelling_signs_in_on_the_page_and_in_the_app(spelling, jo):
    page = Client().post("/accounts/login/", {"login": spelling, "password": PASSWORD})
    assert page.status_code == 302
    app = Client().post(
        "/_allauth/app/v1/auth/login",
        {"email": spelling, "password": PASSWORD},
        content_type="application/json",
    )
    assert (app.status_code, app.json()["data"]["user"]["email"]) == (200, MAILBOX)
    assert EmailAddress.objects.filter(user=jo).count() == 1


@every_spelling
def test_each_spelling_gets_the_mail_for_a_new_password(spelling, jo):
    Client().post("/accounts/password/reset/", {"email": spelling})
    mail = Mail.objects.get(template="mails/password_reset")
    assert mail.to == MAILBOX


@every_spelling
def test_a_mailbox_is_not_invited_twice_as_a_partner(spelling, fleet, manager_client):
    path = f"/fleetcontrol/{fleet.pk}/partners/invite/"
    assert manager_client.post(path, {"email": "jo@büro.example"}).status_code == 302
    again = manager_client.post(path, {"email": spelling})
    assert "invited already" in str(again.context["form"].errors["email"])
    assert list(Partnership.objects.values_list("email", flat=True)) == [MAILBOX]
    assert Mail.objects.filter(to=MAILBOX).count() == 1


@every_spelling
def test_a_mailbox_is_not_invited_twice_into_a_team(spelling, company_admin_client):
    form = {"email": "jo@büro.example", "role": "INSTALLER"}
    company_admin_client.post("/installers/users/invite/", form)
    company_admin_client.post("/installers/users/invite/", form | {"email": spelling})
    assert list(Invitation.objects.values_list("email", flat=True)) == [MAILBOX]


def test_an_invited_mailbox_of_a_company_leads_to_it_in_each_spelling(fleet, manager, company):
    Company.objects.filter(pk=company.pk).update(email="büro@x.example")
    company.refresh_from_db()
    member = User.objects.create_user("jo@büro.example", PASSWORD)
    CompanyMembershipFactory(company=company, user=member, role="INSTALLER")
    assert {company_at(spelling) for spelling in SPELLINGS} == {company}
    link = Partnership.invite(fleet=fleet, email=SPELLINGS[1], by=manager)
    assert link.company == company


def test_registration_by_invitation_stores_the_invited_address(
    company, company_admin, token_of, client
):
    company.invite(email="jo@BÜRO.example", role="INSTALLER", by=company_admin)
    form = {"first_name": "Jo", "last_name": "Doe", "password": PASSWORD}
    client.post(f"/invitations/{token_of(MAILBOX)}/", form)
    assert User.objects.get(last_name="Doe").email == MAILBOX


def test_the_address_of_a_company_is_canonical(company, company_admin, company_admin_client):
    form = {"name": company.name, "email": "INFO@Büro.example", "first_name": "A", "last_name": "B"}
    company_admin_client.post("/installers/company/", form)
    company.refresh_from_db()
    assert company.new_email == "info@xn--bro-hoa.example"


def test_an_address_of_another_company_is_taken_in_each_spelling(company, company_admin):
    CompanyFactory(email=MAILBOX, email_verified_at=timezone.now())
    EmailAddress.objects.create(user=company_admin, email=MAILBOX, verified=True)
    with pytest.raises(MoveRefused, match="another company"):
        company.edit(name=company.name, email="JO@büro.example", by=company_admin)


def test_a_person_changes_to_a_canonical_address(installer):
    client = Client()
    client.post("/accounts/login/", {"login": installer.email, "password": PASSWORD})
    client.post("/accounts/reauthenticate/", {"password": PASSWORD})
    client.post("/accounts/email/", {"action_add": "", "email": "jo@büro.example\u200b"})
    assert EmailAddress.objects.filter(user=installer, email=MAILBOX).exists()


@pytest.mark.parametrize(
    ("path", "field", "form"),
    [
        ("/installers/users/invite/", "email", {"role": "INSTALLER"}),
        ("/installers/company/", "email", {"name": "N", "first_name": "A", "last_name": "B"}),
    ],
)
def test_a_form_names_the_reason_at_its_field(path, field, form, company_admin_client):
    answer = company_admin_client.post(path, form | {"email": "jürgen@example.com"})
    assert "Before the @" in str(answer.context["form"].errors[field])


def test_the_app_names_the_reason_for_a_new_address(installer):
    root = "/_allauth/app/v1/"
    body = {"email": installer.email, "password": PASSWORD}
    login = Client().post(f"{root}auth/login", body, content_type="application/json")
    headers = {"X-Session-Token": login.json()["meta"]["session_token"]}
    again = {"password": PASSWORD}
    Client().post(
        f"{root}auth/reauthenticate", again, content_type="application/json", headers=headers
    )
    answer = Client().post(
        f"{root}account/email",
        {"email": "jürgen@example.com"},
        content_type="application/json",
        headers=headers,
    )
    assert answer.status_code == 400
    assert "Before the @" in answer.json()["errors"][0]["message"]


def test_an_operator_creates_and_finds_a_person_by_any_spelling(operator_client):
    form = {"first_name": "Jo", "last_name": "Doe", "language": "en", "time_zone": "Europe/Berlin"}
    passwords = {"password1": PASSWORD, "password2": PASSWORD, "usable_password": "true"}
    operator_client.post(
        "/admin/accounts/user/add/", form | passwords | {"email": "jo@büro.example"}
    )
    assert User.objects.get(last_name="Doe").email == MAILBOX
    found = operator_client.get("/admin/accounts/user/", {"q": "JO@büro.example"})
    assert "Jo Doe" in found.content.decode() or MAILBOX in found.content.decode()


def test_createsuperuser_refuses_a_local_part_that_is_not_ascii(db):
    field = User._meta.get_field("email")
    with pytest.raises(ValidationError, match="Before the @"):
        field.clean("jürgen@example.com", None)


# --- rows from before -------------------------------------------------------------------------------------------------
def old_user(address: str, **fields) -> User:
    """A person whose rows were written by an older version."""
    user = User.objects.create_user(f"new-{User.objects.count()}@example.com", PASSWORD, **fields)
    from django.db.models import Value

    User.objects.filter(pk=user.pk).update(email=Value(address))
    EmailAddress.objects.filter(user=user).update(email=address)
    user.refresh_from_db()
    return user


def listed() -> str:
    out = StringIO()
    call_command("addresses", stdout=out)
    return out.getvalue()


@pytest.mark.django_db
def test_old_rows_are_rewritten_with_everything_that_belongs_to_them(fleet, manager):
    from django.db.models import Value

    user = old_user("jo@büro.example")
    link = PartnershipFactory(fleet=fleet, company=None, email="x@example.com", status="PENDING")
    Partnership.objects.filter(pk=link.pk).update(email=Value("INFO@büro.example"))
    rewrite_old_addresses()
    user.refresh_from_db()
    link.refresh_from_db()
    assert (user.email, EmailAddress.objects.get(user=user).email) == (MAILBOX, MAILBOX)
    assert link.email == "info@xn--bro-hoa.example"
    assert listed() == "0 addresses to decide.\n"


@pytest.mark.django_db
def test_a_person_signs_in_before_their_old_rows_are_rewritten():
    user = old_user("jo@büro.example")
    answer = Client().post("/accounts/login/", {"login": "jo@BÜRO.example", "password": PASSWORD})
    assert answer.status_code == 302
    assert answer.url == "/"
    assert EmailAddress.objects.filter(user=user).count() == 1


@pytest.mark.django_db
def test_an_old_row_can_be_saved_before_it_is_rewritten():
    user = old_user("jo@büro.example")
    user.first_name = "Jo"
    user.save()
    user.refresh_from_db()
    assert (user.first_name, user.email) == ("Jo", "jo@büro.example")


@pytest.mark.django_db
def test_collisions_are_left_as_they_are_and_listed_for_the_operator():
    old, new = old_user("jo@büro.example"), User.objects.create_user(MAILBOX, PASSWORD)
    rewrite_old_addresses()
    old.refresh_from_db()
    assert old.email == "jo@büro.example"
    lines = listed()
    assert f"User {old.pk}\tjo@büro.example\tUser {new.pk} has this address already." in lines
    assert lines.endswith("2 addresses to decide.\n")


@pytest.mark.django_db
def test_two_old_spellings_of_one_mailbox_are_both_left():
    one, other = old_user("jo@büro.example"), old_user("jo@büro.example\u200b")
    rewrite_old_addresses()
    found = set(User.objects.filter(pk__in=[one.pk, other.pk]).values_list("email", flat=True))
    assert MAILBOX in found
    assert len(found) == 2
    assert "has this address already" in listed()


@pytest.mark.django_db
def test_an_old_address_without_a_canonical_form_is_listed_with_its_reason():
    user = old_user("jürgen@example.com")
    rewrite_old_addresses()
    assert f"User {user.pk}\tjürgen@example.com\tBefore the @" in listed()


@pytest.mark.django_db
def test_an_old_address_that_leads_to_another_company_is_left(company, other_company):
    user = old_user("jo@büro.example")
    CompanyMembershipFactory(company=company, user=user)
    CompanyFactory(email=MAILBOX, email_verified_at=timezone.now())
    rewrite_old_addresses()
    user.refresh_from_db()
    assert user.email == "jo@büro.example"
    assert "It leads to the company" in listed()


@pytest.mark.django_db
def test_an_open_invitation_is_resolved_once_its_address_leads_to_a_company(fleet, company):
    from django.db.models import Value

    member = User.objects.create_user(MAILBOX, PASSWORD)
    CompanyMembershipFactory(company=company, user=member)
    link = PartnershipFactory(fleet=fleet, company=None, email="x@example.com", status="PENDING")
    Partnership.objects.filter(pk=link.pk).update(email=Value("jo@büro.example"))
    rewrite_old_addresses()
    link.refresh_from_db()
    assert link.company == company
