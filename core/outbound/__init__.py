"""The only way by which the product calls a URL that a user gave: `check_url` in a form, `post` in a task.

Nothing else of the product opens such a connection; ruff's list of banned imports (pyproject.toml) keeps it so.
"""

from collections.abc import Mapping

from core.outbound.reasons import Refused, Unreachable, sentence
from core.outbound.urls import check_url
from core.outbound.values import SECONDS, Answer

__all__ = ["Answer", "Refused", "Unreachable", "check_url", "post", "sentence"]


def post(url: str, body: bytes, headers: Mapping[str, str], *, timeout: float = SECONDS) -> Answer:
    """Send the body and return the answer. Raises Refused or Unreachable.

    `timeout` is for everything together: the look-up of the name, connecting, TLS, sending and reading.
    Never call it inside a transaction.
    """
    # It takes a quarter of a second, which the start of every process saves.
    from core.outbound import door

    return door.post(url, body, headers, timeout)
