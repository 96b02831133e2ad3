"""The page of a person's own data: everything about them as a file, and the end of their account."""

import json
import re

import pytest
from django.test import Client
from django.urls import reverse

from accounts.models import Erasure, OperatorAction, User
from accounts.models.personal_data import relations
from core.models import Mail
from tests.accounts.test_admin import act
from tests.factories.accounts import PASSWORD

PAGE = "/accounts/data/"
FILE = "/accounts/data/file/"

pytestmark = pytest.mark.django_db


def browser_of(user: User, *, again: bool = True) -> Client:
    """Signed in by the form. `again`: the password was given a moment ago."""
    browser = Client()
    browser.post("/accounts/login/", {"login": user.email, "password": PASSWORD})
    if again:
        browser.post("/accounts/reauthenticate/", {"password": PASSWORD})
    return browser


def test_the_file_has_what_is_stored_about_the_person(proven_job, installer, manager):
    Mail.objects.enqueue(user=installer, template="mails/change", context={"path": "/secret/"})
    answer = browser_of(installer).get(FILE)
    assert "attachment" in answer["Content-Disposition"]
    data = json.loads(answer.content)

    assert data["accounts.User"][0]["email"] == installer.email
    assert data["accounts.CompanyMembership"][0]["role"] == "INSTALLER"
    assert {"take", "link_unit"} <= {row["verb"] for row in data["jobs.JobEvent"]}
    assert data["core.Mail by e-mail"][0]["template"] == "mails/change"
    assert {row["as"] for row in data["jobs.Job"]} == {"assignee"}
    assert len(data["usersessions.UserSession"]) == 1


def test_the_file_opens_nothing_and_shows_nothing_of_others(proven_job, installer, manager):
    Mail.objects.enqueue(user=installer, template="mails/change", context={"path": "/secret/"})
    browser = browser_of(installer)
    text = browser.get(FILE).content.decode()

    assert installer.password not in text
    assert browser.session.session_key not in text
    assert "/secret/" not in text
    assert manager.email not in text
    assert proven_job.custom_name not in text, "a job is the fleet's"


def test_every_table_that_refers_to_a_person_is_in_the_file():
    tables = {relation.related_model._meta.label for relation in relations()}
    assert {"jobs.JobEvent", "accounts.Invitation", "jobs.JobPhoto", "telematics.Key"} <= tables
    assert {"accounts.Erasure", "accounts.OperatorAction", "jobs.NotificationPreference"} <= tables


@pytest.mark.parametrize(("method", "path"), [("get", FILE), ("post", PAGE)])
def test_both_require_the_password_again(installer, method, path):
    browser = browser_of(installer, again=False)
    answer = getattr(browser, method)(path, {"email": installer.email})

    assert answer.url.startswith("/accounts/reauthenticate/")
    assert not Erasure.objects.exists()


def test_a_person_erases_their_account(installer, company_admin):
    browser = browser_of(installer)
    page = browser.get(PAGE).content.decode()
    assert f"Former user {installer.pk}" in page

    wrong = browser.post(PAGE, {"email": company_admin.email})
    assert "This is not your e-mail." in wrong.content.decode()
    answer = browser.post(PAGE, {"email": installer.email}, follow=True)

    assert answer.redirect_chain[-1][0] == "/accounts/login/"
    assert "Your account was erased" in answer.content.decode()
    erasure = Erasure.objects.get()
    assert (erasure.user, erasure.by) == (installer, installer)


def test_the_last_admin_reads_the_reason_and_has_no_form(company_admin):
    browser = browser_of(company_admin)
    page = browser.get(PAGE).content.decode()
    assert re.search(r"QuickInstall\S*:\s+This is the last admin\.", page)
    assert 'name="email"' not in page

    browser.post(PAGE, {"email": company_admin.email})
    assert not Erasure.objects.exists()


def test_the_last_admin_of_a_suspended_company_reads_no_name_of_it(company_admin, company):
    browser = browser_of(company_admin)
    company.suspend()
    page = browser.get(PAGE).content.decode()
    assert "This is the last admin." in page
    assert company.name not in page


def test_an_operator_exports_the_data_of_one_person(operator_client, installer, manager):
    answer = act(operator_client, "export_data", installer)
    assert json.loads(answer.content)["accounts.User"][0]["email"] == installer.email
    assert OperatorAction.objects.get().what == "EXPORT_PERSON"

    page = act(operator_client, "export_data", installer, manager)
    assert "one person at a time" in page.content.decode()


def test_an_operator_does_not_erase_a_superuser(operator_client, operator, django_user_model):
    above = django_user_model.objects.create_superuser("root@example.com", "Ein gutes Pferd 7")
    django_user_model.objects.filter(pk=operator.pk).update(is_superuser=False)
    act(operator_client, "erase", above)
    assert not Erasure.objects.exists()


def test_the_menu_of_a_persons_pages_leads_there(installer):
    page = browser_of(installer).get(reverse("profile")).content.decode()
    assert f'href="{PAGE}"' in page
