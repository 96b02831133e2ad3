from contextlib import contextmanager, nullcontext

import pytest

from accounts import signals
from accounts.models import Company, Partnership
from core.errors import MoveRefused, NotAllowed
from core.models import Mail
from jobs.tasks import mail_notifications
from tests.factories.accounts import (
    CompanyMembershipFactory,
    FleetFactory,
    FleetMembershipFactory,
    PartnershipFactory,
)

PENDING, ACCEPTED, DECLINED = Partnership.Status.values


@contextmanager
def refused(code):
    with pytest.raises(MoveRefused) as refusal:
        yield
    assert refusal.value.code == code


# --- inviting ---------------------------------------------------------------------------------------------------------
def test_an_unknown_address_gets_a_mail_and_no_company(fleet, manager):
    link = Partnership.invite(
        fleet=fleet, email="New@Partner.example", by=manager, allow_override=True
    )
    assert (link.status, link.company, link.email, link.allow_override) == (
        PENDING,
        None,
        "new@partner.example",
        True,
    )
    mail = Mail.objects.get(to="new@partner.example")
    assert mail.context["known"] is False


@pytest.mark.parametrize(
    "email", ["OFFICE@quickinstall.example", "installer1@QUICKINSTALL.example"]
)
def test_a_known_address_makes_a_pending_client_of_its_company(
    fleet, manager, company, installer, email
):
    assert Partnership.invite(fleet=fleet, email=email, by=manager).company == company


def test_an_unverified_address_leads_nowhere(fleet, manager, company, installer):
    installer.emailaddress_set.update(verified=False)
    Company.objects.update(email_verified_at=None)
    assert Partnership.invite(fleet=fleet, email=installer.email, by=manager).company is None
    assert Partnership.invite(fleet=fleet, email=company.email, by=manager).company is None


def test_the_address_of_somebody_who_left_leads_nowhere(
    fleet, manager, company, company_admin, installer
):
    email = installer.email
    company.remove_member(installer.company_membership, by=company_admin)
    assert Partnership.invite(fleet=fleet, email=email, by=manager).company is None


def test_a_second_invitation_of_an_address_is_refused(invited, fleet, manager):
    invited()
    with refused("already_invited"):
        Partnership.invite(fleet=fleet, email="NEW@partner.example", by=manager)


def test_an_accepted_company_is_not_invited_again_by_any_of_its_addresses(
    partnership, manager, installer
):
    for email in (partnership.company.email, installer.email):
        with refused("already_partner"):
            Partnership.invite(fleet=partnership.fleet, email=email, by=manager)


def test_another_fleet_may_invite_the_same_address(invited, other_fleet, outside_manager):
    invited()
    assert (
        Partnership.invite(
            fleet=other_fleet, email="new@partner.example", by=outside_manager
        ).status
        == PENDING
    )


def test_two_addresses_of_one_company_wait_apart_and_become_one_when_it_accepts(
    fleet, manager, company, company_admin, installer
):
    first = Partnership.invite(fleet=fleet, email=company.email, by=manager)
    second = Partnership.invite(fleet=fleet, email=installer.email, by=manager)
    assert second.company is None, "else the dialog would say who works where"
    first.accept(by=company_admin)
    assert list(fleet.partnerships.live()) == [first]


def test_declining_answers_every_address_of_the_company(
    fleet, manager, company, company_admin, installer
):
    first = Partnership.invite(fleet=fleet, email=company.email, by=manager)
    Partnership.invite(fleet=fleet, email=installer.email, by=manager)
    first.decline(by=company_admin)
    assert set(fleet.partnerships.live().values_list("status", flat=True)) == {DECLINED}


def test_a_declined_invitation_gives_way_to_a_new_one_in_one_call(
    fleet, manager, company, company_admin
):
    old = Partnership.invite(fleet=fleet, email=company.email, by=manager)
    old.decline(by=company_admin)
    new = Partnership.invite(fleet=fleet, email=company.email, by=manager)
    old.refresh_from_db()
    assert old.ended_at
    assert old.ended_by == manager
    assert (new.status, new.company) == (PENDING, company)


def test_after_a_decline_another_address_of_the_company_reaches_it(
    fleet, manager, company, company_admin, installer
):
    Partnership.invite(fleet=fleet, email=company.email, by=manager).decline(by=company_admin)
    again = Partnership.invite(fleet=fleet, email=installer.email, by=manager)
    assert again.company == company
    again.accept(by=company_admin)


def test_the_fleet_sees_the_address_alone_until_the_company_accepts(
    invited, company, company_admin
):
    link, _ = invited(company.email)
    assert link.shown_name == company.email
    link.accept(by=company_admin)
    assert link.shown_name == "QuickInstall"


# --- who may ----------------------------------------------------------------------------------------------------------
FLEET_SIDE = ["fleet_admin", "manager", "operator"]
COMPANY_SIDE = ["company_admin", "operator"]
EVERYBODY = [
    "fleet_admin",
    "manager",
    "viewer",
    "company_admin",
    "installer",
    "outside_manager",
    "outside_admin",
    "outside_installer",
    "operator",
]


