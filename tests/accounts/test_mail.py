import email
import email.policy
import smtplib
from datetime import timedelta

import pytest
from django.core import mail as outbox
from django.utils import timezone

from core.mail.letter import WORD_JOINER, render
from core.mail.mail import PAUSES
from core.models import Mail
from core.tasks import send_mail, sweep_mails
from tests.factories.accounts import FleetFactory, UserFactory

QUEUED, SENT, FAILED = Mail.Status.values
pytestmark = pytest.mark.django_db


@pytest.fixture
def letter():
    return Mail.objects.enqueue(
        to="nora@example.com",
        template="mails/invitation_to_company",
        context={"path": "/invitations/t0ken/", "company": "Q", "role": "ADMIN"},
    )


def due_now() -> None:
    Mail.objects.update(due_at=timezone.now())


def test_one_template_gives_subject_text_and_html(letter, settings):
    letter.send()
    sent = outbox.outbox[0]
    assert (sent.subject, sent.to) == ("Join Q", ["nora@example.com"])
    html, kind = sent.alternatives[0]
    assert kind == "text/html"
    link = f"{settings.BASE_URL}/invitations/t0ken/"
    assert link in html
    assert f"Join the Company:\n{link}" in sent.body
    assert "<" not in sent.body


def test_links_come_from_the_settings_and_never_from_the_request(client, settings, mailoutbox):
    UserFactory(email="nora@example.com")
    settings.ALLOWED_HOSTS = ["*"]
    client.post(
        "/accounts/password/reset/", {"email": "nora@example.com"}, headers={"host": "evil.example"}
    )
    Mail.objects.get().send()
    assert "evil.example" not in str(outbox.outbox[0].message())
    assert f"{settings.BASE_URL}/accounts/password/reset/key/" in outbox.outbox[0].body


@pytest.mark.parametrize(
    "name",
    [
        "www.evil.com",
        "http://evil.com/x",
        "evil.com",
        "me@evil.com",
        "<a href='http://evil.com'>x</a>",
    ],
)
def test_names_that_people_made_up_are_never_clickable(name):
    written = render(
        "mails/invitation_to_company",
        {"company": name, "inviter": name, "path": "/x/"},
        language="en",
        time_zone="UTC",
    )
    for text in (written.subject, written.text, written.html):
        assert "evil.com" not in text
    assert f"evil.{WORD_JOINER}com" in written.text
    assert "<a href='http" not in written.html


def test_a_mail_speaks_the_receivers_language_and_zone(settings):
    written = {
        zone: render(
            "mails/security_notice",
            {"what": "password_changed", "happened_at": "2026-01-15T12:00:00+00:00"},
            language="en",
            time_zone=zone,
        ).text
        for zone in ("UTC", "Asia/Tokyo")
    }
    assert "12:00" in written["UTC"]
    assert "21:00" in written["Asia/Tokyo"]
    user = UserFactory(language="de", time_zone="Asia/Tokyo")
    letter = Mail.objects.enqueue(user=user, template="mails/member_removed", context={"team": "Q"})
    assert (letter.to, letter.language, letter.time_zone) == (user.email, "de", "Asia/Tokyo")


def test_a_failure_is_kept_and_tried_again_until_it_has_failed_for_good(letter, settings):
    settings.EMAIL_BACKEND = "nowhere.Backend"
    for attempt in range(1, len(PAUSES) + 1):
        letter.refresh_from_db()
        assert letter.status == QUEUED
        due_now()
        letter.refresh_from_db()
        letter.send()
        assert letter.attempts == attempt
        assert "nowhere" in letter.error
    assert letter.status == FAILED
    settings.EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
    letter.send_again()
    send_mail(letter.pk)
    letter.refresh_from_db()
    assert letter.status == SENT


class Refusing:
    """A mail server's answer, as the library raises it."""

    error: Exception

    def __init__(self, **_options):
        pass

    def send_messages(self, _messages):
        raise self.error


def refused_with(settings, error: Exception) -> None:
    Refusing.error = error
    settings.EMAIL_BACKEND = "tests.accounts.test_mail.Refusing"


UNKNOWN = smtplib.SMTPRecipientsRefused({"nora@example.com": (550, b"5.1.1 unknown user")})
TOO_BIG = smtplib.SMTPDataError(552, b"5.3.4 message too big")
FOR_GOOD = [UNKNOWN, TOO_BIG]
FOR_NOW = [
    smtplib.SMTPRecipientsRefused({"nora@example.com": (450, b"4.2.1 greylisted")}),
    smtplib.SMTPDataError(451, b"4.3.0 try later"),
    smtplib.SMTPAuthenticationError(535, b"5.7.8 wrong password"),
    smtplib.SMTPSenderRefused(550, b"5.7.1 not yours", "no-reply@example.com"),
    smtplib.SMTPRecipientsRefused({"nora@example.com": (530, b"5.7.0 STARTTLS first")}),
    smtplib.SMTPServerDisconnected("closed"),
    OSError("no route"),
]


@pytest.mark.parametrize("error", FOR_GOOD)
def test_what_a_server_refuses_for_good_fails_at_once(letter, settings, error):
    refused_with(settings, error)
    letter.send()
    assert (letter.status, letter.attempts) == (FAILED, 1)
    assert type(error).__name__ in letter.error
    assert letter.context, "it can still be sent again"


