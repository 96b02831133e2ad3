"""Company, users, clients and jobs on the website: what they show, what they do, and to whom they say no."""

import pytest
from django.utils import timezone

from accounts.models import Company, CompanyMembership, FleetMembership, Invitation, Partnership
from core.errors import MoveRefused
from jobs.models import Job, VehicleAccess
from tests.factories.accounts import FleetMembershipFactory, PartnershipFactory
from tests.factories.jobs import JobFactory

PAGES = ["company/", "company/delete/", "users/", "users/invite/", "clients/", "jobs/"]


@pytest.mark.parametrize("page", ["", *PAGES])
def test_an_admin_sees_every_page(company_admin_client, company, installer, partnership, page):
    assert company_admin_client.get(f"/installers/{page}").status_code == 200


@pytest.mark.parametrize("page", PAGES)
def test_an_installer_sees_one_page_alone(installer_client, page):
    assert installer_client.get("/installers/").status_code == 200
    assert installer_client.get(f"/installers/{page}").status_code == 403


@pytest.mark.parametrize("who", ["manager", "operator"])
@pytest.mark.parametrize("page", ["", *PAGES])
def test_who_has_no_company_finds_nothing(request, db, who, page):
    assert request.getfixturevalue(f"{who}_client").get(f"/installers/{page}").status_code == 404


# --- users ------------------------------------------------------------------------------------------------------------
def test_inviting_shows_the_invitation_as_open(company_admin_client, company):
    form = {
        "email": "nora@example.com",
        "role": "INSTALLER",
        "first_name": "Nora",
        "last_name": "Neu",
    }
    page = company_admin_client.post("/installers/users/invite/", form, follow=True)
    assert b"nora@example.com" in page.content
    assert Invitation.objects.get().state == "open"


@pytest.mark.parametrize(
    "form", [{"email": "", "role": "INSTALLER"}, {"email": "a@b.example", "role": "OWNER"}]
)
def test_a_bad_invitation_is_refused_at_its_field(company_admin_client, form):
    page = company_admin_client.post("/installers/users/invite/", form)
    assert page.context["form"].errors
    assert not Invitation.objects.exists()


def test_a_failed_mail_is_seen_by_the_inviter(company_admin_client, company, company_admin):
    invitation = company.invite(email="nora@example.com", role="INSTALLER", by=company_admin)
    type(invitation.mail).objects.update(status="FAILED")
    assert b"Mail failed" in company_admin_client.get("/installers/users/").content


def test_removing_shows_before_what_it_means(
    company_admin_client,
    company_admin,
    running_job,
    linked_job,
    installer,
    fleet,
    company,
    manager,
    partnership,
):
    kept = JobFactory(by=manager, fleet=fleet, custom_name="Kept One")
    kept.assign(company, by=manager)
    kept.reserve(installer, by=company_admin)
    member = installer.company_membership
    page = company_admin_client.get(f"/installers/users/{member.pk}/remove/")
    for word in ("Blue One", "Kept One", f"{linked_job.vehicle} ({installer.name})"):
        assert word in page.content.decode()
    company_admin_client.post(f"/installers/users/{member.pk}/remove/")
    running_job.refresh_from_db()
    assert (running_job.status, running_job.assignee) == ("ASSIGNED", None)
    assert not VehicleAccess.objects.filter(key__ended_at=None).exists()


def test_the_last_admin_is_told_why_he_stays(company_admin_client, company_admin):
    member = company_admin.company_membership
    assert (
        b"last admin" in company_admin_client.get(f"/installers/users/{member.pk}/remove/").content
    )
    page = company_admin_client.post(f"/installers/users/{member.pk}/remove/", follow=True)
    assert b"Make someone else an admin first" in page.content
    assert company_admin.company


def test_a_role_is_changed(company_admin_client, installer):
    member = installer.company_membership
    company_admin_client.post(f"/installers/users/{member.pk}/role/", {"role": "ADMIN"})
    assert installer.company_membership.is_admin


