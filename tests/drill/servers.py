"""The servers of the drill: a PostgreSQL with passwords, a virtual host of RabbitMQ, a receiver of webhooks."""

import os
import secrets
import shutil
import subprocess
from contextlib import suppress
from pathlib import Path
from urllib.parse import urlsplit

import psycopg
from standardwebhooks import Webhook, WebhookVerificationError

from config.supervisor.certificate import Certificates
from tests.outbound.receiver import Received, Receiver
from tests.postgres import Server
from tests.torture.servers import DURABLE

# The owner of everything in the database. The second login acts in its name.
OWNER = "installer_jobs"
SECOND = "installer_jobs_b"
ACCESS = """\
local all postgres trust
local all all scram-sha-256
"""
FIRST = -10
RECEIVER = "127.0.0.2"  # 127.0.0.1 stays forbidden


def password() -> str:
    return secrets.token_urlsafe(24)


class Database(Server):
    """Everybody but its administrator needs a password."""

    def __init__(self) -> None:
        super().__init__(**DURABLE)
        # It shares the machine with all the rest: it must not look silent, which is another exercise.
        with suppress(PermissionError):
            os.setpriority(os.PRIO_PROCESS, self.process.pid, FIRST)
        (self.home / "data" / "pg_hba.conf").write_text(ACCESS)
        self.execute("SELECT pg_reload_conf()")
        # pg_dump takes no server that is newer than itself.
        os.environ["PATH"] = f"{self.binaries}:{os.environ['PATH']}"

    def execute(self, sql: str) -> None:
        with psycopg.connect(self.url, autocommit=True) as connection:
            connection.execute(sql.encode())

    def has(self, sql: str) -> bool:
        """Whether a query finds a row."""
        with psycopg.connect(self.url) as connection:
            return connection.execute(sql.encode()).fetchone() is not None

    def add_owner(self) -> str:
        """Its password."""
        secret = password()
        self.execute(f"CREATE ROLE {OWNER} LOGIN PASSWORD '{secret}'")
        return secret

    def create(self, name: str) -> None:
        self.execute(f"CREATE DATABASE {name} OWNER {OWNER}")

    def url_of(self, name: str, login: str, secret: str) -> str:
        return f"postgresql://{login}:{secret}@/{name}?host={self.home}"

    def administrator_of(self, name: str) -> str:
        return self.url.replace("/postgres?", f"/{name}?")


class Broker:
    """A virtual host of the RabbitMQ that runs here. Each of its users has a password of their own."""

    def __init__(self, url: str, name: str):
        parts = urlsplit(url)
        self.place = f"{parts.hostname or '127.0.0.1'}:{parts.port or 5672}"
        self.name = name
        self.users: list[str] = []
        self.is_there = True
        control("add_vhost", name)

    def add_user(self, user: str) -> str:
        """The URL with their password."""
        secret, name = password(), f"{self.name}-{user}"
        control("add_user", name, secret)
        control("set_permissions", "-p", self.name, name, ".*", ".*", ".*")
        self.users.append(name)
        return f"amqp://{name}:{secret}@{self.place}/{self.name}"

    def delete_user(self, user: str) -> None:
        name = f"{self.name}-{user}"
        self.users.remove(name)
        control("delete_user", name)

    def leave(self) -> None:
        if self.is_there:
            self.is_there = False
            control("delete_vhost", self.name)
        for user in self.users:
            control("delete_user", user)
        self.users.clear()


def control(*words: str) -> None:
    command = shutil.which("rabbitmqctl", path=f"{os.environ['PATH']}:/usr/sbin")
    if command is None:
        raise RuntimeError("There is no rabbitmqctl: the drill makes a virtual host and users.")
    done = subprocess.run([command, *words], capture_output=True, text=True, timeout=120)
    if done.returncode:
        raise RuntimeError(f"rabbitmqctl {words[0]} failed: {done.stderr[-500:]}")


class Hook(Receiver):
    """Verifies each webhook with the secret that was shown once, when its consumer was made."""

    def __init__(self, home: Path):
        home.mkdir(exist_ok=True)
        certificates = Certificates(home)
        certificates.make_for([RECEIVER])
        super().__init__(certificates, RECEIVER)
        self.authority = certificates.authority.certificate
        self.secret = ""
        self.verified = 0
        self.faults: list[str] = []

    def respond(self, received: Received, connection: object) -> None:
        try:
            Webhook(self.secret).verify(received.body, received.headers)
            self.verified += 1
        except WebhookVerificationError as error:
            self.faults.append(f"a webhook was not signed with its secret: {error}")
        connection.sendall(b"HTTP/1.1 204 Taken\r\n\r\n")  # type: ignore[attr-defined]