@pytest.mark.parametrize("error", FOR_NOW)
def test_what_may_pass_later_is_tried_again(letter, settings, error):
    refused_with(settings, error)
    letter.send()
    assert (letter.status, letter.attempts) == (QUEUED, 1)


def test_a_mail_that_waits_is_sent_again_at_once(letter, settings):
    settings.EMAIL_BACKEND = "nowhere.Backend"
    letter.send()
    Mail.objects.update(due_at=timezone.now() + PAUSES[0] - timedelta(minutes=2))
    settings.EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"

    letter.send_again()
    send_mail(letter.pk)

    letter.refresh_from_db()
    assert (letter.status, letter.attempts) == (SENT, 1)


def test_a_mail_that_is_being_sent_is_not_sent_again(letter):
    assert letter._claim()
    letter.send_again()
    letter.refresh_from_db()
    assert letter.attempts == 1


def test_a_sent_mail_is_not_sent_again(letter):
    letter.send()
    letter.send_again()
    send_mail(letter.pk)
    assert len(outbox.outbox) == 1


def test_two_workers_send_a_mail_once(letter):
    twin = Mail.objects.get(pk=letter.pk)
    letter.send()
    twin.send()
    assert len(outbox.outbox) == 1


def test_a_retry_waits_for_its_time(letter, settings):
    settings.EMAIL_BACKEND = "nowhere.Backend"
    letter.send()
    letter.send()
    assert letter.attempts == 1


def test_the_sweep_announces_what_is_due_and_nothing_else(letter, monkeypatch):
    announced = []
    monkeypatch.setattr(send_mail, "apply_async", lambda ids, **_: announced.extend(ids))
    later = Mail.objects.enqueue(
        to="b@example.com", template="mails/member_removed", context={"team": "Q"}
    )
    Mail.objects.filter(pk=later.pk).update(due_at=timezone.now() + PAUSES[0])
    sweep_mails()
    assert announced == [letter.pk]


def test_a_mail_leaves_with_its_transaction_or_not_at_all(
    django_capture_on_commit_callbacks, monkeypatch
):
    announced = []
    monkeypatch.setattr(send_mail, "apply_async", lambda ids, **_: announced.extend(ids))
    with django_capture_on_commit_callbacks(execute=True):
        letter = Mail.objects.enqueue(
            to="a@example.com", template="mails/member_removed", context={"team": "Q"}
        )
        assert announced == []
    assert announced == [letter.pk]


def test_the_folder_holds_whole_mails(letter, settings, tmp_path):
    settings.EMAIL_BACKEND, settings.MAIL_DIR = "core.mail.folder.MailFolder", tmp_path
    letter.send()
    [file] = tmp_path.glob("*.eml")
    message = email.message_from_bytes(file.read_bytes(), policy=email.policy.default)
    assert message["to"] == "nora@example.com"
    assert "/invitations/t0ken/" in message.get_body(["plain"]).get_content()


TEMPLATES = [
    "invitation_to_partnership",
    "invitation_to_company",
    "invitation_to_fleet",
    "partnership_accepted",
    "partnership_declined",
    "partnership_ended_by_company",
    "partnership_ended_by_fleet",
    "member_removed",
    "company_email",
    "password_reset",
    "email_confirmation",
    "unknown_account",
    "security_notice",
    "change",
    "invitation_declined",
]


@pytest.mark.parametrize("name", TEMPLATES)
def test_every_mail_has_a_subject_and_says_something(name):
    about = dict.fromkeys(
        ["company", "provider", "fleet", "partner", "team", "inviter", "role", "what"], "Name"
    )
    written = render(f"mails/{name}", about | {"path": "/x/"}, language="en", time_zone="UTC")
    assert written.subject
    assert len(written.text) > 80
    assert "{{" not in written.html


@pytest.mark.parametrize("kind", ["PARTNERSHIP", "COMPANY", "FLEET"])
def test_a_mail_to_somebody_known_is_written_in_his_own_language(
    kind, company, company_admin, token_of
):
    reader = UserFactory(language="de")
    if kind == "COMPANY":
        company.invite(email=reader.email, role="INSTALLER", by=company_admin)
    elif kind == "FLEET":
        FleetFactory().invite(email=reader.email, role="VIEWER", by=None)
    else:
        from accounts.models import Partnership

        Partnership.invite(fleet=FleetFactory(), email=reader.email, by=None)
    assert Mail.objects.get(to=reader.email).language == "de"


def test_a_mail_that_is_sent_twice_has_one_message_id(letter):
    letter.send()
    Mail.objects.filter(pk=letter.pk).update(status="QUEUED", attempts=0, due_at=timezone.now())
    letter.refresh_from_db()
    letter.send()

    first, second = (message.extra_headers["Message-ID"] for message in outbox.outbox)
    assert first == second == f"<{letter.pk}@127.0.0.1>"


def test_two_mails_have_different_message_ids(letter):
    other = Mail(to=letter.to, template=letter.template)

    assert other.message_id != letter.message_id
