"""Whom a change of roles, teams and addresses concerns gets a mail of it, and nobody else."""

import pytest
from django.test import Client
from django.utils import timezone

from accounts.models import Company, FleetMembership, Invitation, OperatorAction, Partnership
from core.errors import MoveRefused
from core.mail.letter import render
from core.models import Mail
from jobs.tasks import mail_notifications
from tests.accounts.test_admin import act, address
from tests.factories.accounts import (
    AgreementFactory,
    CompanyMembershipFactory,
    FleetMembershipFactory,
    UserFactory,
)


def notified(template: str = "mails/change") -> list[tuple[str, str]]:
    rows = Mail.objects.filter(template=template).order_by("pk")
    return [(mail.to, mail.context.get("what", "")) for mail in rows]


def subject(mail: Mail) -> str:
    return render(mail.template, mail.context, language="en", time_zone="UTC").subject


# --- a role -----------------------------------------------------------------------------------------------------------
def test_a_person_is_notified_of_their_new_role(company, company_admin, installer):
    company.change_role(installer.company_membership, "ADMIN", by=company_admin)
    assert notified() == [(installer.email, "role")]
    assert (
        subject(Mail.objects.get(template="mails/change")) == "You are now an admin of QuickInstall"
    )


def test_nobody_is_notified_of_a_role_that_stays(fleet, fleet_admin, viewer):
    fleet.change_role(viewer.fleet_memberships.get(), "VIEWER", by=fleet_admin)
    assert notified() == []


# --- a second factor --------------------------------------------------------------------------------------------------
@pytest.mark.parametrize("team", ["fleet", "company"])
def test_everyone_is_notified_when_two_factor_authentication_is_required(request, team, operator):
    of = request.getfixturevalue(team)
    people = {
        request.getfixturevalue(who).email
        for who in (("manager", "viewer") if team == "fleet" else ("installer",))
    }
    of.set_second_factor(True, by=operator)
    of.set_second_factor(True, by=operator)
    of.set_second_factor(False, by=operator)
    assert sorted(notified()) == sorted((email, "second_factor") for email in people), "once"


# --- suspended --------------------------------------------------------------------------------------------------------
def test_a_suspended_person_is_told_and_told_again_when_it_is_over(operator_client, installer):
    act(operator_client, "suspend", installer)
    act(operator_client, "suspend", installer)
    act(operator_client, "reinstate", installer)
    assert notified() == [(installer.email, "suspended"), (installer.email, "reinstated")]


@pytest.mark.parametrize(
    ("row", "people"),
    [
        ("company", {"installer"}),
        ("fleet", {"manager", "viewer"}),
        ("provider", {"manager", "viewer"}),
    ],
)
def test_the_people_of_a_suspended_tenant_are_told(
    request, operator_client, fleet, company, row, people
):
    addresses = {request.getfixturevalue(who).email for who in people}
    target = fleet.provider if row == "provider" else request.getfixturevalue(row)
    act(operator_client, "suspend", target)
    act(operator_client, "reinstate", target)
    assert sorted(notified()) == sorted(
        (email, what) for email in addresses for what in ("team_suspended", "team_reinstated")
    )


# --- the company's address, and its end -------------------------------------------------------------------------------
def test_the_replaced_address_of_a_company_is_told(company, company_admin):
    old = company.email
    company.edit(name=company.name, email="new@quickinstall.example", by=company_admin)
    assert notified() == [], "it counts once it is confirmed"
    company.confirm_email("new@quickinstall.example")
    assert notified() == [(old, "company_email")]


def test_saving_ones_own_name_asks_for_no_confirmation_again(
    company, company_admin, company_admin_client
):
    form = {
        "name": company.name,
        "email": "new@quickinstall.example",
        "first_name": "A",
        "last_name": "B",
    }
    for _time in range(3):
        company_admin_client.post("/installers/company/", form)
    assert Mail.objects.filter(to="new@quickinstall.example").count() == 1


