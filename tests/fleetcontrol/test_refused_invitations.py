"""A refused invitation stays in its dialog, and offers to resend the one that waits."""

from datetime import timedelta

import pytest
from django.utils import timezone

from accounts.models import Invitation

SCRIPT = {"HX-Request": "true"}


@pytest.fixture(params=["partner", "fleet user", "company user"])
def invite(request, at, manager_client, fleet_admin_client, company_admin_client):
    """Send the form of an invitation from its dialog."""
    client, url, role = {
        "partner": (manager_client, at("partners/invite/"), {}),
        "fleet user": (fleet_admin_client, at("settings/users/invite/"), {"role": "MANAGER"}),
        "company user": (company_admin_client, "/installers/users/invite/", {"role": "INSTALLER"}),
    }[request.param]

    def send(email):
        return client, client.post(url, {"email": email, **role}, headers=SCRIPT)

    return send


def test_an_invitation_that_was_sent_leaves_its_dialog(invite):
    _client, answer = invite("new@example.org")
    assert (answer.status_code, Invitation.objects.count()) == (204, 1)
    assert answer["HX-Redirect"]


def test_a_second_invitation_stays_in_its_dialog_and_offers_to_resend_the_first(invite):
    invite("new@example.org")
    client, answer = invite("New@example.org")
    page = answer.content.decode()
    assert answer.status_code == 200
    assert "<html" not in page
    assert "email" in answer.context["form"].errors
    url = answer.context["remedy"].url
    assert f'formaction="{url}"' in page
    Invitation.objects.update(sent_at=timezone.now() - timedelta(minutes=2))
    resent = client.post(url, {"email": "new@example.org"}, follow=True)
    assert "A new link is being sent to new@example.org." in resent.content.decode()


def test_a_wrong_address_stays_in_its_dialog_without_an_offer(invite):
    _client, answer = invite("no address")
    assert "<html" not in answer.content.decode()
    assert answer.context["remedy"] is None


def test_an_admin_is_promised_only_what_there_is(fleet_admin_client, at):
    page = fleet_admin_client.get(at("settings/users/invite/")).content.decode()
    assert "Admin: jobs, partners and vehicles, also users" in page
    assert "API client" not in page
