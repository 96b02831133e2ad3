"""The role of a member or an invitation is one that the company or fleet has, at every door and in rows from before."""

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.urls import reverse

from accounts.models import CompanyMembership, FleetMembership, Invitation
from core.errors import MoveRefused
from tests.factories.accounts import CompanyMembershipFactory, FleetMembershipFactory
from tests.old_rows import store, unchecked

WRONG = ["KING", "admin", "", "5", "null", "[[]]", "{}", '"x"']


@pytest.fixture
def invitations(fleet, fleet_admin, company, company_admin):
    """One into the fleet and one into the company."""
    return [
        fleet.invite(email="nora@example.com", role="VIEWER", by=fleet_admin),
        company.invite(email="otto@example.com", role="INSTALLER", by=company_admin),
    ]


def refusal(move) -> str:
    with pytest.raises(MoveRefused) as refused:
        move()
    return refused.value.code


def test_the_database_refuses_another_role(invitations, fleet, company):
    members = [FleetMembershipFactory(fleet=fleet), CompanyMembershipFactory(company=company)]
    for row in (*invitations, *members):
        for wrong in WRONG:
            with pytest.raises(IntegrityError), transaction.atomic():
                store(row, role=wrong)


def test_the_database_refuses_the_role_of_another_kind_of_team(invitations):
    into_fleet, into_company = invitations
    for row, role in ((into_fleet, "INSTALLER"), (into_company, "VIEWER")):
        with pytest.raises(IntegrityError), transaction.atomic():
            store(row, role=role)


def test_the_moves_refuse_another_role(fleet, fleet_admin, company, company_admin, viewer):
    membership = fleet.memberships.get(user=viewer)
    for wrong in [*WRONG, "INSTALLER"]:
        assert (
            refusal(
                lambda role=wrong: fleet.invite(email="n@example.com", role=role, by=fleet_admin)
            )
            == "no_such_role"
        )
        assert (
            refusal(lambda role=wrong: fleet.change_role(membership, role, by=fleet_admin))
            == "no_such_role"
        )
        assert refusal(lambda role=wrong: fleet.admit(company_admin, role)) == "no_such_role"
    assert (
        refusal(lambda: company.invite(email="n@example.com", role="VIEWER", by=company_admin))
        == "no_such_role"
    )
    assert not Invitation.objects.exists()


def test_an_invitation_names_its_field(invitations):
    for row in invitations:
        for wrong in WRONG:
            row.role = wrong
            with pytest.raises(ValidationError) as refused:
                row.full_clean()
            assert list(refused.value.message_dict) == ["role"]


@pytest.mark.parametrize("team", ["company", "fleet"])
def test_the_form_of_operators_names_the_field_of_a_wrong_role(request, operator_client, team):
    about = {"email": "nora@example.com", team: request.getfixturevalue(team).pk}
    url = reverse("admin:accounts_invitation_add")
    for wrong in [*WRONG, {"company": "VIEWER", "fleet": "INSTALLER"}[team]]:
        page = operator_client.post(url, about | {"role": wrong})
        assert page.status_code == 200
        assert list(page.context["adminform"].form.errors) == ["role"]
    assert operator_client.post(url, about | {"role": "ADMIN"}).status_code == 302
    assert Invitation.objects.get().role == "ADMIN"


@pytest.mark.parametrize("move", ["withdraw", "decline"])
def test_an_old_invitation_with_a_wrong_role_can_be_ended(invitations, move, fleet_admin):
    invitation = invitations[0]
    with unchecked(Invitation):
        store(invitation, role="KING")
    invitation.refresh_from_db()
    getattr(invitation, move)(by=fleet_admin if move == "withdraw" else None)
    assert invitation.state in ("withdrawn", "declined")


def test_an_old_invitation_with_a_wrong_role_makes_no_member_and_is_not_sent_again(
    invitations, fleet, fleet_admin
):
    invitation = invitations[0]
    with unchecked(Invitation):
        store(invitation, role="KING", sent_at="2020-01-01")
    invitation.refresh_from_db()
    assert refusal(lambda: invitation.register(password="correct-horse-battery")) == "no_such_role"
    assert refusal(lambda: invitation.resend(by=fleet_admin)) == "no_such_role"
    assert not FleetMembership.objects.filter(user__email="nora@example.com").exists()


def test_old_members_with_a_wrong_role_can_be_removed(
    fleet, fleet_admin, company, company_admin, installer, viewer
):
    for team, admin, person in ((company, company_admin, installer), (fleet, fleet_admin, viewer)):
        membership = team.memberships.get(user=person)
        with unchecked(type(membership)):
            store(membership, role="KING")
        team.remove_member(membership, by=admin)
    assert CompanyMembership.objects.filter(user=installer, ended_at=None).count() == 0
    assert FleetMembership.objects.filter(user=viewer).count() == 0
