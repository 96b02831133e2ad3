"""Texts that the product needs again and a reader of the database may not have, such as the secret of a webhook.

`FIELD_KEYS` has the keys: the first one seals, all of them open. So a new key is put before the old one, and the old
one is removed when `manage.py reseal` has sealed everything with the new one.
"""

from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from django.conf import settings


class Unreadable(Exception):
    """Sealed with a key that FIELD_KEYS no longer has."""


def seal(text: str) -> str:
    return _keys().encrypt(text.encode()).decode()


def opened(sealed: str) -> str:
    """The text. Raises Unreadable."""
    try:
        return _keys().decrypt(sealed).decode()
    except InvalidToken:
        raise Unreadable("It was sealed with a key that FIELD_KEYS no longer has.") from None


def resealed(sealed: str) -> str:
    """The same text under the first key. Raises Unreadable."""
    try:
        return _keys().rotate(sealed).decode()
    except InvalidToken:
        raise Unreadable("It was sealed with a key that FIELD_KEYS no longer has.") from None


def _keys() -> MultiFernet:
    return MultiFernet([Fernet(key) for key in settings.FIELD_KEYS])
