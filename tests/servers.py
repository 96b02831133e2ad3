"""Which servers answer here, for tests marked `servers`: `eval "$(python -m tests.servers)"` sets what was found."""

import os
import shlex
import sys
from collections.abc import Callable

import psycopg
import redis
from kombu import Connection


def _redis(url: str) -> None:
    with redis.Redis.from_url(url, socket_connect_timeout=2) as client:
        client.ping()


def _rabbitmq(url: str) -> None:
    with Connection(url, connect_timeout=2) as broker:
        broker.ensure_connection(max_retries=1, timeout=2)


def _postgres(url: str) -> None:
    psycopg.connect(url, connect_timeout=2).close()


PLACES: dict[str, tuple[str, Callable[[str], None]]] = {
    "REDIS_URL": ("redis://127.0.0.1:6379/15", _redis),
    "RABBITMQ_URL": ("amqp://guest:guest@127.0.0.1:5672//", _rabbitmq),
    "POSTGRES_URL": ("postgresql://postgres@127.0.0.1:5432/postgres", _postgres),
}


def answering() -> dict[str, str]:
    found = {}
    for name, (usual, check) in PLACES.items():
        url = os.environ.get(name, usual)
        try:
            check(url)
        except Exception as reason:
            print(
                f"{name}: nothing answers ({type(reason).__name__}); its tests are skipped",
                file=sys.stderr,
            )
        else:
            print(f"{name}: answers", file=sys.stderr)
            found[name] = url
    return found


if __name__ == "__main__":
    for name, url in answering().items():
        print(f"export {name}={shlex.quote(url)}")
