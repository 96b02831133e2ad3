"""The servers of one run: a PostgreSQL and a Valkey of its own, and a virtual host of the running RabbitMQ."""

import shutil
import signal
import subprocess
import time
from contextlib import suppress
from pathlib import Path
from urllib.parse import urlsplit

import redis

from config.supervisor import broker as embedded
from config.supervisor.process import die_with_parent
from tests.postgres import Server
from tests.servers import PLACES

# What was committed must outlive a crash of the server; and when it was committed is asked afterwards.
DURABLE = {"synchronous_commit": "on", "track_commit_timestamp": "on"}
AMQP_PORT = 5672


class Missing(Exception):
    """A server that the run needs is not here."""


class Postgres(Server):
    def __init__(self) -> None:
        super().__init__(**DURABLE)

    @property
    def address(self) -> Path:
        return self.home / ".s.PGSQL.5432"


class Valkey:
    """The embedded one, as `bin/run` starts it. It can be killed, frozen and started again."""

    def __init__(self, home: Path):
        self.address, self.data = home / "valkey.sock", home / "valkey"
        self.start()

    def start(self) -> None:
        self.process = subprocess.Popen(
            embedded.command(self.address, self.data),
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            preexec_fn=die_with_parent(signal.SIGKILL),
        )
        deadline = time.monotonic() + 20
        while not self._answers():
            if self.process.poll() is not None or time.monotonic() > deadline:
                raise Missing("Valkey does not start")
            time.sleep(0.02)

    def _answers(self) -> bool:
        client = redis.Redis(unix_socket_path=str(self.address), socket_timeout=2)
        with suppress(redis.RedisError), client:
            return bool(client.ping())
        return False

    def kill(self) -> None:
        self.process.kill()
        self.process.wait()

    def freeze(self) -> None:
        self.process.send_signal(signal.SIGSTOP)

    def thaw(self) -> None:
        self.process.send_signal(signal.SIGCONT)


class RabbitMQ:
    """A virtual host of its own, so that nobody else's queues are met; the queues are this run's."""

    def __init__(self, url: str, name: str):
        parts = urlsplit(url)
        self.address = (parts.hostname or "127.0.0.1", parts.port or AMQP_PORT)
        self.host = name if _control("add_vhost", name) else ""
        if self.host:
            user = parts.username or "guest"
            _control("set_permissions", "-p", name, user, ".*", ".*", ".*")
        credentials, _at, _place = parts.netloc.rpartition("@")
        self._credentials = credentials or "guest:guest"
        self._path = name if self.host else parts.path.removeprefix("/") or "%2F"

    def url(self, port: int) -> str:
        return f"amqp://{self._credentials}@127.0.0.1:{port}/{self._path}"

    def leave(self) -> None:
        if self.host:
            _control("delete_vhost", self.host)


def _control(*words: str) -> bool:
    command = shutil.which("rabbitmqctl")
    if command is None:
        return False
    return subprocess.run([command, *words], capture_output=True, timeout=60).returncode == 0


def rabbitmq_url(given: str | None) -> str:
    """Where RabbitMQ answers. Raises Missing."""
    usual, check = PLACES["RABBITMQ_URL"]
    url = given or usual
    try:
        check(url)
    except Exception as reason:
        raise Missing(f"no RabbitMQ answers ({type(reason).__name__})") from reason
    return url
