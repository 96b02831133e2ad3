"""In demo mode, a page shows the mails that the product would have sent."""

import re

import pytest
from django.test import Client

from accounts.models import User
from core.models import Mail

pytestmark = pytest.mark.django_db
PAGE = "/demo/mails/"


@pytest.fixture
def demo(settings, tmp_path):
    settings.DEMO = True
    settings.EMAIL_BACKEND = "core.mail.folder.MailFolder"
    settings.MAIL_DIR = tmp_path


def browser_of(user: User, *, is_demo: bool = True) -> Client:
    User.objects.filter(pk=user.pk).update(is_demo=is_demo)
    browser = Client()
    browser.force_login(user)
    return browser


def test_the_invitation_is_there_with_its_link(demo, company, company_admin):
    company.invite(email="nora@example.com", role="INSTALLER", by=company_admin)
    for mail in Mail.objects.all():
        mail.send()

    browser = browser_of(company_admin)
    page = browser.get(PAGE).content.decode()

    assert "nora@example.com" in page
    link = re.search(r'href="http://[^/"]+(/invitations/[\w-]+/)"', page)
    assert Client().get(link[1]).status_code == 200
    assert PAGE in browser.get("/accounts/profile/").content.decode(), "the menu leads there"


def test_an_open_page_hears_of_a_new_mail(demo, company, company_admin):
    browser = browser_of(company_admin)
    digest = re.search(r'data-live-parts="([^"]+)"', browser.get(PAGE).content.decode())[1]
    check = {"path": PAGE + digest, "headers": {"HX-Request": "true"}}
    assert browser.get(**check).status_code == 204

    company.invite(email="nora@example.com", role="INSTALLER", by=company_admin)
    Mail.objects.get(to="nora@example.com").send()
    changed = browser.get(**check).content.decode()
    assert "nora@example.com" in changed
    assert "<html" not in changed


def test_without_a_mail_the_page_says_so(demo, company_admin):
    assert "No mail yet." in browser_of(company_admin).get(PAGE).content.decode()


def test_it_is_for_demo_logins_in_demo_mode_alone(demo, settings, company_admin):
    assert Client().get(PAGE).url.startswith("/accounts/login/")
    assert browser_of(company_admin, is_demo=False).get(PAGE).status_code == 404
    settings.DEMO = False
    assert browser_of(company_admin).get(PAGE).status_code == 404
