"""A company from its registration to its end."""

from datetime import timedelta

import pytest
from django.contrib.sessions.models import Session
from django.test import Client
from django.utils import timezone

from accounts import signals
from accounts.models import Agreement, Company, CompanyMembership, Invitation, Partnership, User
from core.errors import MoveRefused, NotAllowed
from core.models import Mail
from jobs.tasks import mail_notifications
from tests.factories.accounts import (
    PASSWORD,
    AgreementFactory,
    CompanyFactory,
    CompanyMembershipFactory,
    FleetMembershipFactory,
    UserFactory,
)


@pytest.fixture
def founder(invited, open_invitation):
    """Somebody who used a partner's link and has an account and no company yet."""
    _, token = invited("founder@partner.example")
    return open_invitation(token).register(password=PASSWORD)


def signed_in(email: str) -> Client:
    visitor = Client()
    visitor.post("/accounts/login/", {"login": email, "password": PASSWORD})
    assert "_auth_user_id" in visitor.session
    return visitor


def refusal(act) -> str:
    with pytest.raises(MoveRefused) as refused:
        act()
    return refused.value.code


# --- registering ------------------------------------------------------------------------------------------------------
def test_registering_makes_an_admin_and_a_pending_client(founder):
    company = Company.objects.register(name="Neu GmbH", email=founder.email, by=founder)
    assert company.email_verified_at
    assert founder.company_membership.role == "ADMIN"
    assert [link.status for link in company.partnerships.live()] == ["PENDING"]
    assert len(company.partner_id) == 5


def test_another_e_mail_counts_once_it_is_confirmed(founder):
    company = Company.objects.register(name="Neu GmbH", email="info@partner.example", by=founder)
    assert (company.email, company.new_email) == ("founder@partner.example", "info@partner.example")
    token = (
        Mail.objects.get(to="info@partner.example").context["path"].rstrip("/").rpartition("/")[2]
    )
    found, email = Company.objects.by_email_token(token)
    found.confirm_email(email)
    company.refresh_from_db()
    assert (company.email, company.new_email) == ("info@partner.example", "")
    assert refusal(lambda: found.confirm_email(email)) == "email_not_expected"


def test_nobody_registers_without_a_partners_invitation(manager, db):
    with pytest.raises(NotAllowed):
        Company.objects.register(name="X", email="x@example.com", by=manager)


def test_an_invitation_founds_one_company(founder):
    Company.objects.register(name="Neu GmbH", email=founder.email, by=founder)
    founder.company_memberships.update(ended_at=timezone.now())
    with pytest.raises(NotAllowed):
        Company.objects.register(name="Neu 2", email=founder.email, by=founder)


def test_who_answers_a_client_gets_no_ticket_to_found_a_company_with_its_address(
    invited, company, company_admin, fleet
):
    """Even if he stays for a fleet after he has left the company."""
    link, _token = invited(company.email)
    link.accept(by=company_admin)
    CompanyMembershipFactory(company=company, role="ADMIN")
    FleetMembershipFactory(user=company_admin)
    company.remove_member(company_admin.company_membership, by=company_admin)
    assert not Invitation.objects.tickets_of(company_admin).exists()
    with pytest.raises(NotAllowed):
        Company.objects.register(name="X", email=company_admin.email, by=company_admin)


def test_every_link_that_a_founder_used_is_spent(
    founder, invited, open_invitation, other_fleet, outside_manager
):
    _, token = invited(founder.email, fleet=other_fleet, by=outside_manager)
    open_invitation(token).accept(by=founder)
    Company.objects.register(name="Neu GmbH", email=founder.email, by=founder)
    assert not Invitation.objects.tickets_of(founder).exists()


def test_a_link_used_by_somebody_with_a_company_founds_no_second_one(
    company_admin, company, invited, open_invitation
):
    _, token = invited(company.email)
    open_invitation(token).accept(by=company_admin)
    assert not Invitation.objects.tickets_of(company_admin).exists()


def test_an_address_that_came_to_another_company_meanwhile_founds_none(
    founder, other_company, outside_admin
):
    founder.emailaddress_set.update(email="moved@partner.example")
    Company.objects.filter(pk=other_company.pk).update(email="founder@partner.example")
    assert (
        refusal(lambda: Company.objects.register(name="X", email="x@y.example", by=founder))
        == "address_taken"
    )


def test_two_invitations_that_turn_out_to_be_one_company_become_one(founder, fleet, manager):
    Partnership.invite(fleet=fleet, email="info@partner.example", by=manager)
    company = Company.objects.register(name="Neu GmbH", email="info@partner.example", by=founder)
    company.confirm_email("info@partner.example")
    company.sign(AgreementFactory(version=2), by=founder, address=None)
    link = company.partnerships.pending().get()
    link.accept(by=founder)
    assert list(fleet.partnerships.live()) == [link]


def test_every_fleet_that_invited_an_address_is_a_pending_client(
    founder, other_fleet, outside_manager
):
    Partnership.invite(fleet=other_fleet, email=founder.email, by=outside_manager)
    company = Company.objects.register(name="Neu GmbH", email=founder.email, by=founder)
    assert company.partnerships.pending().count() == 2


