"""A name from right to left does not reorder the words around it: on pages, in mails, notifications and histories."""

import re
from html.parser import HTMLParser

import pytest
from django.template import engines
from django.test import Client
from django.urls import reverse
from django.utils.translation import gettext_lazy, ngettext_lazy

from accounts.models import Company, Fleet, MobilityProvider, User
from core.mail.letter import render
from core.values.bidi import with_names
from jobs.models import ConfigurationPreset, JobTemplate, Notification
from jobs.notifications.texts import SENTENCES
from tests.routes import ROLES, ROUTES, place

pytestmark = [pytest.mark.once, pytest.mark.django_db]

HEBREW = re.compile(r"[\u0590-\u05ff]")
ISOLATED = re.compile("\u2068[^\u2068\u2069]*\u2069")
# Elements inside a line of text. The text of any other stands apart from what is around it.
INLINE = {"a", "b", "code", "em", "i", "small", "span", "strong", "svg", "use", "abbr", "time"}
SILENT = {"title", "script", "style", "bdi"}


class Lines(HTMLParser):
    """The lines of text of a page, without what is isolated."""

    def __init__(self) -> None:
        super().__init__()
        self.lines = [""]
        self.silent = 0

    def handle_starttag(self, tag, attrs):
        self.silent += tag in SILENT
        if tag not in INLINE | SILENT:
            self.lines.append("")

    def handle_endtag(self, tag):
        self.silent -= tag in SILENT
        if tag not in INLINE | SILENT:
            self.lines.append("")

    def handle_data(self, data):
        if not self.silent:
            self.lines[-1] += data


def mixed(page: str) -> set[str]:
    """The lines in which a Hebrew name stands beside something else, and is not isolated."""
    reader = Lines()
    reader.feed(page)
    bare = {ISOLATED.sub("", " ".join(line.split())) for line in reader.lines}
    return {line for line in bare if HEBREW.search(line) and re.sub(r"[\u0590-\u05ff ]", "", line)}


@pytest.fixture
def scene(linked_job, partnership, company_admin, colleague, installer, viewer):
    return place(linked_job, partnership, company_admin, installer)


@pytest.fixture
def hebrew(scene):
    Company.objects.update(name="חברת התקנות")
    Fleet.objects.update(name="צי צפון")
    MobilityProvider.objects.update(name="נסיעות")
    User.objects.update(first_name="דנה", last_name="לוי")
    for model in (JobTemplate, ConfigurationPreset):
        model.objects.update(name="תבנית")


@pytest.mark.slow
def test_no_page_lets_a_name_reorder_its_line(request, scene, hebrew):
    wrong = {}
    for name, (takes, get, *_post) in ROUTES:
        if get is None or "200" not in get or "-api:" in name:
            continue
        role = ROLES[get.index("200")]
        browser = Client()
        if role != "anonymous":
            browser.force_login(request.getfixturevalue(role))
        answer = browser.get(reverse(name, kwargs=scene(name, takes)))
        is_page = "html" in answer.headers["Content-Type"]
        if is_page and (lines := mixed(answer.content.decode())):
            wrong[name] = lines
    assert wrong == {}


def test_a_message_keeps_the_name_apart(manager_client, hebrew, scene, partnership, fleet_admin):
    url = reverse("fleetcontrol:partner-remove", args=[partnership.fleet_id, partnership.pk])
    page = manager_client.post(url, follow=True).content.decode()
    assert "\u2068חברת התקנות\u2069 was removed." in page


@pytest.mark.parametrize("verb", sorted(SENTENCES))
def test_a_notification_keeps_names_apart(
    verb, hebrew, linked_job, partnership, company_admin, installer
):
    partnership.refresh_from_db()
    installer.refresh_from_db()
    about = {"job": linked_job, "partnership": partnership, "actor": installer}
    text = Notification(user=company_admin, verb=verb, **about).sentence
    assert not HEBREW.search(ISOLATED.sub("", text)), text


def test_a_mail_keeps_names_apart_in_its_subject_and_its_text():
    context = {"provider": "נסיעות", "fleet": "צי צפון", "partner": "חברת התקנות", "path": "/"}
    letter = render(
        "mails/partnership_ended_by_fleet", context, language="en", time_zone="Europe/Berlin"
    )
    assert "\u2068" in letter.text
    assert not mixed(letter.html)
    assert not HEBREW.search(ISOLATED.sub("", letter.subject))


def test_the_history_keeps_names_apart(manager_client, hebrew, linked_job):
    url = reverse("fleetcontrol:job-detail", args=[linked_job.fleet_id, linked_job.pk])
    page = manager_client.get(url).content.decode()
    assert "<b>\u2068דנה לוי\u2069</b>" in page


def test_a_sentence_leaves_names_from_left_to_right_and_counts_as_they_are():
    assert with_names(gettext_lazy("Remove %(name)s?"), name="Dana") == "Remove Dana?"
    jobs = ngettext_lazy("%(count)s job", "%(count)s jobs", "count")
    assert (with_names(jobs, count=1), with_names(jobs, count=2)) == ("1 job", "2 jobs")
    template = engines["django"].from_string(
        "{% load i18n %}{% blocktranslate count n=n %}One of {{ who }}{% plural %}{{ n }} of {{ who }}"
        "{% endblocktranslate %}"
    )
    assert template.render({"n": 2, "who": "דנה"}) == "2 of \u2068דנה\u2069"
    assert template.render({"n": 1, "who": "Dana"}) == "One of Dana"
