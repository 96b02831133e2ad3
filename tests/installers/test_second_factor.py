"""A company that requires two-factor authentication: without it, neither its pages nor the API show anything."""

import pytest

from accounts.models import Company
from tests.cast.phones import Phone

PAGES = ["", "company/", "users/", "clients/", "jobs/"]
SETUP = "/accounts/2fa/"


@pytest.fixture
def required(company):
    Company.objects.filter(pk=company.pk).update(require_second_factor=True)


@pytest.fixture
def calls(linked_job):
    return [
        ("get", "jobs/"),
        ("get", "jobs/counts/"),
        ("get", f"jobs/{linked_job.pk}/"),
        ("post", f"jobs/{linked_job.pk}/access/"),
        ("get", f"vehicles/{linked_job.vehicle_id}/state/"),
        ("post", f"vehicles/{linked_job.vehicle_id}/commands/lock-central-lock/"),
    ]


def give_one(user):
    user.authenticator_set.create(type="totp", data={"secret": "x"})


@pytest.mark.parametrize("page", PAGES)
def test_a_page_leads_to_the_setup(company_admin_client, company_admin, required, page):
    assert company_admin_client.get(f"/installers/{page}").url == SETUP
    give_one(company_admin)
    assert company_admin_client.get(f"/installers/{page}").status_code == 200


def test_a_post_is_refused_as_its_page_is(company_admin_client, company, required):
    company_admin_client.post("/installers/company/second-factor/", {})
    company.refresh_from_db()
    assert company.require_second_factor


def test_an_agreement_is_not_signed_without_one(
    company_admin_client, company_admin, company, required
):
    company.signatures.all().delete()
    form = {"version": 1, "accepted": "on"}
    assert company_admin_client.post("/installers/register/agreement/", form).url == SETUP
    assert not company.signatures.exists()


def test_the_api_says_why_it_refuses(installer_api, installer, calls, required):
    phone = Phone(installer_api)
    for method, path in calls:
        response = getattr(phone, method)(path)
        assert (response.status_code, response.json()["code"]) == (403, "second_factor_required"), (
            path
        )
    assert phone.get("me/").status_code == 200, "the app shows which company requires it"
    give_one(installer)
    for method, path in calls:
        if method == "get":
            assert getattr(phone, method)(path).status_code == 200, path


def test_a_job_of_others_is_missing_rather_than_refused(
    outside_installer_api, other_company, calls
):
    Company.objects.filter(pk=other_company.pk).update(require_second_factor=True)
    assert Phone(outside_installer_api).get(calls[2][1]).status_code == 404


def test_an_admin_who_requires_it_needs_it_too(company_admin_client, company_admin, company):
    page = company_admin_client.post("/installers/company/second-factor/", {"required": "on"})
    assert page.status_code == 302
    company.refresh_from_db()
    assert company.require_second_factor
    assert company_admin_client.get("/installers/company/").url == SETUP
    give_one(company_admin)
    company_admin_client.post("/installers/company/second-factor/", {})
    company.refresh_from_db()
    assert not company.require_second_factor


def test_the_company_reads_what_operators_did(company_admin_client, company, operator):
    about = {"what": "SUSPEND", "subject": "Ina Installer", "reason": "Lost phone."}
    company.operator_actions.model.objects.record(
        by=operator, tenants=[{"company": company}], **about
    )
    page = company_admin_client.get("/installers/company/").content.decode()
    assert "Ina Installer: suspended" in page
    assert "Lost phone." in page


@pytest.mark.parametrize("of", ["company", "fleet"])
def test_the_notifications_wait_for_it_too(request, of, fleet):
    """They speak of the jobs."""
    who = {"company": "company_admin", "fleet": "manager"}[of]
    client, team = request.getfixturevalue(f"{who}_client"), request.getfixturevalue(of)
    assert client.get("/accounts/notices/").status_code == 200
    type(team).objects.filter(pk=team.pk).update(require_second_factor=True)
    assert client.get("/accounts/notices/").url == SETUP
    assert client.get("/").status_code == 302, "the way to set one up stays open"
    give_one(request.getfixturevalue(who))
    assert client.get("/accounts/notices/").status_code == 200
