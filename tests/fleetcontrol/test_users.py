"""Settings ▸ Users: for the fleet's admins alone, and never without one of them."""

from datetime import timedelta

import pytest
from allauth.mfa.models import Authenticator
from django.utils import timezone

from accounts.models import FleetMembership, Invitation, User
from core.models import Mail
from tests.factories.accounts import FleetMembershipFactory

NEW = {"email": "nora@example.com", "role": "VIEWER"}


@pytest.fixture
def users(at):
    return at("settings/users/")


@pytest.fixture
def member(fleet):
    return lambda user: FleetMembership.objects.get(user=user, fleet=fleet)


@pytest.fixture
def post(fleet_admin_client, users):
    return lambda path, **sent: fleet_admin_client.post(f"{users}{path}", sent, follow=True)


def test_an_admin_sees_everybody_with_role_and_second_factor(
    fleet_admin_client, users, manager, viewer
):
    Authenticator.objects.create(user=manager, type=Authenticator.Type.TOTP, data={})
    Authenticator.objects.create(user=viewer, type=Authenticator.Type.RECOVERY_CODES, data={})
    people = {
        one.user: one.has_second_factor for one in fleet_admin_client.get(users).context["people"]
    }
    assert (people[manager], people[viewer]) == (True, False)


def test_settings_lead_to_the_users(fleet_admin_client, at, users):
    assert fleet_admin_client.get(at("settings/")).url == users


def test_an_invitation_is_sent_shown_sent_again_and_withdrawn(post, fleet):
    assert b"nora@example.com" in post("invite/", **NEW).content
    invitation = Invitation.objects.get()
    assert (invitation.fleet, invitation.role) == (fleet, "VIEWER")
    assert b"a moment ago" in post(f"invitations/{invitation.pk}/resend/").content
    Invitation.objects.update(sent_at=timezone.now() - timedelta(hours=1))
    assert b"old link no longer works" in post(f"invitations/{invitation.pk}/resend/").content
    assert Mail.objects.filter(to=NEW["email"]).count() == 2
    post(f"invitations/{invitation.pk}/withdraw/")
    assert Invitation.objects.get().state == "withdrawn"


def test_an_invitation_reads_as_what_became_of_it(post, fleet_admin_client, users):
    post("invite/", **NEW)
    Invitation.objects.update(expires_at=timezone.now())
    assert b'data-status="EXPIRED"' in fleet_admin_client.get(users).content
    Mail.objects.update(status=Mail.Status.FAILED)
    assert b'data-status="MAIL_FAILED"' in fleet_admin_client.get(users).content


@pytest.mark.parametrize(
    "wrong", [{"email": "nonsense"}, {"email": ""}, {"role": "OWNER"}, {"role": ""}]
)
def test_a_bad_invitation_is_refused_at_its_field(post, wrong):
    assert post("invite/", **NEW | wrong).context["form"].errors
    assert not Invitation.objects.exists()


def test_a_member_or_invited_person_is_not_invited_again(post, manager):
    assert b"member already" in post("invite/", **NEW | {"email": manager.email}).content
    post("invite/", **NEW)
    assert b"invited already" in post("invite/", **NEW).content
    assert Invitation.objects.count() == 1


def test_a_role_is_changed(post, member, manager):
    post(f"{member(manager).pk}/role/", role="VIEWER")
    assert member(manager).role == "VIEWER"


def test_removing_ends_membership_sessions_and_the_account_that_nothing_else_needs(
    post, fleet_admin_client, users, member, manager, manager_client, at
):
    assert manager_client.get(at("jobs/installation/")).status_code == 200
    question = fleet_admin_client.get(f"{users}{member(manager).pk}/remove/").content
    assert b"is closed; the history keeps the name" in question
    post(f"{member(manager).pk}/remove/")
    assert manager_client.get(at("jobs/installation/")).url.startswith("/accounts/login/")
    assert User.objects.get(pk=manager.pk).closed_at


