"""Who has gone has gone: asked of the tables themselves, after each way to go, by whichever door."""

import pytest
from django.contrib.sessions.models import Session
from django.db import connection
from django.test import Client

from accounts.models import Partnership, User
from tests.factories.accounts import PASSWORD, CompanyMembershipFactory, FleetMembershipFactory
from tests.factories.jobs import JobFactory

NOT_A_MEMBER = """NOT EXISTS (SELECT 1 FROM accounts_companymembership m
    JOIN accounts_company c ON c.partner_id = m.company_id
    WHERE m.user_id = {user} AND m.company_id = j.company_id AND m.ended_at IS NULL AND c.closed_at IS NULL)"""
NOT_A_PARTNER = """NOT EXISTS (SELECT 1 FROM accounts_partnership p WHERE p.fleet_id = j.fleet_id
    AND p.company_id = j.company_id AND p.status = 'ACCEPTED' AND p.ended_at IS NULL)"""
CLOSED_USER = "JOIN accounts_user u ON u.id = {of}.user_id WHERE u.closed_at IS NOT NULL"
# What must find nothing, at any time.
LEFT_OVER = {
    "memberships of closed companies": """SELECT m.id FROM accounts_companymembership m
        JOIN accounts_company c ON c.partner_id = m.company_id WHERE m.ended_at IS NULL AND c.closed_at IS NOT NULL""",
    "memberships of closed users": f"""SELECT m.id FROM accounts_companymembership m
        {CLOSED_USER.format(of="m")} AND m.ended_at IS NULL""",
    "open partnerships of closed companies": """SELECT p.id FROM accounts_partnership p
        JOIN accounts_company c ON c.partner_id = p.company_id WHERE p.ended_at IS NULL AND c.closed_at IS NOT NULL""",
    "open invitations of closed companies and ended partnerships": """SELECT i.id FROM accounts_invitation i
        LEFT JOIN accounts_company c ON c.partner_id = i.company_id
        LEFT JOIN accounts_partnership p ON p.id = i.partnership_id
        WHERE i.used_at IS NULL AND i.withdrawn_at IS NULL AND (c.closed_at IS NOT NULL OR p.ended_at IS NOT NULL)""",
    "running jobs whose holder is no member": f"""SELECT j.id FROM jobs_job j
        WHERE j.status = 'RUNNING' AND {NOT_A_MEMBER.format(user="j.assignee_id")}""",
    "jobs of companies that are no partners": f"""SELECT j.id FROM jobs_job j
        WHERE j.status IN ('ASSIGNED', 'RUNNING') AND {NOT_A_PARTNER}""",
    "jobs reserved for who is no member": f"""SELECT j.id FROM jobs_job j
        WHERE j.status = 'ASSIGNED' AND j.reserved_for_id IS NOT NULL
        AND {NOT_A_MEMBER.format(user="j.reserved_for_id")}""",
    "open accesses": f"""SELECT a.id FROM jobs_vehicleaccess a JOIN telematics_key k ON k.id = a.key_id
        JOIN jobs_job j ON j.id = a.job_id WHERE k.ended_at IS NULL
        AND (j.status <> 'RUNNING' OR j.company_id IS NULL
        OR {NOT_A_MEMBER.format(user="k.holder_id")} OR {NOT_A_PARTNER})""",
    "waiting tests": """SELECT t.id FROM jobs_installationtest t JOIN jobs_job j ON j.id = t.job_id
        WHERE t.status IN ('QUEUED', 'RUNNING', 'AWAITING_CONFIRMATION') AND j.status <> 'RUNNING'""",
    "sessions": f"SELECT s.id FROM usersessions_usersession s {CLOSED_USER.format(of='s')}",
    "tokens": f"SELECT t.id FROM allauth_idp_oidc_token t {CLOSED_USER.format(of='t')}",
    "addresses": f"SELECT e.id FROM account_emailaddress e {CLOSED_USER.format(of='e')}",
    "second factors": f"SELECT f.id FROM mfa_authenticator f {CLOSED_USER.format(of='f')}",
}


def left_over() -> dict[str, list]:
    found = {}
    with connection.cursor() as cursor:
        for name, sql in LEFT_OVER.items():
            cursor.execute(sql)
            if rows := cursor.fetchall():
                found[name] = rows
    return found


def readers() -> set[int]:
    """Whose any session still is, as the session itself says."""
    return {
        int(found)
        for session in Session.objects.all()
        if (found := session.get_decoded().get("_auth_user_id"))
    }


