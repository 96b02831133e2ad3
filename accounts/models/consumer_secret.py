"""The secret of a consumer. It is returned once.

That of a webhook is shared: it is stored sealed, and a former one is used for a while after a new one is made. Of a
password only RabbitMQ's hash is stored, and a new one ends the former.
"""

import base64
import hashlib
import secrets
from collections.abc import Callable
from datetime import timedelta
from typing import NamedTuple

from accounts.models.consumer_choices import Kind
from core.values.encrypted import seal

# How long a former secret is used together with the new one.
GRACE = timedelta(hours=24)
PREFIX = "whsec_"
BYTES = 32


def new_webhook_secret() -> str:
    """As Standard Webhooks writes it."""
    return PREFIX + base64.b64encode(secrets.token_bytes(BYTES)).decode()


SALT_BYTES = 4  # what RabbitMQ expects before the digest


def new_password() -> str:
    return secrets.token_urlsafe(BYTES)


def password_hash(password: str, salt: bytes = b"") -> str:
    """What RabbitMQ keeps of a password, by its algorithm `rabbit_password_hashing_sha256`."""
    salt = salt or secrets.token_bytes(SALT_BYTES)
    digest = hashlib.sha256(salt + password.encode()).digest()
    return base64.b64encode(salt + digest).decode()


class SecretKind(NamedTuple):
    """How a secret is made, and what is stored of it. A `shared` one can be read by the product."""

    new: Callable[[], str]
    stored: Callable[[str], str]
    is_shared: bool


# By the kind of a consumer. The other kinds have no secret.
SECRETS: dict[str, SecretKind] = {
    Kind.WEBHOOK: SecretKind(new_webhook_secret, seal, is_shared=True),
    Kind.AMQP: SecretKind(new_password, password_hash, is_shared=False),
}
SHARED = [kind for kind, secret in SECRETS.items() if secret.is_shared]
