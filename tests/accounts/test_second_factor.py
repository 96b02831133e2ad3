"""Two-factor authentication that a team requires: both sites lead to one page with one sentence."""

import pytest

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