def test_an_account_that_another_fleet_needs_stays(
    post, fleet_admin_client, users, member, manager, second_fleet
):
    FleetMembershipFactory(user=manager, fleet=second_fleet)
    assert (
        b"stays open, because it is needed elsewhere"
        in fleet_admin_client.get(f"{users}{member(manager).pk}/remove/").content
    )
    post(f"{member(manager).pk}/remove/")
    assert User.objects.get(pk=manager.pk).closed_at is None


@pytest.mark.parametrize(("act", "sent"), [("role", {"role": "VIEWER"}), ("remove", {})])
def test_the_last_admin_cannot_be_removed(
    post, fleet_admin_client, users, member, fleet_admin, act, sent
):
    page = post(f"{member(fleet_admin).pk}/{act}/", **sent)
    assert b"This is the last admin" in page.content
    assert member(fleet_admin).role == "ADMIN"


def test_the_last_admin_is_warned_before(fleet_admin_client, users, member, fleet_admin):
    assert (
        b"This is the last admin"
        in fleet_admin_client.get(f"{users}{member(fleet_admin).pk}/remove/").content
    )


def test_two_factor_authentication_can_be_required_of_everyone(post, fleet, manager_client, at):
    post("second-factor/", required="on")
    fleet.refresh_from_db()
    assert fleet.require_second_factor
    assert "2fa" in manager_client.get(at("jobs/installation/")).url


# --- who ----------------------------------------------------------------------------------------------------------
PATHS = ["", "invite/", "second-factor/", "{}/role/", "{}/remove/"]
POSTS = [*PATHS[1:], "invitations/{}/resend/", "invitations/{}/withdraw/"]


@pytest.mark.parametrize("path", PATHS)
def test_only_an_admin_finds_the_page(outsiders, manager_client, users, member, manager, path):
    url = users + path.format(member(manager).pk)
    for client, expected in {manager_client: 403, **outsiders}.items():
        assert client.get(url).status_code == expected


@pytest.mark.parametrize("path", POSTS)
def test_only_an_admin_may_act(
    outsiders, manager_client, users, fleet, fleet_admin, member, viewer, path
):
    invitation = fleet.invite(email=NEW["email"], role="VIEWER", by=fleet_admin)
    url = users + path.format(invitation.pk if "invitations" in path else member(viewer).pk)
    for client, expected in {manager_client: 403, **outsiders}.items():
        sent = {"email": "x@hacked.example", "role": "ADMIN", "required": "on"}
        assert client.post(url, sent).status_code == expected
    assert member(viewer).role == "VIEWER"
    assert [(one.email, one.state) for one in Invitation.objects.all()] == [(NEW["email"], "open")]
    fleet.refresh_from_db()
    assert not fleet.require_second_factor


def test_members_and_invitations_of_another_fleet_are_not_found(
    post, users, other_fleet, outside_manager
):
    theirs = FleetMembership.objects.get(user=outside_manager)
    invitation = other_fleet.invite(email="x@y.example", role="VIEWER", by=None)
    for path in (
        f"{theirs.pk}/role/",
        f"{theirs.pk}/remove/",
        f"invitations/{invitation.pk}/withdraw/",
    ):
        assert post(path, role="VIEWER").status_code == 404
    assert FleetMembership.objects.filter(pk=theirs.pk, role="MANAGER").exists()


@pytest.mark.parametrize("number", [1, 30])
def test_the_page_costs_the_same_for_one_and_for_many(
    number, fleet_admin_client, users, fleet, statements
):
    for _n in range(number):
        FleetMembershipFactory(fleet=fleet)
    assert statements(lambda: fleet_admin_client.get(users)) <= 6


def test_admins_and_managers_are_shown_the_way_to_the_settings_that_they_may_open(
    fleet_admin_client, manager_client, viewer_client, at
):
    for client in (fleet_admin_client, manager_client):
        assert at("settings/") in client.get(at("vehicles/")).content.decode()
    assert at("settings/") not in viewer_client.get(at("vehicles/")).content.decode()
    assert manager_client.get(at("settings/")).url == at("settings/accesses/")
    assert manager_client.get(at("settings/users/")).status_code == 403
