"""Operators read every mail in each language, as its recipient would."""

import re
from pathlib import Path

import pytest
from django.conf import settings

from core.mail.previews import PREVIEWS
from jobs.notifications.texts import NEXT_STEPS

PAGE = "/admin/core/mail/previews/"
FOLDER = Path(settings.BASE_DIR) / "templates" / "mails"


def test_every_template_has_an_example():
    mails = {path.stem for path in FOLDER.glob("*.html") if '"mails/base.html"' in path.read_text()}
    assert {preview.template.removeprefix("mails/") for preview in PREVIEWS.values()} == mails


@pytest.mark.parametrize("template", ["change", "security_notice"])
def test_every_case_of_a_template_has_an_example(template):
    text = (FOLDER / f"{template}.html").read_text() + (FOLDER / "change_title.html").read_text()
    cases = set(re.findall(r'what == "(\w+)"', text))
    shown = {
        preview.context()["what"] for preview in PREVIEWS.values() if "what" in preview.context()
    }
    same = {"password_set", "password_reset", "email_confirm", "email_deleted"}
    assert cases - same <= shown


def test_every_notification_has_an_example():
    shown = {name.removeprefix("notice:") for name in PREVIEWS}
    assert set(NEXT_STEPS) <= shown


@pytest.mark.django_db
def test_the_list_has_the_subject_of_each_in_each_language(operator_client):
    page = operator_client.get(PAGE).content.decode()
    for preview in PREVIEWS.values():
        for language in ("en", "de"):
            assert preview.render(language).subject
    assert "Your account was suspended" in page
    assert "Ihr Konto wurde gesperrt" in page
    assert PAGE in operator_client.get("/admin/core/mail/").content.decode()


@pytest.mark.django_db
def test_a_mail_is_shown_as_it_is_written_and_runs_nothing(operator_client):
    answer = operator_client.get(f"{PAGE}invitation_to_company/de/")
    assert "QuickInstall" in answer.content.decode()
    policy = answer["Content-Security-Policy"]
    assert "default-src 'none'" in policy
    assert "script-src" not in policy


@pytest.mark.django_db
@pytest.mark.parametrize("path", ["nonsense/de/", "failure/xx/"])
def test_there_is_no_other(operator_client, path):
    assert operator_client.get(PAGE + path).status_code == 404


@pytest.mark.django_db
def test_only_operators_read_them(manager_client):
    for path in (PAGE, f"{PAGE}failure/de/"):
        assert manager_client.get(path).status_code in (302, 403, 404)