@pytest.mark.parametrize("act", ["role", "remove"])
def test_people_of_another_company_are_not_there(outside_admin_client, installer, act):
    url = f"/installers/users/{installer.company_membership.pk}/{act}/"
    assert outside_admin_client.get(url).status_code == 404
    assert outside_admin_client.post(url, {"role": "ADMIN"}).status_code == 404
    assert CompanyMembership.objects.get(user=installer).role == "INSTALLER"


@pytest.mark.parametrize("act", ["resend", "withdraw"])
def test_invitations_of_another_company_are_not_there(
    outside_admin_client, company, company_admin, act
):
    invitation = company.invite(email="x@example.com", role="INSTALLER", by=company_admin)
    assert (
        outside_admin_client.post(
            f"/installers/users/invitations/{invitation.pk}/{act}/"
        ).status_code
        == 404
    )
    assert Invitation.objects.get().state == "open"


@pytest.mark.parametrize(("act", "state"), [("resend", "open"), ("withdraw", "withdrawn")])
def test_an_invitation_is_sent_again_or_withdrawn(
    company_admin_client, company, company_admin, act, state
):
    invitation = company.invite(email="x@example.com", role="INSTALLER", by=company_admin)
    Invitation.objects.update(sent_at=timezone.now() - timezone.timedelta(hours=1))
    company_admin_client.post(f"/installers/users/invitations/{invitation.pk}/{act}/")
    again = Invitation.objects.get()
    assert again.state == state
    assert (again.token_hash != invitation.token_hash) == (act == "resend")


# --- clients ----------------------------------------------------------------------------------------------------------
def test_a_pending_client_is_accepted_or_declined(company_admin_client, pending_client):
    assert b"OtherFleet" in company_admin_client.get("/installers/clients/").content
    company_admin_client.post(f"/installers/clients/{pending_client.pk}/decline/")
    pending_client.refresh_from_db()
    assert pending_client.status == "DECLINED"
    assert b"OtherFleet" not in company_admin_client.get("/installers/clients/").content


def test_deleting_a_link_shows_what_goes_back_and_takes_it_back(
    company_admin_client, linked_job, partnership
):
    page = company_admin_client.get(f"/installers/clients/{partnership.pk}/delete/")
    assert b"1 is stopped, undone and returned to the fleet" in page.content
    company_admin_client.post(f"/installers/clients/{partnership.pk}/delete/")
    linked_job.refresh_from_db()
    assert (linked_job.status, linked_job.company) == ("PENDING", None)


@pytest.mark.parametrize("act", ["accept", "decline", "delete"])
def test_clients_of_another_company_are_not_there(outside_admin_client, pending_client, act):
    assert (
        outside_admin_client.get(f"/installers/clients/{pending_client.pk}/{act}/").status_code
        == 404
    )
    assert (
        outside_admin_client.post(f"/installers/clients/{pending_client.pk}/{act}/").status_code
        == 404
    )
    assert Partnership.objects.get(pk=pending_client.pk).status == "PENDING"


@pytest.mark.parametrize("act", ["accept", "decline", "delete"])
def test_an_installer_answers_for_nobody(installer_client, pending_client, act):
    assert (
        installer_client.post(f"/installers/clients/{pending_client.pk}/{act}/").status_code == 403
    )
    assert Partnership.objects.get(pk=pending_client.pk).status == "PENDING"


def test_what_is_too_long_for_a_question_says_how_many_more(
    company_admin_client, installer, running_job, monkeypatch
):
    monkeypatch.setattr("installers.meaning.SHOWN", 1)
    rows = Job.objects.bulk_create(
        Job(
            fleet=running_job.fleet,
            company=running_job.company,
            assignee=installer,
            kind="INSTALLATION",
            status="RUNNING",
        )
        for _number in range(2)
    )
    page = company_admin_client.get("/installers/company/delete/").content
    assert len(rows) == 2
    assert b"and 2 more" in page


def test_a_job_without_names_is_called_so(company_admin_client, installer, running_job):
    Job.objects.filter(pk=running_job.pk).update(license_plate="", custom_name="", vin="")
    for path in (
        "company/delete/",
        f"users/{installer.company_membership.pk}/remove/",
        f"jobs/{running_job.pk}/",
    ):
        assert b"a job without a name" in company_admin_client.get(f"/installers/{path}").content


