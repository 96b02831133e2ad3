"""An invitation is declined by whom it was meant for, the inviter sees it, and asks again by one click."""

import re

import pytest
from django.test import Client
from django.utils import timezone

from accounts.models import Invitation, User
from core.errors import NotAllowed
from tests.factories.accounts import PASSWORD

NORA = "nora@example.com"
INTO = ["company", "fleet"]


@pytest.fixture
def invite(company, company_admin, fleet, fleet_admin, token_of):
    """Invite `email` into the company or the fleet: (invitation, path of its link)."""

    def send(into: str, email: str = NORA):
        if into == "company":
            sent = company.invite(email=email, role="INSTALLER", by=company_admin)
        else:
            sent = fleet.invite(email=email, role="VIEWER", by=fleet_admin)
        return sent, f"/invitations/{token_of(email)}/"

    return send


@pytest.mark.parametrize("into", INTO)
def test_a_reader_without_an_account_declines_and_none_is_made(invite, into):
    invitation, path = invite(into)
    visitor = Client()
    assert path + "decline/" in visitor.get(path).content.decode()
    assert visitor.get(path + "decline/").status_code == 200
    invitation.refresh_from_db()
    assert invitation.state == "open", "a mail scanner that follows links answers nothing"

    page = visitor.post(path + "decline/", follow=True)
    assert (page.status_code, b"declined" in page.content) == (410, True)
    invitation.refresh_from_db()
    assert invitation.state == "declined"
    assert (
        visitor.post(path, {"first_name": "N", "last_name": "N", "password": PASSWORD}).status_code
        == 410
    )
    assert not User.objects.filter(email=NORA).exists()


def test_who_has_an_account_signs_in_to_decline(invite, manager, manager_client):
    invitation, path = invite("company", manager.email)
    assert b"Sign in" in Client().post(path + "decline/").content
    invitation.refresh_from_db()
    assert invitation.state == "open"
    manager_client.post(path + "decline/")
    invitation.refresh_from_db()
    assert (invitation.state, manager.company) == ("declined", None)


def test_nobody_declines_for_somebody_else(invite, viewer_client, outside_installer):
    invitation, path = invite("company")
    assert viewer_client.post(path + "decline/").status_code == 403
    with pytest.raises(NotAllowed):
        invitation.decline(by=outside_installer)
    invitation.refresh_from_db()
    assert invitation.state == "open"


def test_a_partners_link_is_answered_under_clients_alone(invited):
    partnership, token = invited("new@partner.example")
    assert Client().post(f"/invitations/{token}/decline/").url == f"/invitations/{token}/"
    with pytest.raises(NotAllowed):
        partnership.invitation.decline()
    partnership.refresh_from_db()
    assert partnership.status == "PENDING"


@pytest.mark.parametrize("into", INTO)
def test_the_inviter_sees_it_and_one_click_asks_again(request, invite, into, fleet):
    invitation, path = invite(into)
    Client().post(path + "decline/")
    site = {"company": "/installers/users/", "fleet": f"/fleetcontrol/{fleet.pk}/settings/users/"}[
        into
    ]
    inviter = request.getfixturevalue(
        {"company": "company_admin_client", "fleet": "fleet_admin_client"}[into]
    )
    assert b"Declined" in inviter.get(site).content
    Invitation.objects.update(sent_at=timezone.now() - timezone.timedelta(minutes=2))
    inviter.post(f"{site}invitations/{invitation.pk}/resend/")
    invitation.refresh_from_db()
    assert (invitation.state, Client().get(path).status_code) == ("open", 404)


@pytest.mark.parametrize("into", INTO)
def test_inviting_the_address_anew_replaces_the_declined_one(invite, into):
    declined, path = invite(into)
    Client().post(path + "decline/")
    again, _path = invite(into)
    declined.refresh_from_db()
    assert (declined.withdrawn_at is not None, again.state) == (True, "open")
    assert Invitation.objects.standing().get() == again


