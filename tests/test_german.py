"""Every page, mail and answer as somebody reads it who chose German: no English word is left in it."""

import re

import pytest
from django.conf import settings
from django.contrib import admin
from django.db import transaction
from django.test import Client
from django.urls import reverse
from django.utils import translation

from accounts.models import Agreement
from core.mail import letter
from core.models import Mail
from core.refusals import CATALOGUE
from jobs.tasks import mail_notifications
from tests.catalogue import ROOMS
from tests.core.test_languages import Words
from tests.routes import ROLES, ROUTES, place
from tests.sessions import app_token

pytestmark = [pytest.mark.once, pytest.mark.django_db, pytest.mark.timeout(300)]

# Words that no German sentence has, nor the names of the cast.
ENGLISH = re.compile(
    r"\b(the|of|and|with|this|that|these|your|you|yours|is|are|not|nobody|for|from|by|to|who|which|has|have|been|every|"
    r"jobs?|pending|assigned|running|succeeded|failed|save|edit|delete|cancel|close|search|settings|choose|remove|"
    r"units?|vehicles?|plate|created|changed|planned|none|set|send|sign|select|required|unknown|valid)\b",
    re.IGNORECASE,
)
# The product's name, addresses, files, values of programs, time zones, rights of API clients.
NAMES = re.compile(
    r"Installer Jobs|https?://\S+|[\w.+-]+@[\w.-]+|\w+\.csv|\b[A-Z_]{3,}\b|\b[A-Z]\w+/[\w /-]+|\b\w+:(?:read|write)\b"
)
FOR_PROGRAMMERS = (
    "api-guide",
    "api-reference",
    "oauth_token",
    "oneapi:schema",
    "smartcontrol-api:schema",
)
OF_DJANGO = {"Search"}  # the magnifier of its admin site is called so in every language


def english(texts) -> set[str]:
    plain = [NAMES.sub(" ", " ".join(text.split())) for text in texts]
    return {text.strip() for text in plain if ENGLISH.search(text)}


def said(response) -> list[str]:
    kind = response.headers.get("Content-Type", "")
    if kind.startswith("text/html"):
        return Words.of(response.content.decode())
    if "json" in kind:
        return [
            text
            for name, text in leaves(response.json())
            if name in ("title", "detail", "text", "hint", "label", "reason")
        ]
    return []


def leaves(value, name=""):
    if isinstance(value, dict):
        for key, inner in value.items():
            yield from leaves(inner, "text" if name == "errors" else key)
    elif isinstance(value, list):
        for inner in value:
            yield from leaves(inner, name)
    elif isinstance(value, str):
        yield name, value


@pytest.fixture
def scene(linked_job, partnership, company_admin, colleague, installer):
    Agreement.objects.update(text="Vertraulich.")  # operators write it, in their language
    with translation.override("de"):  # what an import found is kept in the words of its reader
        return place(linked_job, partnership, company_admin, installer)


def german_client(person) -> Client:
    browser = Client(headers={"Accept-Language": "de"})
    if person:
        type(person).objects.filter(pk=person.pk).update(language="de")
        person.refresh_from_db()
        browser.force_login(person)
    return browser


def test_english_is_noticed():
    assert english(["Auftrag", "Save  & Assign", "Installer Jobs", "SUCCEEDED"]) == {
        "Save & Assign"
    }


@pytest.mark.parametrize("method", ["get", "post"])
@pytest.mark.parametrize("role", ROLES)
def test_no_page_or_answer_says_anything_in_english(request, scene, role, method):
    browser = german_client(None if role == "anonymous" else request.getfixturevalue(role))
    api = browser
    if role != "anonymous":
        token = app_token(request.getfixturevalue(role))
        api = Client(headers={"Accept-Language": "de", "X-Session-Token": token})
    off = {}
    read = 0
    for name, (arguments, *_expected) in ROUTES:
        if name.startswith(FOR_PROGRAMMERS):
            continue
        client, body = (
            (api, {"data": {}, "content_type": "application/json"})
            if "-api:" in name
            else (browser, {})
        )
        with transaction.atomic():
            answer = getattr(client, method)(reverse(name, kwargs=scene(name, arguments)), **body)
            transaction.set_rollback(True)
        read += bool(said(answer))
        if found := english(said(answer)):
            off[name] = found
    assert off == {}
    assert read > 5


MAILS = sorted(
    path.stem
    for path in (settings.BASE_DIR / "templates/mails").glob("*.html")
    if path.stem not in ("base", "link_rules", "change_title")
)
NOTICES_OF_SECURITY = (
    *(
        "password_changed",
        "password_set",
        "password_reset",
        "email_changed",
        "email_confirm",
        "email_deleted",
    ),
    *(
        "totp_activated",
        "totp_deactivated",
        "recovery_codes_generated",
        "webauthn_added",
        "webauthn_removed",
    ),
    *("second_factor_reset", "sessions_ended", "something_else"),
)
CHANGES = (
    *("suspended", "reinstated", "team_suspended", "team_reinstated"),
    *("second_factor", "company_email", "company_deleted"),
)
SAID = {
    **dict.fromkeys(
        ("company", "provider", "fleet", "inviter", "team", "partner", "sentence", "ask", "reason"),
        "Muster",
    ),
    "path": "/",
    "email": "a@b.example",
    "unsubscribe_path": "/",
    "settings_path": "/",
    "happened_at": "2026-11-24T09:12:00Z",
    "known": True,
}


LETTERS = [(name, {"known": known}) for name in MAILS for known in (True, False)]
LETTERS += [("security_notice", {"what": what}) for what in NOTICES_OF_SECURITY]
LETTERS += [("change", {"what": what}) for what in CHANGES]
LETTERS += [
    ("change", {"what": "role", "role": role})
    for role in ("ADMIN", "INSTALLER", "MANAGER", "VIEWER")
]


@pytest.mark.parametrize(("name", "about"), LETTERS, ids=lambda value: str(value))
def test_no_mail_says_anything_in_english(name, about):
    mail = letter.render(f"mails/{name}", SAID | about, language="de", time_zone="Europe/Berlin")
    words = [*mail.text.splitlines(), *Words.of(mail.html)]

    assert english([mail.subject, *words]) == set()
    assert mail.subject
    assert "happened" not in mail.text


def test_notices_by_mail_are_written_in_the_language_of_their_reader(
    running_job, partnership, manager
):
    type(manager).objects.filter(pk=manager.pk).update(language="de")
    running_job.fail(by=running_job.assignee, comment="Kein Auto.", reason="VEHICLE_ABSENT")
    mail_notifications()

    mail = Mail.objects.get(to=manager.email)
    written = letter.render(
        mail.template, mail.context, language=mail.language, time_zone=mail.time_zone
    )
    assert mail.language == "de"
    assert english([written.subject, *written.text.splitlines()]) == set()


@pytest.mark.parametrize("code", sorted(CATALOGUE))
def test_every_problem_has_a_german_title(code):
    with translation.override("de"):
        assert english([str(CATALOGUE[code].sentence)]) == set()


def test_operators_find_every_list_and_form_in_german(operator, linked_job, partnership):
    browser = german_client(operator)
    off = {}
    for model in (
        model for model in admin.site._registry if model.__module__.partition(".")[0] in ROOMS
    ):
        name = f"admin:{model._meta.app_label}_{model._meta.model_name}"
        for page in ("changelist", "add"):
            answer = browser.get(reverse(f"{name}_{page}"))
            if answer.status_code == 200 and (found := english(said(answer)) - OF_DJANGO):
                off[f"{name}_{page}"] = found
    assert off == {}