class Site:
    """One person's browser and phone, both signed in by the front door."""

    def __init__(self, email: str):
        self.browser, about = Client(), {"password": PASSWORD}
        self.browser.post("/accounts/login/", {"login": email} | about)
        signed_in = Client().post(
            "/_allauth/app/v1/auth/login", {"email": email} | about, content_type="application/json"
        )
        self.token = signed_in.json()["meta"]["session_token"]

    def answers(self, page: str, call: str) -> tuple[int, int]:
        phone = Client().get(
            f"/api/smartcontrol/v1/{call}", headers={"X-Session-Token": self.token}
        )
        return self.browser.get(page).status_code, phone.status_code


@pytest.fixture
def busy(linked_job, fleet, company, company_admin, installer, colleague, manager, settings):
    """Work in every state, tests waiting, people invited, second factors, and everybody signed in twice."""
    # Each job that goes back undoes what is its own; how much that asks, the tests of the jobs say.
    settings.ZEAL_ALLOWLIST = [
        *settings.ZEAL_ALLOWLIST,
        {"model": "jobs.*"},
        {"model": "telematics.*"},
    ]
    linked_job.proof.latest_configuration.push()
    linked_job.request_tests(by=installer)
    reserved = JobFactory(by=manager, fleet=fleet)
    reserved.assign(company, by=manager)
    reserved.reserve(installer, by=company_admin)
    company.invite(email="late@example.com", role="INSTALLER", by=company_admin)
    Partnership.invite(fleet=fleet, email="other@partner.example", by=manager)
    installer.authenticator_set.create(type="recovery_codes", data={})
    FleetMembershipFactory(user=CompanyMembershipFactory(company=company).user, fleet=fleet)
    return {user: Site(user.email) for user in (company_admin, installer, colleague)}


def test_the_questions_find_what_is_left_over(busy, linked_job, company, installer):
    assert left_over() == {}
    type(company).objects.filter(pk=company.pk).update(closed_at="2026-01-01T00:00Z")
    User.objects.filter(pk=installer.pk).update(closed_at="2026-01-01T00:00Z")
    assert {*LEFT_OVER} - {*left_over()} == {
        "jobs of companies that are no partners",
        "waiting tests",
        "tokens",
    }, "these need an ended partnership, an ended job, a machine's token"


def by_the_company(company, by):
    Site(by.email).browser.post("/installers/company/delete/", {"name": company.name})


def by_an_operator(company, by):
    company.close(by=None)


@pytest.mark.parametrize("door", [by_the_company, by_an_operator])
def test_nothing_lives_of_a_company_that_closed(busy, company, company_admin, linked_job, door):
    page, call = "/installers/", f"jobs/{linked_job.pk}/"
    assert {site.answers(page, call) for site in busy.values()} == {(200, 200)}
    people = set(company.people.values_list("user", flat=True))

    door(company, company_admin)

    company.refresh_from_db()
    linked_job.refresh_from_db()
    assert company.closed_at
    assert left_over() == {}
    assert not readers() & people
    assert (linked_job.status, linked_job.company, linked_job.assignee) == ("PENDING", None, None)
    assert {site.answers(page, call) for site in busy.values()} == {(302, 401)}


def test_nothing_lives_of_a_person_who_was_removed(
    busy, company, company_admin, installer, linked_job
):
    gone, stays = busy[installer], busy[company_admin]
    vehicle = f"vehicles/{linked_job.vehicle_id}/state/"
    assert gone.answers("/installers/", vehicle) == (200, 200)

    stays.browser.post(f"/installers/users/{installer.company_membership.pk}/remove/")

    assert left_over() == {}
    assert installer.pk not in readers()
    assert gone.answers("/installers/", vehicle) == (302, 401), (
        "open pages and the app, at the next request"
    )
    assert stays.answers("/installers/users/", "me/") == (200, 200)


def test_nothing_lives_of_a_partnership_that_ended(
    busy, partnership, manager, installer, linked_job
):
    vehicle = f"vehicles/{linked_job.vehicle_id}/state/"
    assert busy[installer].answers("/installers/", vehicle) == (200, 200)
    partnership.end(by=manager)
    assert left_over() == {}
    assert busy[installer].answers("/installers/", vehicle) == (200, 404), (
        "the person stays, the vehicle is gone"
    )


def test_a_fleets_member_who_was_removed_is_out_at_the_next_request(fleet, fleet_admin, manager):
    site = Site(manager.email)
    page = f"/fleetcontrol/{fleet.pk}/jobs/installation/"
    assert site.answers(page, "me/") == (200, 200)
    fleet.remove_member(manager.fleet_memberships.get(), by=fleet_admin)
    assert site.answers(page, "me/") == (302, 401)
    assert left_over() == {}
