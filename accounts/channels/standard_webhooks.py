"""The call of a webhook as Standard Webhooks describes it: signed, so that the receiver knows the sender."""

import base64
import hashlib
import hmac

from django.utils import timezone

from accounts.channels.call import Call
from accounts.models.consumer_secret import PREFIX
from accounts.models.webhook_delivery import WebhookDelivery


def call_for(delivery: WebhookDelivery) -> Call:
    """The same bytes at every try, with the time of this one and a signature for each secret. Raises Unreadable."""
    body = delivery.sent_body.encode()
    sent_at = str(int(timezone.now().timestamp()))
    signed = f"{delivery.message_id}.{sent_at}.".encode() + body
    signatures = [signature(secret, signed) for secret in delivery.consumer.secrets]
    return Call(
        body,
        {
            "Content-Type": "application/json",
            "Webhook-Id": str(delivery.message_id),
            "Webhook-Timestamp": sent_at,
            "Webhook-Signature": " ".join(signatures),
        },
    )


def signature(secret: str, signed: bytes) -> str:
    key = base64.b64decode(secret.removeprefix(PREFIX))
    digest = hmac.new(key, signed, hashlib.sha256).digest()
    return f"v1,{base64.b64encode(digest).decode()}"
