"""Two-factor authentication that a team requires: both sites lead to one page with one sentence."""

from datetime import timedelta

import pytest
import time_machine
from django.utils import timezone

from core.refusals import sentence

SENTENCE = str(sentence("second_factor_required"))
SITES = {
    "fleet": ("manager", "/fleetcontrol/{}/jobs/installation/"),
    "company": ("company_admin", "/installers/company/"),
}


@pytest.mark.parametrize("of", SITES)
def test_both_sites_lead_to_the_same_page_with_the_same_sentence(request, db, of):
    who, path = SITES[of]
    client, team = request.getfixturevalue(f"{who}_client"), request.getfixturevalue(of)
    type(team).objects.filter(pk=team.pk).update(require_second_factor=True)
    page = client.get(path.format(team.pk), follow=True)
    assert page.redirect_chain == [("/accounts/2fa/", 302)]
    assert SENTENCE in page.content.decode()


@pytest.mark.parametrize("of", SITES)
def test_setting_it_up_opens_the_site(request, db, of):
    who, path = SITES[of]
    client, team = request.getfixturevalue(f"{who}_client"), request.getfixturevalue(of)
    type(team).objects.filter(pk=team.pk).update(require_second_factor=True)
    request.getfixturevalue(who).authenticator_set.create(type="totp", data={"secret": "x"})
    assert client.get(path.format(team.pk)).status_code == 200


def test_after_the_setup_there_is_a_way_back_to_the_page_that_was_wanted(
    client, operator, settings
):
    settings.OPERATORS_NEED_SECOND_FACTOR = True
    client.force_login(operator)
    wanted = "/admin/accounts/fleet/?q=north"
    page = client.get(wanted, follow=True)
    assert "Continue" not in page.content.decode(), "before it is set up there is no way back"

    operator.authenticator_set.create(type="totp", data={"secret": "x"})
    assert f'href="{wanted}"' in client.get("/accounts/2fa/").content.decode()
    with time_machine.travel(timezone.now() + timedelta(hours=1)):
        assert wanted not in client.get("/accounts/2fa/").content.decode()


def test_a_check_for_changes_is_no_page_to_come_back_to(client, operator, settings):
    settings.OPERATORS_NEED_SECOND_FACTOR = True
    client.force_login(operator)
    client.get("/admin/", headers={"HX-Request": "true"})
    client.post("/admin/accounts/fleet/")
    operator.authenticator_set.create(type="totp", data={"secret": "x"})
    assert "/admin/" not in client.get("/accounts/2fa/").content.decode()