MOVES = ["resend", "withdraw"]
PEOPLE = [
    "fleet_admin",
    "manager",
    "viewer",
    "company_admin",
    "installer",
    "outside_admin",
    "outside_manager",
    "operator",
]
ALLOWED = {
    ("company", "resend"): {"company_admin", "operator"},
    ("company", "withdraw"): {"company_admin", "operator"},
    ("fleet", "resend"): {"fleet_admin", "operator"},
    ("fleet", "withdraw"): {"fleet_admin", "operator"},
    ("partnership", "resend"): {"fleet_admin", "manager", "operator"},
    ("partnership", "withdraw"): {"fleet_admin", "manager", "operator"},
}


@pytest.mark.parametrize("who", PEOPLE)
@pytest.mark.parametrize(("kind", "verb"), ALLOWED)
def test_every_move_of_an_invitation_by_every_role(request, invite, invited, kind, verb, who):
    invitation = invited()[0].invitation if kind == "partnership" else invite(kind)[0]
    Invitation.objects.update(sent_at=timezone.now() - timezone.timedelta(minutes=2))
    before = Invitation.objects.values("token_hash", "withdrawn_at").get()
    by = request.getfixturevalue(who)
    if who in ALLOWED[kind, verb]:
        getattr(invitation, verb)(by=by)
        return
    with pytest.raises(NotAllowed):
        getattr(invitation, verb)(by=by)
    assert Invitation.objects.values("token_hash", "withdrawn_at").get() == before


# What stands in the row → what each act finds. `resend` revives what has expired or was declined.
STATES = {
    "open": ({}, {"accept": True, "decline": True, "resend": True, "withdraw": True}),
    "expired": (
        {"expires_at": True},
        {"accept": False, "decline": False, "resend": True, "withdraw": True},
    ),
    "declined": (
        {"declined_at": True},
        {"accept": False, "decline": False, "resend": True, "withdraw": True},
    ),
    "used": (
        {"used_at": True},
        {"accept": False, "decline": False, "resend": False, "withdraw": False},
    ),
    "withdrawn": (
        {"withdrawn_at": True},
        {"accept": False, "decline": False, "resend": False, "withdraw": False},
    ),
}


@pytest.mark.parametrize("verb", ["accept", "decline", "resend", "withdraw"])
@pytest.mark.parametrize("state", STATES)
def test_every_move_from_every_state(invite, company_admin, manager, state, verb):
    columns, allowed = STATES[state]
    invitation, _path = invite("company", manager.email)
    long_ago = timezone.now() - timezone.timedelta(minutes=2)
    Invitation.objects.update(sent_at=long_ago, **dict.fromkeys(columns, long_ago))
    invitation.refresh_from_db()
    assert invitation.state == state
    by = manager if verb in ("accept", "decline") else company_admin
    if allowed[verb]:
        getattr(invitation, verb)(by=by)
        assert invitation.state == {"accept": "used", "decline": "declined", "resend": "open"}.get(
            verb, "withdrawn"
        )
        return
    with pytest.raises(Exception, match="no longer open") as refused:
        getattr(invitation, verb)(by=by)
    assert refused.value.code == f"invitation_{state}"
    invitation.refresh_from_db()
    assert invitation.state == state


@pytest.mark.parametrize("page", ["/accounts/password/reset/", "/accounts/login/"])
def test_nobody_learns_at_the_door_which_addresses_are_known(client, manager, page):
    """What is asked with a known address and with an unknown one is answered alike, but for the address itself."""

    def told(email: str) -> tuple[int, str, str]:
        form = {"email": email, "login": email, "password": "wrong-password"}
        answer = Client().post(page, form, follow=True)
        text = re.sub(r"\b\w{64}\b", "", answer.content.decode())  # tokens against forged requests
        return answer.status_code, str(answer.redirect_chain), text.replace(email, "")

    assert told(manager.email) == told("nobody@example.com")
