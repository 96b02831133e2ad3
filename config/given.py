"""What the environment gives: every variable read once, and refused where it makes no sense.

`read` takes any mapping, so that a test can try each wrong value without a process.
"""

import os
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import SplitResult

import environ
from django.core.exceptions import ImproperlyConfigured

from config import combinations, data, environment, locations, places, secret_files
from config.monitors import Monitors, read_monitors
from config.outbound import Outbound, read_outbound

NAMES = (
    "ADDRESS_CHANGES_PER_DAY",
    "ALLOWED_HOSTS",
    "BASE_URL",
    "BIND",
    "BROKER_URL",
    "CACHE_URL",
    "DATABASE_POOL",
    "DATABASE_STATEMENT_TIMEOUT",
    "DATABASE_URL",
    "DEBUG",
    "DEFAULT_FROM_EMAIL",
    "DEMO",
    "DEMO_PASSWORD",
    "DEMO_TRAFFIC",
    "EMAIL_URL",
    "FIELD_KEYS",
    "FORWARDED_ALLOW_IPS",
    "HSTS_SECONDS",
    "INVITATIONS_PER_DAY",
    "LOG_LEVEL",
    "MAIL_BOUNCES_FROM",
    "MAIL_BOUNCES_SECRET",
    "MAILS_TO_AN_ADDRESS_PER_DAY",
    "MESSAGES_AMQP_URL",
    "MESSAGES_MANAGEMENT_URL",
    "METRICS_TOKEN",
    "OPERATORS_NEED_SECOND_FACTOR",
    "OTEL_EXPORTER_OTLP_ENDPOINT",
    "OUTBOUND_ALLOWED",
    "OUTBOUND_CA_FILE",
    "OUTBOUND_FORBIDDEN",
    "OUTBOUND_NAMESERVERS",
    "PHOTO_STORAGE",
    "PHOTO_STORAGE_ENDPOINT",
    "SECRET_KEY",
    "SECRET_KEY_FALLBACKS",
    "SENTRY_DSN",
    "TELEMATICS_GATEWAY",
    "TELEMATICS_TIME_SCALE",
    "TRUSTED_PROXIES",
    "VAR_DIR",
    "WEB_RELOAD",
    "WEB_THREADS",
    "WEB_WORKERS",
    *secret_files.NAMES,
)
LOG_LEVELS = ("DEBUG", "INFO", "WARNING", "ERROR", "CRITICAL")
# Those of core/mail/bounces.py.
MAIL_SERVICES = ("BREVO", "MAILGUN", "MAILJET", "POSTMARK", "SPARKPOST")
HOUR = 3600
TWO_YEARS = 63_072_000
SHORTEST_PASSWORD = 8
SHORTEST_TOKEN = 16
# Printed in README and at the start of the demo.
KNOWN_DEMO_PASSWORD = "installer-jobs-demo"  # noqa: S105


@dataclass(frozen=True)
class Web:
    base_url: SplitResult
    allowed_hosts: list[str]
    bind: str
    forwarded_allow_ips: str
    trusted_proxies: int
    hsts_seconds: int
    reload: bool
    threads: int
    workers: int

    @property
    def is_https(self) -> bool:
        return self.base_url.scheme == "https"


@dataclass(frozen=True)
class Stores:
    """Database, broker and cache, and the storage of photos."""

    is_database_given: bool
    database: dict[str, Any]
    statement_timeout: float
    valkey_socket: Path
    broker_url: str
    cache_url: str
    photos: dict[str, Any]

    @property
    def is_on_sqlite(self) -> bool:
        return str(self.database["ENGINE"]).endswith("sqlite3")


@dataclass(frozen=True)
class Messages:
    """The RabbitMQ that event consumers read from: none, or both of its URLs."""

    amqp_url: str
    management_url: str


@dataclass(frozen=True)
class Mails:
    server: dict[str, Any]
    sender: str
    invitations_per_day: int
    to_an_address_per_day: int
    address_changes_per_day: int
    bounces_from: str
    bounces_secret: str

    @property
    def webhooks(self) -> dict[str, str]:
        """The settings of django-anymail: Mailgun signs its reports, the others send a password."""
        if self.bounces_from == "MAILGUN":
            return {"MAILGUN_WEBHOOK_SIGNING_KEY": self.bounces_secret}
        if self.bounces_from:
            return {"WEBHOOK_SECRET": f"mail:{self.bounces_secret}"}
        return {}


@dataclass(frozen=True)
class Given:
    var_dir: Path
    world_file: Path
    secret_key: str
    former_secret_keys: list[str]
    field_keys: list[str]
    metrics_token: str
    operators_need_second_factor: bool
    debug: bool
    demo: bool
    demo_password: str
    demo_traffic: bool
    gateway: str
    time_scale: float
    log_level: str
    web: Web
    stores: Stores
    messages: Messages
    mails: Mails
    outbound: Outbound
    monitors: Monitors