# --- one address, one company -----------------------------------------------------------------------------------------
def test_no_address_leads_to_two_companies(
    company, company_admin, other_company, outside_admin, outside_installer
):
    for email in (other_company.email, outside_installer.email):
        company.new_email = email
        company.save()
        assert refusal(lambda: company.confirm_email(email)) == "address_taken"  # noqa: B023


def test_a_person_with_the_address_of_another_company_cannot_join(
    company, company_admin, other_company, token_of
):
    company.invite(email=other_company.email, role="INSTALLER", by=company_admin)
    invitation = Invitation.objects.by_token(token_of(other_company.email))
    assert refusal(lambda: invitation.register(password=PASSWORD)) == "address_taken"
    assert not User.objects.filter(email=other_company.email).exists()


def test_the_company_may_have_the_address_of_one_of_its_people(company, company_admin, installer):
    company.new_email = installer.email
    company.save()
    company.confirm_email(installer.email)
    assert company.email == installer.email


def test_a_changed_address_of_a_person_is_checked_when_it_is_confirmed(
    company_admin, other_company, rf
):
    client = signed_in(company_admin.email)
    address = company_admin.emailaddress_set.create(email=other_company.email)
    from allauth.account.models import EmailConfirmationHMAC

    client.post(f"/accounts/confirm-email/{EmailConfirmationHMAC(address).key}/")
    address.refresh_from_db()
    assert not address.verified
    company_admin.refresh_from_db()
    assert company_admin.email == "admin@quickinstall.example"


# --- the agreement ----------------------------------------------------------------------------------------------------
def test_signing_records_version_name_time_and_address(company_admin):
    company = company_admin.company
    company.signatures.all().delete()
    assert not Company.objects.signed().filter(pk=company.pk).exists()
    signature = company.sign(Agreement.objects.newest(), by=company_admin, address="192.0.2.7")
    assert (signature.agreement.version, signature.name, signature.address) == (
        1,
        company_admin.name,
        "192.0.2.7",
    )
    assert Company.objects.signed().filter(pk=company.pk).exists()
    assert (
        company.sign(Agreement.objects.newest(), by=company_admin, address="192.0.2.9") == signature
    )


@pytest.mark.parametrize("who", ["installer", "manager", "outside_admin"])
def test_only_an_admin_signs_for_the_company(request, company, who):
    with pytest.raises(NotAllowed):
        company.sign(Agreement.objects.newest(), by=request.getfixturevalue(who), address=None)


@pytest.mark.parametrize(("days", "may"), [(0, True), (13, True), (15, False)])
def test_a_new_version_may_wait_14_days(company, company_admin, days, may):
    AgreementFactory(version=2, published_at=timezone.now() - timedelta(days=days))
    assert company.may_take() is may
    assert company.unsigned_agreement().version == 2
    company.sign(Agreement.objects.newest(), by=company_admin, address=None)
    assert company.may_take()


def test_who_never_signed_may_not_take_even_within_the_14_days(db):
    AgreementFactory(version=2)
    assert not CompanyFactory(signed=False).may_take()


def test_a_draft_asks_nobody(company):
    AgreementFactory(version=2, published_at=None)
    AgreementFactory(version=3, published_at=timezone.now() + timedelta(days=1))
    assert company.unsigned_agreement() is None
    assert company.may_take()


# --- people -----------------------------------------------------------------------------------------------------------
def test_the_last_admin_cannot_go_nor_step_down(company, company_admin, installer):
    membership = company_admin.company_membership
    assert refusal(lambda: company.remove_member(membership, by=company_admin)) == "last_admin"
    assert (
        refusal(lambda: company.change_role(membership, "INSTALLER", by=company_admin))
        == "last_admin"
    )
    company.change_role(installer.company_membership, "ADMIN", by=company_admin)
    company.change_role(membership, "INSTALLER", by=company_admin)
    assert installer.company_membership.is_admin


@pytest.mark.parametrize("who", ["installer", "outside_admin", "manager"])
def test_only_admins_of_the_company_remove_or_change_roles(
    request, company, company_admin, colleague, who
):
    by = request.getfixturevalue(who)
    for act in (
        lambda: company.remove_member(colleague.company_membership, by=by),
        lambda: company.change_role(colleague.company_membership, "ADMIN", by=by),
        lambda: company.invite(email="x@example.com", role="ADMIN", by=by),
        lambda: company.close(by=by),
        lambda: company.edit(name="Mine", email="x@example.com", by=by),
    ):
        with pytest.raises(NotAllowed):
            act()


def test_an_installer_may_leave_by_himself(company, installer):
    company.remove_member(installer.company_membership, by=installer)
    assert installer.company is None


def test_an_admin_of_one_company_cannot_remove_from_another(
    outside_admin, other_company, colleague
):
    assert (
        refusal(lambda: other_company.remove_member(colleague.company_membership, by=outside_admin))
        == "not_a_member"
    )
    assert colleague.company