def test_mailboxes_are_not_filled_by_changing_the_company_address(
    company, company_admin, company_admin_client
):
    company.edit(name=company.name, email="one@example.com", by=company_admin)
    form = {"name": "Renamed", "email": "two@example.com", "first_name": "A", "last_name": "B"}
    page = company_admin_client.post("/installers/company/", form)
    assert "email" in page.context["form"].errors
    company.refresh_from_db()
    assert (company.name, company.new_email) == ("QuickInstall", "one@example.com"), (
        "nothing half done"
    )
    assert not Mail.objects.filter(to="two@example.com").exists()


def test_the_confirmation_is_asked_for_again_by_a_click(
    company, company_admin, company_admin_client
):
    company.edit(name=company.name, email="one@example.com", by=company_admin)
    again = "/installers/company/email/"
    company_admin_client.post(again)
    assert Mail.objects.filter(to="one@example.com").count() == 1, "a moment later"
    Company.objects.update(new_email_requested_at=timezone.now() - timezone.timedelta(minutes=2))
    company_admin_client.post(again)
    assert Mail.objects.filter(to="one@example.com").count() == 2
    company.confirm_email("one@example.com")
    with pytest.raises(MoveRefused):
        company.resend_confirmation(by=company_admin)


def test_who_deletes_the_company_has_it_in_writing(company, company_admin, installer):
    mine = company_admin.email
    company.close(by=company_admin)
    assert notified() == [(mine, "company_deleted")]
    assert notified("mails/member_removed") == [(installer.email, "")]


def test_who_waits_for_a_company_that_closes_gets_a_no_and_may_ask_again(
    company, company_admin, fleet, manager
):
    link = Partnership.invite(fleet=fleet, email=company.email, by=manager)
    twin = Partnership.invite(fleet=fleet, email=company_admin.email, by=manager)
    company.close(by=company_admin)
    for row in (link, twin):
        row.refresh_from_db()
        assert (row.status, row.company, row.ended_at) == ("DECLINED", None, None)
    mail_notifications()
    assert notified("mails/partnership_declined") == [(manager.email, "")]
    again = Partnership.invite(fleet=fleet, email=link.email, by=manager)
    assert again.status == "PENDING"


# --- an invitation that is declined -----------------------------------------------------------------------------------
@pytest.mark.parametrize("into", ["company", "fleet"])
def test_the_inviter_is_told_of_a_declined_invitation(request, db, into, token_of):
    team, by = request.getfixturevalue(into), request.getfixturevalue(f"{into}_admin")
    team.invite(email="nora@example.com", role="ADMIN", by=by)
    Client().post(f"/invitations/{token_of('nora@example.com')}/decline/")
    mail = Mail.objects.get(template="mails/invitation_declined")
    assert (mail.to, mail.context["path"]) == (by.email, team.users_path)


def test_the_other_admins_are_told_when_the_inviter_has_gone(fleet, fleet_admin, token_of):
    other = FleetMembershipFactory(fleet=fleet, role="ADMIN").user
    fleet.invite(email="nora@example.com", role="VIEWER", by=other)
    path = f"/invitations/{token_of('nora@example.com')}/decline/"
    other.suspend()
    Client().post(path)
    assert notified("mails/invitation_declined") == [(fleet_admin.email, "")]


# --- what operators do ------------------------------------------------------------------------------------------------
def test_a_refused_invitation_is_told_in_the_form_and_to_nobody_as_done(
    operator_client, company, company_admin
):
    company.invite(email="nora@example.com", role="INSTALLER", by=company_admin)
    form = {"email": "nora@example.com", "company": company.pk, "role": "ADMIN"}
    page = operator_client.post(address(Invitation, "add"), form)
    assert page.status_code == 200
    assert b"invited already" in page.content
    assert b"nora@example.com" in page.content, "what was typed stays"
    assert not OperatorAction.objects.exists()
    assert Invitation.objects.count() == 1


