"""The call of a Slack-compatible webhook: a sentence for people, in the language of who has set it up, and a link."""

import json
from collections.abc import Mapping
from typing import Any

from django.conf import settings
from django.utils import translation
from django.utils.translation import gettext as _

from accounts.channels.call import Call
from accounts.models import EventConsumer
from accounts.models.webhook_delivery import WebhookDelivery
from core.models import OutboxMessage
from core.outbox.gap import GAP
from core.outbox.message import TEST
from core.outbox.sentences import SENTENCES

# All that Slack asks to be escaped. It also keeps a name from calling people: <!channel>.
ESCAPED = str.maketrans({"&": "&amp;", "<": "&lt;", ">": "&gt;"})


def is_wanted(consumer: EventConsumer, message: OutboxMessage) -> bool:
    """Whether people want to read it: it can be said, and has one of the reasons that they chose."""
    if message.recipient:
        return True
    if message.topic not in SENTENCES:
        return False
    return not consumer.reasons or not set(consumer.reasons).isdisjoint(message.reasons)


def call_for(delivery: WebhookDelivery) -> Call:
    message = json.loads(delivery.sent_body)
    with translation.override(language_of(delivery.consumer)):
        text = text_of(message, delivery.topic)
    body = json.dumps({"text": text}, ensure_ascii=False).encode()
    return Call(body, {"Content-Type": "application/json"})


def language_of(consumer: EventConsumer) -> str:
    """Of the fleet, which the chat belongs to; else of the person who set it up."""
    if consumer.fleet.language:
        return consumer.fleet.language
    if consumer.created_by:
        return consumer.created_by.language
    return settings.LANGUAGE_CODE


def text_of(message: Mapping[str, Any], topic: str) -> str:
    """In the active language, escaped."""
    if message["type"] == TEST:
        return escaped(message["data"]["text"])
    if message["type"] == GAP:
        return escaped(_("Some messages were not sent here in time and are no longer kept."))
    sentence = SENTENCES[topic](message)
    if not sentence.path:
        return escaped(sentence.text)
    link = f"<{settings.BASE_URL}{sentence.path}|{escaped(_('Details'))}>"
    return f"{escaped(sentence.text)} {link}"


def escaped(text: str) -> str:
    return text.translate(ESCAPED)
