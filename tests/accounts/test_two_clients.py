"""Two browsers at the same moment, through the same pages as everybody: one clear outcome and no broken rule."""

import pytest
from django.test import Client
from django.utils import timezone

from accounts.models import CompanyMembership, Invitation, Partnership, User
from core.models import Mail
from jobs.models import VehicleAccess
from tests.factories.accounts import PASSWORD, CompanyMembershipFactory, PartnershipFactory
from tests.sessions import app_token
from tests.threads import race

pytestmark = [pytest.mark.pg, pytest.mark.django_db(transaction=True)]


def browser(user) -> Client:
    client = Client()
    client.force_login(user)
    return client


def both(*posts) -> list[int]:
    """The status of each (client, path, form), posted at once. An answer that is no answer is raised."""
    answers = race(*[lambda c=client, p=path, f=form: c.post(p, f) for client, path, form in posts])
    broken = [answer for answer in answers if isinstance(answer, Exception)]
    assert not broken, broken
    statuses = [answer.status_code for answer in answers]
    assert all(status < 500 for status in statuses), statuses
    return statuses


@pytest.fixture
def link(fleet, company):
    return PartnershipFactory(fleet=fleet, company=company, status="PENDING")


@pytest.fixture
def admins(company, company_admin):
    return company_admin, CompanyMembershipFactory(company=company, role="ADMIN").user


def test_two_admins_answer_a_client_differently(link, admins):
    one, other = map(browser, admins)
    both(
        (one, f"/installers/clients/{link.pk}/accept/", {}),
        (other, f"/installers/clients/{link.pk}/decline/", {}),
    )
    link.refresh_from_db()
    assert link.status in ("ACCEPTED", "DECLINED")
    assert link.version == 2, "one answer, not two"


def test_the_fleet_removes_what_the_company_accepts(link, admins, manager, fleet):
    both(
        (browser(admins[0]), f"/installers/clients/{link.pk}/accept/", {}),
        (browser(manager), f"/fleetcontrol/{fleet.pk}/partners/{link.pk}/remove/", {}),
    )
    link.refresh_from_db()
    assert link.ended_at
    assert not Partnership.objects.accepted().exists()


def test_two_managers_invite_the_same_partner(fleet, manager, fleet_admin):
    form = {"email": "new@partner.example"}
    path = f"/fleetcontrol/{fleet.pk}/partners/invite/"
    both((browser(manager), path, form), (browser(fleet_admin), path, form))
    assert Partnership.objects.live().get().email == "new@partner.example"
    assert Invitation.objects.count() == 1


def test_two_admins_remove_each_other(company, admins):
    one, other = admins
    both(
        (browser(one), f"/installers/users/{other.company_membership.pk}/remove/", {}),
        (browser(other), f"/installers/users/{one.company_membership.pk}/remove/", {}),
    )
    assert CompanyMembership.objects.live().admins().filter(company=company).count() == 1


def test_a_link_is_used_while_it_is_withdrawn(company, company_admin, token_of):
    invitation = company.invite(email="nora@example.com", role="INSTALLER", by=company_admin)
    form = {"first_name": "Nora", "last_name": "Neu", "password": PASSWORD}
    both(
        (Client(), f"/invitations/{token_of('nora@example.com')}/", form),
        (browser(company_admin), f"/installers/users/invitations/{invitation.pk}/withdraw/", {}),
    )
    invitation.refresh_from_db()
    joined = User.objects.filter(email="nora@example.com").exists()
    assert (invitation.state, joined) in [("used", True), ("withdrawn", False)]


def test_a_link_is_accepted_while_it_is_declined(company, company_admin, token_of):
    invitation = company.invite(email="nora@example.com", role="INSTALLER", by=company_admin)
    path = f"/invitations/{token_of('nora@example.com')}/"
    both(
        (Client(), path, {"first_name": "Nora", "last_name": "Neu", "password": PASSWORD}),
        (Client(), f"{path}decline/", {}),
    )
    invitation.refresh_from_db()
    joined = User.objects.filter(email="nora@example.com").exists()
    assert (invitation.state, joined) in [("used", True), ("declined", False)]


def test_two_admins_delete_the_company_at_once(company, admins, running_job):
    path = "/installers/company/delete/"
    both(*[(browser(admin), path, {"name": company.name}) for admin in admins])
    company.refresh_from_db()
    running_job.refresh_from_db()
    assert company.closed_at
    assert (running_job.status, running_job.company) == ("PENDING", None)
    assert running_job.events.filter(verb="release").count() == 1


def test_a_company_is_deleted_while_its_installer_takes_a_job(
    company, admins, installer, assigned_job
):
    phone = Client(headers={"X-Session-Token": app_token(installer)})
    both(
        (phone, f"/api/smartcontrol/v1/jobs/{assigned_job.pk}/assignment/", {}),
        (browser(admins[0]), "/installers/company/delete/", {"name": company.name}),
    )
    assigned_job.refresh_from_db()
    assert (assigned_job.status, assigned_job.company, assigned_job.assignee) == (
        "PENDING",
        None,
        None,
    )
    assert not VehicleAccess.objects.live().exists()
    assert not CompanyMembership.objects.live().filter(company=company).exists()


def test_two_managers_send_an_invitation_again_at_once(fleet, manager, fleet_admin):
    link = Partnership.invite(fleet=fleet, email="new@partner.example", by=manager)
    Invitation.objects.update(sent_at=timezone.now() - timezone.timedelta(minutes=2))
    path = f"/fleetcontrol/{fleet.pk}/partners/{link.pk}/resend/"
    both((browser(manager), path, {}), (browser(fleet_admin), path, {}))
    assert Mail.objects.filter(to="new@partner.example").count() == 2, "the first one and one more"


def test_a_person_is_removed_while_he_takes_a_job(company_admin, installer, assigned_job):
    phone = Client(headers={"X-Session-Token": app_token(installer)})
    membership = installer.company_membership
    both(
        (phone, f"/api/smartcontrol/v1/jobs/{assigned_job.pk}/assignment/", {}),
        (browser(company_admin), f"/installers/users/{membership.pk}/remove/", {}),
    )
    assigned_job.refresh_from_db()
    assert (assigned_job.status, assigned_job.assignee) == ("ASSIGNED", None)


def test_an_invitation_is_sent_again_twice_at_once(company, company_admin):
    invitation = company.invite(email="nora@example.com", role="INSTALLER", by=company_admin)
    Invitation.objects.update(sent_at=timezone.now() - timezone.timedelta(minutes=2))
    client, path = browser(company_admin), f"/installers/users/invitations/{invitation.pk}/resend/"
    both((client, path, {}), (browser(company_admin), path, {}))
    assert Mail.objects.filter(to="nora@example.com").count() == 2, "the first one and one more"
