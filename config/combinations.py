"""Settings that do not work together, or are not safe."""

from collections.abc import Mapping
from typing import TYPE_CHECKING

from django.core.exceptions import ImproperlyConfigured

from config import locations

if TYPE_CHECKING:
    from config.given import Given


def refuse(found: "Given", given: Mapping[str, str]) -> None:
    """Each value makes sense by itself; together they do not work, or are not safe."""
    web = found.web
    wrong = {
        "DEBUG is true with an https BASE_URL: it would show settings to strangers.": (
            found.debug and web.is_https
        ),
        "HSTS_SECONDS needs a BASE_URL that begins with https://.": (
            "HSTS_SECONDS" in given and web.hsts_seconds > 0 and not web.is_https
        ),
        "WEB_WORKERS is more than 1 on SQLite. Give DATABASE_URL, or use WEB_THREADS.": (
            web.workers > 1 and found.stores.is_on_sqlite
        ),
        "WEB_WORKERS is more than 1 with CACHE_URL locmem://, which no two processes share.": (
            web.workers > 1 and found.stores.cache_url.startswith("locmem:")
        ),
        "MESSAGES_AMQP_URL and MESSAGES_MANAGEMENT_URL belong together: give both or none.": (
            bool(found.messages.amqp_url) != bool(found.messages.management_url)
        ),
        "MESSAGES_AMQP_URL is on the server of BROKER_URL: queues that nobody reads would stop the"
        " workers, too. Use another RabbitMQ, or demo mode.": (
            not found.demo
            and locations.is_same_server(found.messages.amqp_url, found.stores.broker_url)
        ),
        "MAIL_BOUNCES_FROM and MAIL_BOUNCES_SECRET belong together: give both or none.": (
            bool(found.mails.bounces_from) != bool(found.mails.bounces_secret)
        ),
        "WEB_RELOAD is for developers: it cannot be used with an https BASE_URL.": (
            web.reload and web.is_https
        ),
        "FORWARDED_ALLOW_IPS is *, but TRUSTED_PROXIES is 0: anyone could send those headers.": (
            web.forwarded_allow_ips == "*" and not web.trusted_proxies
        ),
        "DEFAULT_FROM_EMAIL is needed with EMAIL_URL while BASE_URL has no domain.": (
            given.get("EMAIL_URL", "").startswith("smtp")
            and "DEFAULT_FROM_EMAIL" not in given
            and _has_no_domain(str(web.base_url.hostname))
        ),
        "FIELD_KEYS is needed with a DATABASE_URL of PostgreSQL: the same for all processes.": (
            "FIELD_KEYS" not in given and not found.stores.is_on_sqlite
        ),
    }
    for sentence, applies in wrong.items():
        if applies:
            raise ImproperlyConfigured(sentence)


def _has_no_domain(host: str) -> bool:
    return locations.is_number(host) or "." not in host