def test_removal_ends_sessions_and_app_tokens_and_closes_the_account(
    company, company_admin, installer
):
    website, phone = signed_in(installer.email), Client()
    login = {"email": installer.email, "password": PASSWORD}
    token = phone.post(
        "/_allauth/app/v1/auth/login", login, content_type="application/json"
    ).json()["meta"]["session_token"]
    headers = {"X-Session-Token": token}
    assert phone.get("/_allauth/app/v1/auth/session", headers=headers).status_code == 200

    company.remove_member(installer.company_membership, by=company_admin)

    assert website.get("/installers/").url.startswith("/accounts/login/")
    assert phone.get("/_allauth/app/v1/auth/session", headers=headers).status_code in (401, 410)
    assert not Session.objects.filter(session_key__in=[token, website.session.session_key]).exists()
    installer.refresh_from_db()
    assert (installer.is_active, installer.name) == (False, "Installer")
    assert installer.emailaddress_set.count() == 0
    assert Mail.objects.get(template="mails/member_removed").to == "installer1@quickinstall.example"


def test_who_is_needed_by_a_fleet_keeps_the_account_and_signs_in_again(
    company, company_admin, fleet
):
    both = CompanyMembershipFactory(company=company).user
    FleetMembershipFactory(user=both, fleet=fleet)
    before = signed_in(both.email)
    company.remove_member(both.company_membership, by=company_admin)
    assert before.get("/accounts/profile/").status_code == 302
    assert signed_in(both.email).get("/accounts/profile/").status_code == 200


def test_who_was_removed_can_be_invited_anew(company, company_admin, installer, token_of):
    email = installer.email
    company.remove_member(installer.company_membership, by=company_admin)
    company.invite(email=email, role="INSTALLER", by=company_admin)
    again = Invitation.objects.by_token(token_of(email)).register(password=PASSWORD)
    assert again != installer
    assert again.company == company


def test_a_tombstone_keeps_its_name_for_24_months(company, company_admin, installer):
    company.remove_member(installer.company_membership, by=company_admin)
    installer.refresh_from_db()
    assert installer.name == "Installer"
    installer.closed_at -= timedelta(days=731)
    assert installer.name == f"Former user {installer.pk}"


@pytest.mark.parametrize("column", ["suspended_at", "closed_at"])
def test_who_is_suspended_or_closed_is_nobody_at_the_next_request(installer, column):
    website = signed_in(installer.email)
    assert website.get("/installers/").status_code == 200
    User.objects.filter(pk=installer.pk).update(**{column: timezone.now()})
    assert website.get("/installers/").url.startswith("/accounts/login/")
    with pytest.raises(NotAllowed):
        installer.lock_membership(of=installer.company)


def test_a_suspended_company_shows_nothing(company_admin_client, company):
    Company.objects.filter(pk=company.pk).update(suspended_at=timezone.now())
    page = company_admin_client.get("/installers/")
    assert page.status_code == 403
    assert "Your company is suspended." in page.content.decode()


# --- the end ----------------------------------------------------------------------------------------------------------
def test_closing_leaves_only_tombstones(
    company, company_admin, installer, fleet, partnership, manager
):
    both = CompanyMembershipFactory(company=company).user
    FleetMembershipFactory(user=both, fleet=fleet)
    company.invite(email="late@example.com", role="INSTALLER", by=company_admin)
    Partnership.objects.filter(pk=partnership.pk).update(created_by=manager)
    browser = signed_in(company_admin.email)

    company.close(by=company_admin)

    assert not CompanyMembership.objects.live().filter(company=company).exists()
    assert not company.partnerships.live().exists()
    assert not company.invitations.standing().exists()
    assert browser.get("/installers/").status_code == 302
    assert not Session.objects.exists()
    assert set(User.objects.filter(is_active=False)) == {company_admin, installer}
    assert User.objects.get(pk=both.pk).is_active
    company.refresh_from_db()
    assert company.name == "QuickInstall"
    mail_notifications()
    told = set(Mail.objects.values_list("template", "to"))
    assert ("mails/partnership_ended_by_company", manager.email) in told
    assert ("mails/member_removed", "installer1@quickinstall.example") in told


def test_a_closed_company_frees_its_address_and_never_its_id(
    company, company_admin, invited, open_invitation
):
    company.close(by=company_admin)
    _, token = invited("office@quickinstall.example")
    founder = open_invitation(token).register(password=PASSWORD)
    again = Company.objects.register(name="QuickInstall", email=founder.email, by=founder)
    assert again.partner_id != company.partner_id


def test_closing_twice_is_refused(company, company_admin, operator):
    company.close(by=operator)
    assert refusal(lambda: company.close(by=operator)) == "company_closed"


def test_a_receiver_that_raises_rolls_the_end_back(company, company_admin):
    def refuse(**kwargs):
        raise ValueError("no")

    signals.company_closed.connect(refuse)
    try:
        with pytest.raises(ValueError, match="no"):
            company.close(by=company_admin)
    finally:
        signals.company_closed.disconnect(refuse)
    assert Company.objects.get(pk=company.pk).closed_at is None
    assert UserFactory._meta.model.objects.get(pk=company_admin.pk).company