@pytest.mark.parametrize("who", EVERYBODY)
@pytest.mark.parametrize(
    ("verb", "status", "allowed"),
    [
        ("accept", PENDING, COMPANY_SIDE),
        ("decline", PENDING, COMPANY_SIDE),
        ("end", PENDING, FLEET_SIDE + COMPANY_SIDE),
        ("end", ACCEPTED, FLEET_SIDE + COMPANY_SIDE),
        ("end", DECLINED, FLEET_SIDE + COMPANY_SIDE),
        ("set_override", PENDING, FLEET_SIDE),
        ("set_override", ACCEPTED, FLEET_SIDE),
        ("resend", PENDING, FLEET_SIDE),
    ],
)
def test_every_move_by_every_role(request, fleet, company, who, verb, status, allowed):
    link = PartnershipFactory(fleet=fleet, company=company, status=status)
    by = request.getfixturevalue(who)
    values = [True] if verb == "set_override" else []
    with nullcontext() if who in allowed else pytest.raises(NotAllowed):
        getattr(link, verb)(*values, by=by)
    if who in allowed:
        return
    link.refresh_from_db()
    assert (link.status, link.ended_at, link.allow_override, link.version) == (
        status,
        None,
        False,
        1,
    )


@pytest.mark.parametrize("who", EVERYBODY)
def test_who_may_invite(request, fleet, who):
    with nullcontext() if who in FLEET_SIDE else pytest.raises(NotAllowed):
        Partnership.invite(fleet=fleet, email="a@b.example", by=request.getfixturevalue(who))
    assert Partnership.objects.count() == (who in FLEET_SIDE)


@pytest.mark.parametrize(
    ("verb", "status"),
    [
        ("accept", ACCEPTED),
        ("accept", DECLINED),
        ("decline", ACCEPTED),
        ("decline", DECLINED),
        ("resend", ACCEPTED),
        ("resend", DECLINED),
        ("set_override", DECLINED),
    ],
)
def test_moves_from_a_wrong_status_are_refused(fleet, company, operator, verb, status):
    link = PartnershipFactory(fleet=fleet, company=company, status=status)
    with refused("wrong_status"):
        link.set_override(True, by=operator) if verb == "set_override" else getattr(link, verb)(
            by=operator
        )


@pytest.mark.parametrize("verb", ["accept", "decline", "end", "resend"])
def test_what_has_ended_stays_ended(partnership, operator, verb):
    Partnership.objects.get(pk=partnership.pk).end(by=operator)
    with refused("wrong_status"):
        getattr(partnership, verb)(by=operator)


def test_a_suspended_manager_or_fleet_can_do_nothing(fleet, manager, outside_manager, other_fleet):
    manager.suspend()
    other_fleet.provider.suspended_at = other_fleet.created_at
    other_fleet.provider.save()
    for by, of in ((manager, fleet), (outside_manager, other_fleet)):
        with pytest.raises(NotAllowed):
            Partnership.invite(fleet=of, email="a@b.example", by=by)


# --- ending -----------------------------------------------------------------------------------------------------------
def test_ending_tells_the_floors_above_inside_the_transaction(partnership, manager):
    def refuse(**kwargs):
        raise ValueError("no")

    signals.partnership_ended.connect(refuse)
    try:
        with pytest.raises(ValueError, match="no"):
            partnership.end(by=manager)
    finally:
        signals.partnership_ended.disconnect(refuse)
    partnership.refresh_from_db()
    assert partnership.ended_at is None


@pytest.mark.parametrize(
    ("who", "template", "to"),
    [
        ("manager", "mails/partnership_ended_by_fleet", "admin@quickinstall.example"),
        ("company_admin", "mails/partnership_ended_by_company", "manager@appdrive.example"),
    ],
)
def test_the_other_side_is_told_of_the_end(
    request, partnership, manager, company_admin, who, template, to
):
    partnership.created_by = manager
    partnership.save()
    partnership.end(by=request.getfixturevalue(who))
    mail_notifications()
    assert list(Mail.objects.values_list("template", "to")) == [(template, to)]


def test_an_ended_partnership_is_no_basis_for_jobs(
    partnership, fleet, company, manager, django_db_blocker
):
    assert Partnership.lock_accepted(fleet, company) == partnership
    partnership.end(by=manager)
    with refused("not_a_partner"):
        Partnership.lock_accepted(fleet, company)


def test_ending_a_pending_one_kills_its_link(invited, open_invitation, manager):
    link, token = invited()
    link.end(by=manager)
    assert open_invitation(token).state == "withdrawn"


def test_a_person_of_both_sides_may_act_for_each(fleet, company):
    both = CompanyMembershipFactory(company=company, role="ADMIN").user
    FleetMembershipFactory(fleet=fleet, user=both, role="MANAGER")
    Partnership.invite(fleet=fleet, email=company.email, by=both).accept(by=both)
    Partnership.invite(fleet=FleetFactory(), email=company.email, by=None).accept(by=both)
    assert company.partnerships.accepted().count() == 2
