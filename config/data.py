"""How the databases, the cache and the broker are used, whichever the environment names."""

import os
import re
from collections.abc import Mapping
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import environ
from django.core.exceptions import ImproperlyConfigured
from psycopg import ProgrammingError
from psycopg.conninfo import make_conninfo

from config.environment import whole
from config.locations import split

SQLITE = {
    "timeout": 20,
    "transaction_mode": "IMMEDIATE",  # two that read and then write would otherwise both fail as locked
    "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL; "
    "PRAGMA foreign_keys=ON; PRAGMA temp_store=MEMORY",
}
# Seconds. A page waits for one thing after the other, and answers within 5 s all the same.
CONNECT_TIMEOUT = 3
POOL_TIMEOUT = 3
POSTGRESQL = {
    "connect_timeout": CONNECT_TIMEOUT,
    "tcp_user_timeout": 4000,  # ms until what a machine that is gone has not acknowledged ends the connection
    "keepalives_idle": 30,
    "keepalives_interval": 5,
    "keepalives_count": 3,
}
# So often a connection has heard a question before it keeps its plan.
REPEATED = 2
BROKER_TIMEOUT = (
    3  # a broker that accepts and never answers would block every page that queues work
)
REDIS_BROKER = {
    "visibility_timeout": 300,
    "unacked_restore_interval": 10,
    "unacked_restore_throttle": 1,
    "socket_timeout": BROKER_TIMEOUT,
    "socket_connect_timeout": BROKER_TIMEOUT,
    "socket_keepalive": True,
    "health_check_interval": 25,
}
# The last line of defence against a process that stopped within a transaction: it loses its locks before those who wait
# for them give up. A migration waits for as long as it takes (core/apps.py).
SESSION = "-c idle_in_transaction_session_timeout=30s -c lock_timeout=45s"

# Rendered parts of pages that are the same for many readers; each process has its own.
PARTS = {
    "BACKEND": "django.core.cache.backends.locmem.LocMemCache",
    "LOCATION": "parts",
    "OPTIONS": {"MAX_ENTRIES": 5_000},
}


def database(var: Path, given: Mapping[str, str] = os.environ) -> dict[str, Any]:
    url = given.get("DATABASE_URL", f"sqlite:///{var / 'db.sqlite3'}")
    split("DATABASE_URL", url)
    try:
        found = dict(environ.Env.db_url_config(url))
    except Exception as error:
        raise ImproperlyConfigured("DATABASE_URL cannot be read.") from error
    engine = str(found.get("ENGINE")).rpartition(".")[2]
    if engine not in ("sqlite3", "postgresql") or not found.get("NAME"):
        raise ImproperlyConfigured(
            "DATABASE_URL must be postgresql://… or sqlite:///…, with a name."
        )
    if engine == "sqlite3":
        refuse_no_file(str(found["NAME"]))
        return {**found, "OPTIONS": SQLITE}
    options = _postgresql(found.get("OPTIONS", {}), given)
    return {
        **found,
        "ENGINE": "core.postgresql",
        "OPTIONS": options,
        # Behind a pooler the next part of the rows may come by another connection, which has no such cursor.
        "DISABLE_SERVER_SIDE_CURSORS": "pool" not in options,
    }


def refuse_no_file(name: str) -> None:
    """SQLite reports it only at the first query, and each thread has a memory of its own."""
    path = Path(name)
    if name == ":memory:" or path.is_dir() or not path.parent.is_dir():
        raise ImproperlyConfigured(
            "DATABASE_URL must name a file of SQLite in a directory that exists."
        )
    if not os.access(path if path.exists() else path.parent, os.W_OK):
        raise ImproperlyConfigured("DATABASE_URL names a file of SQLite that is not writable.")


def _postgresql(wanted: dict[str, Any], given: Mapping[str, str]) -> dict[str, Any]:
    refuse_unknown_options(wanted)
    options = {**POSTGRESQL, **wanted}
    pool = _pool(given)
    if not pool:
        return options
    return {**options, **pool, "options": f"{SESSION} {wanted.get('options', '')}".strip()}


def refuse_unknown_options(wanted: dict[str, Any]) -> None:
    try:
        make_conninfo(**wanted)
        int(wanted.get("connect_timeout", CONNECT_TIMEOUT))
    except (ProgrammingError, ValueError):
        raise ImproperlyConfigured(
            "DATABASE_URL has an option after the ? that PostgreSQL does not know."
        ) from None


def _pool(given: Mapping[str, str]) -> dict[str, Any]:
    """Each process keeps its own connections, and the connections the plans of repeated queries (core/prepared.py).

    DATABASE_POOL=0 where a pool stands before the server: there each statement may meet another connection.
    """
    size = whole("DATABASE_POOL", 16, 0, 500, given)
    if not size:
        return {}
    return {"pool": {"size": size, "timeout": POOL_TIMEOUT}, "prepare_threshold": REPEATED}


def cache(url: str) -> dict[str, Any]:
    if url.startswith("locmem:"):
        return {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"}
    return {"BACKEND": "config.cache.PromptCache", "LOCATION": url, "KEY_PREFIX": "installer_jobs"}


def broker_options(url: str) -> dict[str, Any]:
    once = {
        "max_retries": 0
    }  # a publisher tries to connect once; workers and beat try for as long as it takes
    if url.startswith("amqp"):
        return once | {"confirm_publish": True}
    return once | REDIS_BROKER if url.startswith("redis") else {}


def photos(var: Path, given: Mapping[str, str]) -> dict[str, Any]:
    """The storage of photos: files under `var/`, or a bucket of S3 or of what speaks as S3 does."""
    url = given.get("PHOTO_STORAGE", "")
    if url:
        return _bucket(url, given.get("PHOTO_STORAGE_ENDPOINT", ""))
    if "PHOTO_STORAGE_ENDPOINT" in given:
        raise ImproperlyConfigured("PHOTO_STORAGE_ENDPOINT is set without PHOTO_STORAGE.")
    return {
        "BACKEND": "django.core.files.storage.FileSystemStorage",
        "OPTIONS": {
            "location": str(var / "photos"),
            "file_permissions_mode": 0o600,
            "directory_permissions_mode": 0o700,
        },
    }


def _bucket(url: str, endpoint: str) -> dict[str, Any]:
    """Its keys are where boto3 looks for them: AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY, a role of the machine."""
    named = re.fullmatch(r"s3://([a-z0-9][a-z0-9.-]{1,61}[a-z0-9])(?:/([\w./-]*))?", url)
    if named is None:
        raise ImproperlyConfigured("PHOTO_STORAGE must be s3://bucket or s3://bucket/folder.")
    if endpoint and not re.fullmatch(r"https?://[^\s/]+/?", endpoint):
        raise ImproperlyConfigured("PHOTO_STORAGE_ENDPOINT must be the URL of a host.")
    if find_spec("storages") is None or find_spec("boto3") is None:
        raise ImproperlyConfigured(
            "PHOTO_STORAGE needs another package: .venv/bin/pip install 'django-storages[s3]'"
        )
    options = {"bucket_name": named[1], "location": named[2] or "", "file_overwrite": False}
    if endpoint:
        options["endpoint_url"] = endpoint
    return {"BACKEND": "storages.backends.s3.S3Storage", "OPTIONS": options}