def of_this_process() -> Given:
    """Web, workers and commands end with the same line where a variable is wrong."""
    try:
        return read(os.environ)
    except ImproperlyConfigured as wrong:
        sys.exit(f"Settings: {wrong}")


def read(given: Mapping[str, str]) -> Given:
    environment.refuse_empty(given, NAMES)
    given = secret_files.opened(given)
    var = places.var_dir(given)
    world_file = var / "world"
    # `var/world` speaks of the database in `var/` alone.
    is_demo_here = places.chosen_world(world_file) == "demo" and "DATABASE_URL" not in given
    is_demo = environment.flag("DEMO", default=is_demo_here, given=given)
    web = _web(given)
    found = Given(
        var_dir=var,
        world_file=world_file,
        secret_key=places.secret_key(given, var),
        former_secret_keys=places.former_secret_keys(given),
        field_keys=places.field_keys(given, var),
        metrics_token=environment.token("METRICS_TOKEN", SHORTEST_TOKEN, given),
        operators_need_second_factor=environment.flag(
            "OPERATORS_NEED_SECOND_FACTOR", default=not is_demo, given=given
        ),
        debug=environment.flag("DEBUG", default=False, given=given),
        demo=is_demo,
        demo_password=_demo_password(given),
        demo_traffic=environment.flag("DEMO_TRAFFIC", default=True, given=given),
        gateway=environment.class_path("TELEMATICS_GATEWAY", given),
        time_scale=environment.number("TELEMATICS_TIME_SCALE", 1, 0, 10, given),
        log_level=environment.one_of("LOG_LEVEL", "INFO", LOG_LEVELS, given),
        web=web,
        stores=_stores(given, var),
        messages=_messages(given),
        mails=_mails(given, str(web.base_url.hostname)),
        outbound=read_outbound(given),
        monitors=read_monitors(given),
    )
    combinations.refuse(found, given)
    return found


def _web(given: Mapping[str, str]) -> Web:
    return Web(
        base_url=locations.base_url(given),
        allowed_hosts=locations.hosts(given),
        bind=locations.bind(given),
        forwarded_allow_ips=locations.proxies(given),
        trusted_proxies=environment.whole("TRUSTED_PROXIES", 0, 0, 10, given),
        hsts_seconds=environment.whole("HSTS_SECONDS", HOUR, 0, TWO_YEARS, given),
        reload=environment.flag("WEB_RELOAD", default=False, given=given),
        threads=environment.whole("WEB_THREADS", 16, 1, 256, given),
        workers=environment.whole("WEB_WORKERS", 1, 1, 64, given),
    )


def _stores(given: Mapping[str, str], var: Path) -> Stores:
    socket = places.valkey_socket(var)
    own_broker = f"redis+socket://{socket}?virtual_host=0"
    own_cache = f"unix://{socket}?db=1"
    return Stores(
        is_database_given="DATABASE_URL" in given,
        database=data.database(var, given),
        statement_timeout=environment.number("DATABASE_STATEMENT_TIMEOUT", 30, 0, 3600, given),
        valkey_socket=socket,
        broker_url=locations.address("BROKER_URL", own_broker, locations.BROKERS, given),
        cache_url=locations.address("CACHE_URL", own_cache, locations.CACHES, given),
        photos=data.photos(var, given),
    )


def _messages(given: Mapping[str, str]) -> Messages:
    return Messages(
        amqp_url=locations.address("MESSAGES_AMQP_URL", "", ("amqp", "amqps"), given),
        management_url=locations.address("MESSAGES_MANAGEMENT_URL", "", ("http", "https"), given),
    )


def _mails(given: Mapping[str, str], host: str) -> Mails:
    url = locations.mailer(given)
    return Mails(
        server=dict(environ.Env.email_url_config(url)) if url else {},
        sender=locations.sender(given, host),
        invitations_per_day=environment.whole("INVITATIONS_PER_DAY", 100, 1, 100_000, given),
        to_an_address_per_day=environment.whole("MAILS_TO_AN_ADDRESS_PER_DAY", 10, 1, 1000, given),
        address_changes_per_day=environment.whole("ADDRESS_CHANGES_PER_DAY", 10, 1, 1000, given),
        bounces_from=_bounces_from(given),
        bounces_secret=environment.token("MAIL_BOUNCES_SECRET", SHORTEST_TOKEN, given),
    )


def _bounces_from(given: Mapping[str, str]) -> str:
    if "MAIL_BOUNCES_FROM" not in given:
        return ""
    return environment.one_of("MAIL_BOUNCES_FROM", "", MAIL_SERVICES, given)


def _demo_password(given: Mapping[str, str]) -> str:
    password = given.get("DEMO_PASSWORD", KNOWN_DEMO_PASSWORD)
    if len(password) < SHORTEST_PASSWORD:
        raise ImproperlyConfigured(
            f"DEMO_PASSWORD must have at least {SHORTEST_PASSWORD} characters."
        )
    return password