def test_the_list_of_users_says_who_is_suspended(company_admin_client, installer):
    assert b"Suspended" not in company_admin_client.get("/installers/users/").content
    installer.suspend()
    assert b"Suspended" in company_admin_client.get("/installers/users/").content


# --- company ----------------------------------------------------------------------------------------------------------
def test_the_gear_saves_company_and_own_name(company_admin_client, company, company_admin):
    form = {
        "name": "QuickInstall AG",
        "email": company.email,
        "first_name": "Ada",
        "last_name": "Admin",
    }
    company_admin_client.post("/installers/company/", form)
    company.refresh_from_db()
    company_admin.refresh_from_db()
    assert (company.name, company_admin.name) == ("QuickInstall AG", "Ada Admin")


def test_the_bin_asks_for_the_name_and_shows_what_it_means(
    company_admin_client, company, company_admin, installer, linked_job, pending_client, fleet
):
    FleetMembershipFactory(user=installer, fleet=fleet, role=FleetMembership.Role.VIEWER)
    company.invite(email="nora@example.com", role="INSTALLER", by=company_admin)
    page = company_admin_client.get("/installers/company/delete/").content.decode()
    for word in (
        "Blue One",
        "AppDrive · Berlin",
        "Accounts that stay, for a fleet",
        "1 returns to its fleet",
    ):
        assert word in page
    for word in (
        "nora@example.com",
        str(pending_client.fleet),
        f"{linked_job.vehicle} ({installer.name})",
    ):
        assert word in page
    assert (
        company_admin_client.post(
            "/installers/company/delete/", {"name": "quickinstall"}
        ).status_code
        == 200
    )
    assert Company.objects.get(pk=company.pk).closed_at is None

    answer = company_admin_client.post("/installers/company/delete/", {"name": "QuickInstall"})
    assert answer.url == "/accounts/login/"
    linked_job.refresh_from_db()
    assert (linked_job.status, linked_job.company, linked_job.assignee) == ("PENDING", None, None)
    assert not VehicleAccess.objects.live().exists()
    assert not Job.objects.filter(status="RUNNING").exists()
    assert company_admin_client.get("/installers/").url.startswith("/accounts/login/")


def test_no_client_is_answered_before_the_agreement_is_accepted(
    company_admin_client, company_admin, pending_client
):
    company_admin.company.signatures.all().delete()
    for verb in ("accept", "decline"):
        answer = company_admin_client.post(f"/installers/clients/{pending_client.pk}/{verb}/")
        assert answer.url == "/installers/register/"
    with pytest.raises(MoveRefused) as refused:
        pending_client.accept(by=company_admin)
    assert refused.value.code == "agreement_not_signed"
    pending_client.refresh_from_db()
    assert pending_client.status == "PENDING"


# --- jobs -------------------------------------------------------------------------------------------------------------
def test_the_jobs_of_the_company_and_nobody_elses(
    company_admin_client, outside_admin_client, assigned_job
):
    assert b"Blue One" in company_admin_client.get("/installers/jobs/").content
    assert b"Blue One" not in outside_admin_client.get("/installers/jobs/").content
    for page in ("", "withdraw/", "handback/", "handback/refuse/", "reservation/"):
        url = f"/installers/jobs/{assigned_job.pk}/{page}"
        assert company_admin_client.get(url).status_code == 200
        assert outside_admin_client.get(url).status_code == 404


def test_a_pending_job_is_not_shown_to_any_company(company_admin_client, pending_job, partnership):
    assert company_admin_client.get(f"/installers/jobs/{pending_job.pk}/").status_code == 404


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("status=ASSIGNED", True),
        ("status=RUNNING", False),
        ("status=assigned", True),
        ("status=PENDING", False),
        ("search=blue-one", True),
        ("search=nothing", False),
        ("status=x", False),
        ("cursor=x&page_size=x&fleet=x&installer=x", True),
    ],
)
def test_filters(company_admin_client, assigned_job, query, found):
    page = company_admin_client.get(f"/installers/jobs/?{query}")
    assert (b"Blue One" in page.content) == found