def test_a_refused_role_is_told_in_the_form_and_to_nobody_as_done(
    operator_client, fleet, fleet_admin
):
    row = fleet_admin.fleet_memberships.get()
    page = operator_client.post(address(FleetMembership, "change", row.pk), {"role": "VIEWER"})
    assert (page.status_code, b"This is the last admin" in page.content) == (200, True)
    assert not OperatorAction.objects.exists()
    row.refresh_from_db()
    assert row.role == "ADMIN"


def test_nobody_is_put_into_a_suspended_fleet(operator_client, fleet, operator):
    fleet.suspend()
    form = {"user": UserFactory().pk, "fleet": fleet.pk, "role": "VIEWER"}
    page = operator_client.post(address(FleetMembership, "add"), form)
    assert (page.status_code, b"This fleet is suspended" in page.content) == (200, True)
    assert not OperatorAction.objects.exists()


def test_a_partners_invitation_withdrawn_by_an_operator_ends_the_partnership(
    operator_client, invited, fleet
):
    link, _token = invited()
    act(operator_client, "withdraw", link.invitation)
    link.refresh_from_db()
    assert link.ended_at
    assert fleet.operator_actions.get().what == "WITHDRAW"


def test_a_mail_sent_again_is_told_to_whom_it_concerns(
    operator_client, company, company_admin, fleet, manager
):
    company.invite(email="nora@example.com", role="INSTALLER", by=company_admin)
    fleet.admit(UserFactory(email="viktor@example.com"), "VIEWER")
    Mail.objects.enqueue(to="viktor@example.com", template="mails/password_reset", context={})
    Mail.objects.enqueue(to=company.email, template="mails/company_email", context={})
    Mail.objects.update(status="FAILED")
    for mail in Mail.objects.all():
        act(operator_client, "send_again", mail)
    assert [told.what for told in company.operator_actions.all()] == ["RESEND", "RESEND"]
    assert [told.what for told in fleet.operator_actions.all()] == ["RESEND"]


# --- a new version of the agreement -----------------------------------------------------------------------------------
@pytest.fixture
def draft(company, company_admin):
    return AgreementFactory(version=2, published_at=None)


def test_a_published_version_is_told_to_the_admins_of_every_living_company(
    operator_client, draft, company_admin, installer, other_company, outside_admin
):
    gone = CompanyMembershipFactory(role="ADMIN")
    gone.company.close(by=None)
    Mail.objects.all().delete()
    act(operator_client, "publish", draft)
    mail_notifications()
    assert {mail.to for mail in Mail.objects.all()} == {company_admin.email, outside_admin.email}
    notification = company_admin.notifications.get()
    assert (notification.verb, notification.path) == (
        "agreement_published",
        "/installers/register/agreement/",
    )
    assert "agreement" in notification.sentence
    assert {told.what for told in OperatorAction.objects.all()} == {"PUBLISH"}
    assert set(OperatorAction.objects.values_list("company", flat=True)) == {
        other_company.pk,
        company_admin.company.pk,
    }


def test_a_version_is_published_once(operator_client, draft, company_admin):
    act(operator_client, "publish", draft)
    page = act(operator_client, "publish", draft)
    assert b"published already" in page.content
    assert company_admin.notifications.count() == 1
    assert company_admin.company.operator_actions.count() == 1


def test_the_bell_shows_the_new_version(operator_client, draft, company_admin_client):
    act(operator_client, "publish", draft)
    page = company_admin_client.get("/accounts/notices/")
    assert b"new version of the agreement" in page.content


@pytest.mark.parametrize(
    ("days", "words"),
    [(1, b"Accept it for the company by"), (15, b"No new jobs can be taken until you accept")],
)
def test_the_first_page_says_how_much_time_is_left(draft, company_admin_client, days, words):
    draft.publish(by=None)
    type(draft).objects.filter(pk=draft.pk).update(
        published_at=timezone.now() - timezone.timedelta(days=days)
    )
    assert words in company_admin_client.get("/installers/").content
