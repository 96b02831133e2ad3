"""The product behind gunicorn with two workers, as it is run in production, on a database that is given."""

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from pathlib import Path
from urllib.parse import urlsplit

from django.conf import settings
from django.test.utils import override_settings

from bench.browser import Browser, request
from config import data
from config.supervisor import broker
from config.supervisor.process import die_with_parent

WORKERS = "2"


def url_of(database: str) -> str:
    return urlsplit(os.environ["DATABASE_URL"])._replace(path=f"/{database}").geturl()


@contextmanager
def serving(database: str) -> Iterator[int]:
    """The port where it answers."""
    port = free_port()
    environment = _environment(database, port)
    collect = [sys.executable, "manage.py", "collectstatic", "--noinput"]
    subprocess.run(collect, env=environment, check=True, stdout=subprocess.DEVNULL)
    with _running(
        [sys.executable, "-m", "gunicorn", "-c", "config/gunicorn.py"], environment
    ) as server:
        _wait(port, server)
        yield port


@contextmanager
def cache() -> Iterator[None]:
    """A Valkey as the product starts one, for cache and broker of the servers, and the cache of this process."""
    (settings.VAR_DIR / "valkey").mkdir()
    with (
        _running(
            broker.command(settings.VALKEY_SOCKET, settings.VAR_DIR / "valkey"), dict(os.environ)
        ),
        override_settings(CACHES=settings.CACHES | {"default": data.cache(_cache_url())}),
    ):
        yield


def _cache_url() -> str:
    return f"unix://{settings.VALKEY_SOCKET}?db=1"


@contextmanager
def _running(
    command: Sequence[str | Path], environment: dict[str, str]
) -> Iterator[subprocess.Popen]:
    with (settings.VAR_DIR / "servers.log").open("ab") as log:
        process = subprocess.Popen(
            command,
            env=environment,
            stdout=log,
            stderr=log,
            preexec_fn=die_with_parent(signal.SIGTERM),
        )
    try:
        yield process
    finally:
        process.terminate()
        process.wait(30)


def _environment(database: str, port: int) -> dict[str, str]:
    """What the tests' settings have made cheaper is not taken over."""
    kept = {
        k: v
        for k, v in os.environ.items()
        if k not in ("DATABASE_POOL", "LOG_LEVEL", "TELEMATICS_TIME_SCALE")
    }
    return kept | {
        "DJANGO_SETTINGS_MODULE": "bench.web_settings",
        "DATABASE_URL": url_of(database),
        "VAR_DIR": str(settings.VAR_DIR),
        "SECRET_KEY": settings.SECRET_KEY,
        "BROKER_URL": f"redis+socket://{settings.VALKEY_SOCKET}?virtual_host=0",
        "CACHE_URL": _cache_url(),
        "BIND": f"127.0.0.1:{port}",
        "WEB_WORKERS": WORKERS,
    }


def free_port() -> int:
    with closing(socket.socket()) as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def _wait(port: int, server: subprocess.Popen) -> None:
    until = time.monotonic() + 120
    while time.monotonic() < until and server.poll() is None:
        try:
            if Browser(port).send(request("/healthz")).status == 200:
                return
        except OSError:
            time.sleep(0.2)
    raise RuntimeError(
        f"The server did not start.\n{(settings.VAR_DIR / 'servers.log').read_text()[-2000:]}"
    )
