"""The wizard of a new company, as a browser walks it."""

import pytest
from django.test import Client

from accounts.models import Agreement, Company, Partnership, User
from core.models import Mail
from tests.factories.accounts import PASSWORD, AgreementFactory

EMAIL = "boss@newco.example"
REGISTER = "/installers/register/"
STEPS = ["company", "person", "agreement", "clients"]
ANSWERS = {
    "company": {"name": "NewCo", "email": EMAIL},
    "person": {"first_name": "Berta", "last_name": "Boss"},
    "agreement": {"version": 1, "accepted": "on"},
}


@pytest.fixture
def agreement(db):
    """The migrations' own, which is gone where a test before this one emptied the tables."""
    return Agreement.objects.first() or AgreementFactory(version=1)


@pytest.fixture
def newcomer(fleet, manager, link_to, agreement):
    """A browser whose reader has just chosen a password."""
    Partnership.invite(fleet=fleet, email=EMAIL, by=manager, allow_override=True)
    visitor = Client()
    visitor.post(link_to(EMAIL), {"password": PASSWORD})
    return visitor


def answer(visitor, *steps):
    for step in steps:
        page = visitor.post(f"{REGISTER}{step}/", ANSWERS[step])
        assert page.status_code == 302, page.context["form"].errors
    return visitor


def where(visitor) -> str:
    return visitor.get(REGISTER).url


def test_the_whole_way_from_the_mail_to_the_first_client(newcomer):
    answer(newcomer, "company", "person", "agreement")
    company = Company.objects.get(name="NewCo")
    link = company.partnerships.pending().get()
    question = newcomer.get(f"/installers/clients/{link.pk}/accept/?from=register")
    assert b"Override is enabled" in question.content
    assert newcomer.post(f"/installers/clients/{link.pk}/accept/?from=register").url == REGISTER
    assert where(newcomer) == "/installers/"
    assert newcomer.get("/installers/").status_code == 200
    link.refresh_from_db()
    assert link.status == "ACCEPTED"
    signature = company.signatures.get()
    assert (signature.name, signature.agreement.version, signature.address) == (
        "Berta Boss",
        1,
        "127.0.0.1",
    )


@pytest.mark.parametrize("done", range(4))
def test_every_step_resumes_where_it_was_left(newcomer, done):
    answer(newcomer, *STEPS[:done])
    again = Client()
    again.post("/accounts/login/", {"login": EMAIL, "password": PASSWORD})
    assert again.get("/").url in (REGISTER, "/installers/")
    assert where(again) == f"{REGISTER}{STEPS[done]}/"
    assert again.get(where(again)).status_code == 200
    for later in STEPS[done + 1 :]:
        assert again.get(f"{REGISTER}{later}/").url == REGISTER, "no step is skipped"
    for earlier in STEPS[:done]:
        assert again.get(f"{REGISTER}{earlier}/").status_code == 200


@pytest.mark.parametrize("done", range(3))
def test_before_the_agreement_the_site_leads_back_to_the_wizard(newcomer, done):
    answer(newcomer, *STEPS[:done])
    for page in ("", "users/", "clients/", "jobs/", "company/"):
        assert newcomer.get(f"/installers/{page}").url == REGISTER


def test_without_accepting_the_agreement_there_is_no_going_on(newcomer):
    answer(newcomer, "company", "person")
    page = newcomer.post(f"{REGISTER}agreement/", {"version": 1})
    assert b"until you accept the agreement" in page.content
    assert where(newcomer) == f"{REGISTER}agreement/"


def test_what_is_accepted_is_what_was_read(newcomer):
    answer(newcomer, "company", "person")
    AgreementFactory(version=2)
    newcomer.post(f"{REGISTER}agreement/", ANSWERS["agreement"])
    assert not Company.objects.get().signatures.exists()
    assert newcomer.get(f"{REGISTER}agreement/").context["agreement"].version == 2


def test_an_address_of_another_company_is_refused_in_the_form(newcomer, other_company):
    answer(newcomer, "company")
    company = Company.objects.get(name="NewCo")
    answer(newcomer, "person", "agreement")
    form = {"name": "NewCo", "email": other_company.email, "first_name": "B", "last_name": "B"}
    newcomer.post("/installers/company/", form)
    token = Mail.objects.filter(to=other_company.email).first().context["path"]
    newcomer.post(token)
    company.refresh_from_db()
    assert company.email == EMAIL


def test_another_company_e_mail_is_confirmed_by_its_reader(newcomer, link_to):
    newcomer.post(f"{REGISTER}company/", {"name": "NewCo", "email": "info@newco.example"})
    path, somebody = link_to("info@newco.example"), Client()
    assert b"info@newco.example" in somebody.get(path).content
    assert Company.objects.get().email == EMAIL, (
        "a look, as a mail scanner takes it, confirms nothing"
    )
    somebody.post(path)
    assert Company.objects.get().email == "info@newco.example"


@pytest.mark.parametrize("who", ["manager", "viewer", "outside_manager", "operator"])
def test_who_was_not_invited_cannot_register(request, db, who):
    client = request.getfixturevalue(f"{who}_client")
    for page in ("", "company/", "clients/"):
        assert client.get(REGISTER + page).status_code == 404
    assert client.post(f"{REGISTER}company/", ANSWERS["company"]).status_code == 404
    assert not Company.objects.exists()


