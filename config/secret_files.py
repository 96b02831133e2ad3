"""Secrets in files, as containers and systemd hand them over: `SECRET_KEY_FILE=/run/secrets/key` for `SECRET_KEY`."""

from collections.abc import Mapping
from pathlib import Path

from django.core.exceptions import ImproperlyConfigured

# A password may be part of each URL.
SECRETS = (
    "BROKER_URL",
    "CACHE_URL",
    "DATABASE_URL",
    "DEMO_PASSWORD",
    "EMAIL_URL",
    "FIELD_KEYS",
    "MAIL_BOUNCES_SECRET",
    "MESSAGES_AMQP_URL",
    "MESSAGES_MANAGEMENT_URL",
    "METRICS_TOKEN",
    "SECRET_KEY",
    "SECRET_KEY_FALLBACKS",
)
NAMES = tuple(f"{secret}_FILE" for secret in SECRETS)


def opened(given: Mapping[str, str]) -> dict[str, str]:
    """The variables, with the content of each named file as the value of its secret."""
    found = dict(given)
    for secret, name in zip(SECRETS, NAMES, strict=True):
        if name in given:
            if secret in given:
                raise ImproperlyConfigured(f"{name} is set beside {secret}. Give one of them.")
            found[secret] = _content(name, given[name])
    return found


def _content(name: str, path: str) -> str:
    try:
        content = Path(path).read_text().strip()
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or "not a text"
        raise ImproperlyConfigured(f"{name} {path!r:.200} cannot be read: {reason}.") from None
    if not content:
        raise ImproperlyConfigured(f"{name} {path!r:.200} is empty.")
    return content