def test_a_job_is_reserved_withdrawn_and_handed_back(
    company_admin_client, assigned_job, installer, colleague
):
    url = f"/installers/jobs/{assigned_job.pk}/"
    company_admin_client.post(f"{url}reservation/", {"user": installer.pk})
    assigned_job.refresh_from_db()
    assert assigned_job.reserved_for == installer
    assigned_job.take(by=installer)
    company_admin_client.post(f"{url}withdraw/", {"reason": "ill"})
    assigned_job.refresh_from_db()
    assert (assigned_job.status, assigned_job.assignee) == ("ASSIGNED", None)
    assert b"withdrew the job" in company_admin_client.get(url).content
    assert company_admin_client.post(f"{url}handback/", {"reason": ""}).context["form"].errors
    company_admin_client.post(f"{url}handback/", {"reason": "wrong town"})
    assigned_job.refresh_from_db()
    assert (assigned_job.status, assigned_job.company) == ("PENDING", None)


def test_a_job_is_reserved_for_people_of_the_company_alone(
    company_admin_client, assigned_job, outside_installer
):
    page = company_admin_client.post(
        f"/installers/jobs/{assigned_job.pk}/reservation/", {"user": outside_installer.pk}
    )
    assert page.context["form"].errors


def test_the_managers_request_is_answered(company_admin_client, assigned_job, manager):
    assigned_job.request_handback(by=manager, reason="sold the car")
    url = f"/installers/jobs/{assigned_job.pk}/"
    assert b"sold the car" in company_admin_client.get(url).content
    company_admin_client.post(f"{url}handback/refuse/", {"reason": "almost done"})
    assert assigned_job.handback_requests.get().status == "REFUSED"


def test_what_was_before_the_assignment_is_not_the_companys_business(
    company_admin_client,
    pending_job,
    partnership,
    outside_admin,
    outside_installer,
    other_company,
    fleet,
    manager,
):
    """A job that another company had before shows nothing of it."""
    PartnershipFactory(fleet=fleet, company=other_company)
    pending_job.assign(other_company, by=manager)
    pending_job.take(by=outside_installer)
    pending_job.withdraw(by=outside_installer)
    pending_job.hand_back(by=outside_admin, reason="no time")
    pending_job.assign(partnership.company, by=manager)
    page = company_admin_client.get(f"/installers/jobs/{pending_job.pk}/").content
    assert b"assigned the job to QuickInstall" in page
    for foreign in (b"OtherCo", outside_installer.name.encode(), b"no time"):
        assert foreign not in page


@pytest.mark.parametrize("method", ["get", "post"])
def test_an_installer_does_nothing_here(installer_client, assigned_job, method):
    for page in ("", "withdraw/", "handback/", "reservation/"):
        assert (
            getattr(installer_client, method)(
                f"/installers/jobs/{assigned_job.pk}/{page}"
            ).status_code
            == 403
        )


def test_the_filter_by_installer_finds_what_is_kept_for_him(
    company_admin_client, company_admin, installer, colleague, assigned_job
):
    assigned_job.reserve(installer, by=company_admin)
    found = lambda who: (  # noqa: E731
        company_admin_client.get("/installers/jobs/", {"installer": who.pk}).context["total"].number
    )
    assert (found(installer), found(colleague)) == (1, 0)


def test_the_filter_by_client_offers_who_has_ended_too_and_nobody_who_only_asks(
    company_admin_client, partnership, pending_client, manager
):
    partnership.end(by=manager)
    offered = company_admin_client.get("/installers/jobs/").context["form"].fields["fleet"].queryset
    assert list(offered) == [partnership.fleet]


def test_the_planned_unit_is_on_the_page_of_its_job(
    company_admin_client, company, manager, fleet, unit, partnership
):
    job = JobFactory(by=manager, fleet=fleet, planned_unit=unit)
    job.assign(company, by=manager)

    page = company_admin_client.get(f"/installers/jobs/{job.pk}/").content.decode()

    assert "Planned unit" in page
    assert unit.pk in page
