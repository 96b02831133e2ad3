"""How the secrets of API clients are stored."""

import hashlib
from datetime import datetime
from typing import Any

from django.contrib.auth.hashers import BasePasswordHasher, check_password
from django.utils import timezone
from django.utils.crypto import constant_time_compare

ALGORITHM = "sha256"


class SecretHasher(BasePasswordHasher):
    """SHA-256: a secret of 256 random bits needs no slow hash, whose 100 MiB each request for a token would take.

    The form is `sha256$digest`, or `sha256$digest$until$former` while the former secret works until that time.
    """

    algorithm = ALGORITHM

    def salt(self) -> str:
        return ""

    def encode(self, password: str, salt: str) -> str:
        return stored(password)

    def verify(self, password: str, encoded: str) -> bool:
        _algorithm, digest, *former = encoded.split("$", 3)
        if constant_time_compare(digest, digest_of(password)):
            return True
        if not former or int(former[0]) <= timezone.now().timestamp():
            return False
        return check_password(password, former[1])

    def must_update(self, encoded: str) -> bool:
        return False

    def harden_runtime(self, password: str, encoded: str) -> None:
        """Nothing: it takes no time that could be measured."""

    def safe_summary(self, encoded: str) -> Any:
        return {"algorithm": self.algorithm}


def digest_of(secret: str) -> str:
    return hashlib.sha256(secret.encode()).hexdigest()


def stored(secret: str) -> str:
    return f"{ALGORITHM}${digest_of(secret)}"


def is_stored_so(encoded: str) -> bool:
    return encoded.startswith(f"{ALGORITHM}$")


def stored_beside(secret: str, former: str, until: datetime) -> str:
    """The new secret as it is stored, with the former one as it was stored, which works until then."""
    if is_stored_so(former):
        former = "$".join(former.split("$")[:2])  # without the one before
    return f"{stored(secret)}${int(until.timestamp())}${former}"
