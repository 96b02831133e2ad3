"""How the databases, the cache and the broker are used, whichever the environment names."""

import os
from pathlib import Path
from typing import Any

from django.core.exceptions import ImproperlyConfigured

from config.environment import env, number

SQLITE = {
    "timeout": 20,
    "transaction_mode": "IMMEDIATE",  # two that read and then write would otherwise both fail as locked
    "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL; "
    "PRAGMA foreign_keys=ON; PRAGMA temp_store=MEMORY",
}
# So often a connection has heard a question before it keeps its plan.
REPEATED = 2
REDIS_BROKER = {
    "visibility_timeout": 300,
    "unacked_restore_interval": 10,
    "unacked_restore_throttle": 1,
    "socket_timeout": 5,  # a broker that accepts and never answers would block every page that queues work
    "socket_connect_timeout": 3,
    "socket_keepalive": True,
    "health_check_interval": 25,
}

# Parts of pages that are alike for many readers, ready to be sent; each process has its own.
PARTS = {
    "BACKEND": "django.core.cache.backends.locmem.LocMemCache",
    "LOCATION": "parts",
    "OPTIONS": {"MAX_ENTRIES": 5_000},
}


def database(var: Path) -> dict[str, Any]:
    try:
        found = dict(env.db_url_config(os.environ.get("DATABASE_URL") or f"sqlite:///{var / 'db.sqlite3'}"))
    except Exception as error:
        raise ImproperlyConfigured("DATABASE_URL cannot be read.") from error
    engine = str(found.get("ENGINE")).rpartition(".")[2]
    if engine not in ("sqlite3", "postgresql") or not found.get("NAME"):
        raise ImproperlyConfigured("DATABASE_URL must be postgresql://… or sqlite:///…, with a name.")
    return {**found, "OPTIONS": SQLITE if engine == "sqlite3" else {**found.get("OPTIONS", {}), **_pool()}}


def _pool() -> dict[str, Any]:
    """Each process keeps its own connections, and they the plans of what comes again (core/prepared.py).

    DATABASE_POOL=0 where a pool stands before the server: there each statement may meet another connection.
    """
    most = int(number("DATABASE_POOL", 16, 0, 500))
    return {"pool": {"min_size": min(2, most), "max_size": most}, "prepare_threshold": REPEATED} if most else {}


def cache(url: str) -> dict[str, Any]:
    if url.startswith("locmem:"):
        return {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"}
    limits = {"socket_timeout": 5} if url.startswith("unix:") else {"socket_timeout": 5, "socket_connect_timeout": 3}
    return {
        "BACKEND": "django.core.cache.backends.redis.RedisCache",
        "LOCATION": url,
        "KEY_PREFIX": "appdrive",
        "OPTIONS": limits,
    }


def broker_options(url: str) -> dict[str, Any]:
    if url.startswith("amqp"):
        return {"confirm_publish": True}
    return REDIS_BROKER if url.startswith("redis") else {}
