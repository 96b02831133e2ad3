"""At the same moment: one winner, clean answers for the others, and no rule broken.

Real threads, judged afterwards by the rows.
"""

from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import transaction

from accounts.models import Company, CompanyMembership, Invitation, Partnership, User
from core.errors import MoveRefused, NotAllowed
from core.models import Mail
from jobs.models import Job
from tests.factories.accounts import (
    PASSWORD,
    CompanyMembershipFactory,
    FleetMembershipFactory,
    PartnershipFactory,
)
from tests.product import wait_for
from tests.threads import race, somebody_waits

pytestmark = pytest.mark.django_db(transaction=True)
CLEAN = (MoveRefused, NotAllowed)


def again(row):
    return type(row).objects.get(pk=row.pk)


def outcome(results) -> tuple[int, list[str]]:
    """How many went through, and the words of the refusals; anything else is a bug and raised."""
    broken = [
        result
        for result in results
        if isinstance(result, Exception) and not isinstance(result, CLEAN)
    ]
    assert not broken, broken
    refused = [result.code for result in results if isinstance(result, CLEAN)]
    return len(results) - len(refused), refused


def test_a_link_opened_twice_at_once_makes_one_account(company, company_admin, token_of):
    company.invite(email="nora@example.com", role="INSTALLER", by=company_admin)
    token = token_of("nora@example.com")
    register = lambda: Invitation.objects.by_token(token).register(password=PASSWORD)  # noqa: E731
    won, refused = outcome(race(register, register, register))
    assert won == 1
    assert set(refused) <= {"account_exists", "invitation_used"}
    assert User.objects.get(email="nora@example.com").company == company


@pytest.mark.pg
def test_one_address_is_invited_once(fleet, manager, fleet_admin):
    invite = lambda by: lambda: Partnership.invite(fleet=fleet, email="new@partner.example", by=by)  # noqa: E731
    assert outcome(race(*[invite(by) for by in (manager, fleet_admin) * 4])) == (
        1,
        ["already_invited"] * 7,
    )
    assert Mail.objects.filter(to="new@partner.example").count() == 1


@pytest.mark.pg
def test_two_addresses_of_one_company_make_one_pending_client(
    fleet, manager, fleet_admin, company, installer
):
    invite = lambda email, by: lambda: Partnership.invite(fleet=fleet, email=email, by=by)  # noqa: E731
    results = race(invite(company.email, manager), invite(installer.email, fleet_admin))
    assert outcome(results) == (2, [])
    assert company.partnerships.pending().count() == 1


def test_the_last_two_admins_do_not_both_go(company, company_admin):
    other = CompanyMembershipFactory(company=company, role="ADMIN").user
    leave = lambda user: lambda: again(company).remove_member(user.company_membership, by=user)  # noqa: E731
    assert outcome(race(leave(company_admin), leave(other))) == (1, ["last_admin"])
    assert company.memberships.live().admins().count() == 1


@pytest.mark.pg
@pytest.mark.parametrize("act", ["remove_member", "change_role"])
def test_who_acts_on_a_member_waits_for_them_without_holding_an_own_lock(company, act):
    """A suspension of a fleet locks the memberships in the order of their keys: so it waits for nobody in a circle."""
    member = CompanyMembershipFactory(company=company)
    admin = CompanyMembershipFactory(company=company, role="ADMIN")
    role = {"role": "ADMIN"} if act == "change_role" else {}
    move = lambda: getattr(again(company), act)(again(member), by=again(admin.user), **role)  # noqa: E731
    locked = CompanyMembership.objects.select_for_update(of=("self",), no_key=True)
    with ThreadPoolExecutor(1) as threads:
        with transaction.atomic():
            locked.get(pk=member.pk)
            moved = threads.submit(race, move)
            wait_for(somebody_waits, 20, "the move")
            CompanyMembership.objects.select_for_update(nowait=True).get(pk=admin.pk)
        assert moved.result() == [None]


def test_the_last_two_admins_of_a_fleet_do_not_both_step_down(fleet, fleet_admin):
    other = FleetMembershipFactory(fleet=fleet, role="ADMIN")
    mine = fleet_admin.fleet_memberships.get()
    step_down = lambda row: lambda: again(fleet).change_role(again(row), "VIEWER", by=row.user)  # noqa: E731
    assert outcome(race(step_down(mine), step_down(other))) == (1, ["last_admin"])
    assert fleet.memberships.admins().count() == 1


def test_accept_and_decline_at_once_have_one_winner(fleet, company, company_admin):
    other = CompanyMembershipFactory(company=company, role="ADMIN").user
    link = PartnershipFactory(fleet=fleet, company=company, status="PENDING")
    won, refused = outcome(
        race(lambda: again(link).accept(by=company_admin), lambda: again(link).decline(by=other))
    )
    assert (won, refused) == (1, ["wrong_status"])
    assert again(link).version == 2