def test_nobody_signed_in_is_asked_to(client, db):
    assert client.get(REGISTER).url.startswith("/accounts/login/")


def test_a_new_version_asks_again_and_the_admin_can_sign_it(company_admin_client, company):
    AgreementFactory(version=2)
    assert b"new version" in company_admin_client.get("/installers/").content
    assert where(company_admin_client) == f"{REGISTER}agreement/"
    company_admin_client.post(f"{REGISTER}agreement/", {"version": 2, "accepted": "on"})
    assert company.signatures.count() == 2
    assert company.unsigned_agreement() is None


def test_an_installer_is_not_asked_for_the_agreement(installer_client):
    AgreementFactory(version=2)
    assert where(installer_client) == "/installers/"
    assert Agreement.objects.newest().version == 2


def test_a_removed_link_does_not_end_the_registration(newcomer, manager):
    Partnership.objects.get().end(by=manager)
    answer(newcomer, "company", "person", "agreement")
    assert where(newcomer) == "/installers/"
    assert User.objects.get(email=EMAIL).company.name == "NewCo"


def test_two_admins_who_sign_at_the_same_moment_sign_once(
    company_admin_client, company, monkeypatch
):
    """The second one's page was made before the first had signed."""
    monkeypatch.setattr("installers.views.registration.step_of", lambda user: "agreement")
    form = {"version": Agreement.objects.newest().version, "accepted": "on"}
    assert company_admin_client.get(f"{REGISTER}agreement/").status_code == 200
    for _admin in range(2):
        assert company_admin_client.post(f"{REGISTER}agreement/", form).status_code == 302
    assert company.signatures.count() == 1


@pytest.mark.parametrize("version", [0, 999])
def test_a_version_that_is_not_the_newest_is_not_signed(newcomer, version):
    answer(newcomer, "company", "person")
    newcomer.post(f"{REGISTER}agreement/", {"version": version, "accepted": "on"})
    assert not Company.objects.get().signatures.exists()


# --- the way back -----------------------------------------------------------------------------------------------------
BACK = {
    "company": "password",
    "person": "company",
    "agreement": "person",
    "clients": "agreement",
}


@pytest.mark.parametrize("step", BACK)
def test_every_step_has_a_way_back_to_the_one_before(step, newcomer):
    answer(newcomer, *STEPS[: STEPS.index(step)])
    page = newcomer.get(f"{REGISTER}{step}/")
    back = f"{REGISTER}{BACK[step]}/"
    assert f'href="{back}"' in page.content.decode()
    assert newcomer.get(back).status_code == 200


def test_the_company_is_changed_by_going_back_and_not_registered_twice(newcomer):
    answer(newcomer, "company", "person")
    form = newcomer.get(f"{REGISTER}company/").context["form"]
    assert (form["name"].value(), form["email"].value()) == ("NewCo", EMAIL)
    changed = newcomer.post(f"{REGISTER}company/", {"name": "NewerCo", "email": EMAIL})
    assert changed.url == f"{REGISTER}person/"
    assert list(Company.objects.filter(name__startswith="New").values_list("name", flat=True)) == [
        "NewerCo"
    ]
    assert where(newcomer) == f"{REGISTER}agreement/"


def test_an_accepted_agreement_is_shown_as_accepted_on_the_way_back(newcomer):
    answer(newcomer, "company", "person", "agreement")
    page = newcomer.get(f"{REGISTER}agreement/").content.decode()
    assert "Accepted by Berta Boss" in page
    assert 'name="accepted"' not in page


def test_no_step_is_skipped_by_its_url(newcomer):
    for step in ("person", "agreement", "clients"):
        assert newcomer.get(f"{REGISTER}{step}/").status_code == 302


def test_a_finished_registration_has_no_way_back(company_admin_client):
    assert company_admin_client.get(f"{REGISTER}company/").status_code == 302


def test_the_password_step_has_the_user_name_for_password_managers(
    fleet, manager, link_to, agreement, client
):
    Partnership.invite(fleet=fleet, email=EMAIL, by=manager)
    page = client.get(link_to(EMAIL)).content.decode()
    [field] = [tag for tag in page.split("<input") if 'autocomplete="username"' in tag]
    assert f'value="{EMAIL}"' in field
    assert "name=" not in field.partition(">")[0]


# --- the bell ---------------------------------------------------------------------------------------------------------
def test_the_bell_notifies_of_a_pending_client(fleet, manager, company, company_admin):
    Partnership.invite(fleet=fleet, email=company.email, by=manager)
    told = company_admin.notifications.get()
    assert (told.verb, told.bell, told.mail_due) == ("partnership_offered", True, False)
    assert told.path == "/installers/clients/"
    assert "invites your company to become a partner" in told.sentence


def test_the_bell_notifies_admins_of_a_user_who_has_joined(
    fleet, company, fleet_admin, company_admin, link_to, client
):
    for team, admin, role in (
        (fleet, fleet_admin, "VIEWER"),
        (company, company_admin, "INSTALLER"),
    ):
        email = f"{role.lower()}@new.example"
        team.invite(email=email, role=role, by=admin)
        names = {"first_name": "Nina", "last_name": "New"}
        Client().post(link_to(email), {"password": PASSWORD, **names})
        told = admin.notifications.get(verb="user_joined")
        assert told.path == team.users_path
        assert told.sentence == "Nina New accepted the invitation and is now a user"
