"""The provider that sends our mails reports what could not be delivered, as each provider writes it."""

import hashlib
import hmac
import json
from base64 import b64encode

import pytest
from django.core import mail as outbox
from django.core.mail.backends.locmem import EmailBackend
from django.test import Client

from config.given import MAIL_SERVICES, read
from core.mail.bounces import SERVICES
from core.models import Mail

pytestmark = pytest.mark.django_db
SECRET = "0123456789abcdef"
URL = "/mail/bounces/"
REASON = "550 5.1.1 unknown user"


@pytest.fixture
def sent():
    """How a mail leaves and its row is afterwards, with the settings of a provider."""

    def send() -> Mail:
        mail = Mail.objects.enqueue(
            to="nora@example.com",
            template="mails/invitation_to_company",
            context={"path": "/invitations/t0ken/", "company": "Q", "role": "ADMIN"},
        )
        mail.send()
        assert mail.status == "SENT"
        return mail

    return send


@pytest.fixture
def by(settings, tmp_path):
    """Reports come from this provider."""

    def configure(provider: str) -> None:
        given = {"MAIL_BOUNCES_FROM": provider.lower(), "MAIL_BOUNCES_SECRET": SECRET}
        mails = read({"VAR_DIR": str(tmp_path)} | given).mails
        settings.MAIL_BOUNCES_FROM, settings.ANYMAIL = mails.bounces_from, mails.webhooks

    return configure


def written_by(provider: str, header: str, what: str = "bounce") -> object:
    """A report as the provider documents it, about a mail that left with this header."""
    known = json.loads(header) if header.startswith("{") else {}
    match provider:
        case "BREVO":
            event = {"bounce": "hard_bounce", "delivery": "delivered"}[what]
            return {"event": event, "reason": REASON, "X-Mailin-custom": header}
        case "MAILGUN":
            event = {"bounce": "failed", "delivery": "delivered"}[what]
            signed = hmac.new(SECRET.encode(), b"1760000000token", hashlib.sha256).hexdigest()
            return {
                "signature": {"timestamp": "1760000000", "token": "token", "signature": signed},
                "event-data": {
                    "event": event,
                    "severity": "permanent",
                    "timestamp": 1760000000.0,
                    "user-variables": known,
                    "delivery-status": {"message": REASON},
                },
            }
        case "MAILJET":
            event = {"bounce": "bounce", "delivery": "sent"}[what]
            return [{"event": event, "time": 1760000000, "Payload": header, "smtp_reply": REASON}]
        case "POSTMARK":
            about = {"Metadata": {"mail": header}, "MessageID": "883953f4"}
            if what == "delivery":
                return about | {"RecordType": "Delivery"}
            return about | {"RecordType": "Bounce", "Type": "HardBounce", "Details": REASON}
        case "SPARKPOST":
            event = {"type": what, "rcpt_meta": known["metadata"], "raw_reason": REASON}
            return [{"msys": {"message_event": event | {"bounce_class": "10"}}}]
    raise LookupError(provider)


def report(content: object, secret: str = SECRET) -> int:
    password = b64encode(f"mail:{secret}".encode()).decode()
    browser = Client(headers={"Authorization": f"Basic {password}"}, enforce_csrf_checks=True)
    return browser.post(URL, json.dumps(content), content_type="application/json").status_code


@pytest.mark.parametrize("provider", MAIL_SERVICES)
def test_a_bounce_makes_the_mail_failed_with_its_reason_and_nothing_else_does(by, sent, provider):
    by(provider)
    mail, other = sent(), sent()
    header = outbox.outbox[0].message()[SERVICES[provider].header]
    assert report(written_by(provider, header, "delivery")) == 200
    assert report(written_by(provider, header.replace(str(mail.pk), "nonsense"))) == 200
    assert Mail.objects.filter(status="SENT").count() == 2

    assert report(written_by(provider, header)) == 200
    mail.refresh_from_db()
    other.refresh_from_db()
    assert (mail.status, other.status) == ("FAILED", "SENT")
    assert REASON in mail.error
    assert report(written_by(provider, header)) == 200
    assert not Mail.objects.unsent().exists()  # its links are gone


def test_without_the_setting_there_is_no_such_page_and_with_it_a_secret(client, by, sent):
    mail = sent()
    about = written_by("POSTMARK", str(mail.pk))
    assert report(about) == 404
    by("POSTMARK")
    assert report(about, secret="another-0123456789") == 400
    assert client.post(URL, about, content_type="application/json").status_code == 400
    for nonsense in ([], {"RecordType": []}, {"Metadata": 5}, "x", None):
        assert report(nonsense) in (200, 400)
    mail.refresh_from_db()
    assert mail.status == "SENT"
    assert set(SERVICES) == set(MAIL_SERVICES)


class HastyServer(EmailBackend):
    """It reports a mail while the worker still waits for the answer."""

    def send_messages(self, messages):
        header = messages[0].extra_headers["X-PM-Metadata-mail"]
        assert report(written_by("POSTMARK", header)) == 200
        return super().send_messages(messages)


def test_a_bounce_that_comes_before_the_sending_is_noted_stays(by, settings):
    by("POSTMARK")
    settings.EMAIL_BACKEND = "tests.core.test_bounces.HastyServer"
    mail = Mail.objects.enqueue(to="nora@example.com", template="mails/failure", context={})
    mail.send()
    assert (mail.status, mail.error) == ("FAILED", f"bounced · {REASON}")