@pytest.mark.pg
def test_an_invitation_sent_again_by_two_managers_at_once_is_one_mail(
    fleet, company, manager, fleet_admin
):
    link = PartnershipFactory(fleet=fleet, company=company, status="PENDING")
    results = race(
        lambda: again(link).resend(by=manager), lambda: again(link).resend(by=fleet_admin)
    )
    assert outcome(results) == (1, ["just_sent"])
    assert Mail.objects.filter(to=link.email).count() == 1


@pytest.mark.pg
def test_an_invitation_is_not_sent_again_while_it_is_answered(
    fleet, company, company_admin, manager
):
    link = PartnershipFactory(fleet=fleet, company=company, status="PENDING")
    outcome(
        race(lambda: again(link).accept(by=company_admin), lambda: again(link).resend(by=manager))
    )
    assert again(link).status == "ACCEPTED"
    assert not Invitation.objects.standing().exists(), "no link opens what was answered"


@pytest.mark.pg
def test_override_is_set_while_the_partnership_ends_and_another_is_invited(
    fleet, partnership, manager, fleet_admin
):
    both = (manager, fleet_admin)
    email = partnership.company.email
    for value in (True, False) * 5:
        outcome(
            race(
                *[
                    lambda by=by, value=value: again(partnership).set_override(value, by=by)
                    for by in both
                ],
                lambda: again(partnership).end(by=manager),
                lambda: Partnership.invite(fleet=fleet, email=email, by=manager),
            )
        )
    assert again(partnership).ended_at


def test_an_accept_races_the_fleets_withdrawal(fleet, company, company_admin, manager):
    link = PartnershipFactory(fleet=fleet, company=company, status="PENDING")
    race(lambda: again(link).accept(by=company_admin), lambda: again(link).end(by=manager))
    assert again(link).ended_at, "whoever was first, the fleet does not want it any more"
    assert not company.partnerships.accepted().exists()


def test_a_take_races_the_installers_removal(company, company_admin, assigned_job, installer):
    membership = installer.company_membership
    outcome(
        race(
            lambda: again(assigned_job).take(by=installer),
            lambda: again(company).remove_member(membership, by=company_admin),
        )
    )
    assert not CompanyMembership.objects.live().filter(user=installer).exists()
    assert (again(assigned_job).status, again(assigned_job).assignee) == ("ASSIGNED", None)


def test_an_assignment_races_the_end_of_the_partnership(
    company_admin, pending_job, partnership, manager
):
    assign = lambda: again(pending_job).assign(partnership.company, by=manager)  # noqa: E731
    outcome(race(assign, lambda: again(partnership).end(by=company_admin)))
    assert (again(pending_job).status, again(pending_job).company) == ("PENDING", None)


@pytest.mark.pg
def test_takes_assignments_and_invitations_race_the_end_of_a_company(
    company, company_admin, installer, colleague, assigned_job, partnership, manager, token_of
):
    company.invite(email="nora@example.com", role="INSTALLER", by=company_admin)
    token = token_of("nora@example.com")
    outcome(
        race(
            lambda: again(company).close(by=company_admin),
            lambda: again(assigned_job).take(by=installer),
            lambda: again(assigned_job).take(by=colleague),
            lambda: Invitation.objects.by_token(token).register(password=PASSWORD),
            lambda: again(partnership).end(by=manager),
            lambda: again(company).remove_member(colleague.company_membership, by=company_admin),
        )
    )
    assert again(company).closed_at
    assert not CompanyMembership.objects.live().exists()
    assert not Partnership.objects.live().exists()
    assert not Job.objects.filter(status__in=["ASSIGNED", "RUNNING"]).exists()
    assert not Invitation.objects.standing().exists()


@pytest.mark.pg
def test_one_address_does_not_come_to_two_companies(
    company, other_company, company_admin, outside_admin
):
    """Both ask for the same address as their own, and its reader confirms both at once."""
    Company.objects.update(new_email="shared@example.com")
    won, refused = outcome(
        race(
            *[
                lambda c=c: again(c).confirm_email("shared@example.com")
                for c in (company, other_company)
            ]
        )
    )
    assert (won, refused) == (1, ["address_taken"])


@pytest.mark.pg
def test_a_person_joins_one_of_two_companies(
    company, other_company, company_admin, outside_admin, token_of, manager
):
    tokens = []
    for of, by in ((company, company_admin), (other_company, outside_admin)):
        of.invite(email=manager.email, role="INSTALLER", by=by)
        tokens.append(token_of(manager.email))
    results = race(
        *[
            lambda token=token: Invitation.objects.by_token(token).accept(by=manager)
            for token in tokens
        ]
    )
    assert outcome(results) == (1, ["has_company"])
    assert manager.company_memberships.live().count() == 1
