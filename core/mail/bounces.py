"""Mails that could not be delivered after all: the service that sends our mails reports them.

Mails leave by SMTP; the service copies the id of ours from a header of its own into its reports.
"""

import json
import re
from collections.abc import Callable
from typing import Any, NamedTuple

from anymail.signals import EventType

from core.mail.mail import Mail

FINAL = (EventType.BOUNCED, EventType.FAILED, EventType.REJECTED)
NAME = "mail"
# `<id@host>`, in services that report the Message-ID as well.
OURS = re.compile(r"<?([0-7][0-9A-HJKMNP-TV-Z]{25})(?:@[^\s>]*>?)?")


class Service(NamedTuple):
    view: str  # of django-anymail: it checks the secret and reads the report
    header: str
    content: Callable[[str], str]


def as_json(mail: str) -> str:
    return json.dumps({NAME: mail})


WEBHOOKS = "anymail.webhooks"
SERVICES = {
    "BREVO": Service(f"{WEBHOOKS}.brevo.BrevoTrackingWebhookView", "X-Mailin-custom", as_json),
    "MAILGUN": Service(
        f"{WEBHOOKS}.mailgun.MailgunTrackingWebhookView", "X-Mailgun-Variables", as_json
    ),
    "MAILJET": Service(
        f"{WEBHOOKS}.mailjet.MailjetTrackingWebhookView", "X-MJ-EventPayload", as_json
    ),
    "POSTMARK": Service(
        f"{WEBHOOKS}.postmark.PostmarkTrackingWebhookView", f"X-PM-Metadata-{NAME}", str
    ),
    "SPARKPOST": Service(
        f"{WEBHOOKS}.sparkpost.SparkPostTrackingWebhookView",
        "X-MSYS-API",
        lambda mail: json.dumps({"metadata": {NAME: mail}}),
    ),
}


def note(event: Any, **_signal: Any) -> None:
    """The signal of a report. What is not about a mail of ours, and what is not final, is ignored."""
    if event.event_type in FINAL and (mail := _mail_of(event)):
        mail.bounce(_reason(event))


def _mail_of(event: Any) -> Mail | None:
    metadata = event.metadata if isinstance(event.metadata, dict) else {}
    for text in (metadata.get(NAME), event.message_id):
        if found := OURS.fullmatch(str(text or "")):
            return Mail.objects.filter(pk=found[1]).first()
    return None


def _reason(event: Any) -> str:
    """In the words of the service, as one line."""
    words = (event.event_type, event.reject_reason, event.description, event.mta_response)
    text = " · ".join(dict.fromkeys(str(word) for word in words if word))
    return " ".join("".join(c if c.isprintable() else " " for c in text).split())
