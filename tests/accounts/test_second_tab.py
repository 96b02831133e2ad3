"""Signing in with a form that is older than the session: a fresh form instead of an error."""

import pytest
from django.test import Client

from tests.factories.accounts import PASSWORD


@pytest.fixture
def tab():
    return Client(enforce_csrf_checks=True)


def test_a_second_tab_gets_a_fresh_form_and_keeps_where_it_leads(tab, manager):
    url = "/accounts/login/?next=/fleetcontrol/"
    tab.get(url)
    sent = {"login": manager.email, "password": PASSWORD, "csrfmiddlewaretoken": "x" * 64}
    answer = tab.post(url, sent)
    assert (answer.status_code, answer.url) == (302, url)
    page = tab.get(url).content.decode()
    assert "This page was out of date and has been reloaded." in page
    assert 'name="login"' in page


def test_a_second_tab_of_somebody_who_has_signed_in_meanwhile_leads_on(tab, manager):
    tab.force_login(manager)
    sent = {"login": manager.email, "password": PASSWORD, "csrfmiddlewaretoken": "x" * 64}
    answer = tab.post("/accounts/login/", sent, follow=True)
    assert answer.redirect_chain[0][0] == "/accounts/login/"
    assert answer.status_code == 200
    assert answer.redirect_chain[-1][0] != "/accounts/login/"


def test_any_other_form_still_says_that_it_has_expired(tab, manager, fleet):
    tab.force_login(manager)
    answer = tab.post(f"/fleetcontrol/{fleet.pk}/jobs/new/", {"location": "Yard"})
    assert answer.status_code == 403
    assert "The form has expired" in answer.content.decode()
