"""The same code on PostgreSQL with RabbitMQ, two webs and two workers of each queue: the story is as green there."""

import os
import subprocess
import sys
import time
from pathlib import Path
from urllib.parse import urlsplit
from urllib.request import ProxyHandler, build_opener

import psycopg
import pytest
from kombu import Connection

from tests.balancer import Balancer
from tests.product import HOME, environment, free_port, wait_for

pytestmark = [
    pytest.mark.servers("POSTGRES_URL", "RABBITMQ_URL", "REDIS_URL"),
    pytest.mark.timeout(1200),
]
QUEUES = {"default": "8", "units": "32", "urgent": "16"}


@pytest.fixture
def database():
    """A database of its own on the running server."""
    server, name = os.environ["POSTGRES_URL"], f"story_{os.getpid()}"
    with psycopg.connect(server, autocommit=True) as connection:
        connection.execute(f"CREATE DATABASE {name}")
        yield urlsplit(server)._replace(path=f"/{name}").geturl()
        connection.execute(f"DROP DATABASE {name} WITH (FORCE)")


@pytest.fixture
def broker():
    url = os.environ["RABBITMQ_URL"]
    yield url
    with Connection(url) as connection:
        for queue in QUEUES:
            connection.default_channel.queue_delete(queue)


class Servers:
    """Two webs behind one address, two workers of each queue, one beat."""

    def __init__(self, var: Path, database: str, broker: str):
        self.ports, self.logs, self.children = (free_port(), free_port()), var / "logs", []
        self.balancer = Balancer(*self.ports)
        self.url = f"http://127.0.0.1:{self.balancer.port}"
        self.environment = environment(
            var,
            DATABASE_URL=database,
            BROKER_URL=broker,
            CACHE_URL=os.environ["REDIS_URL"],
            BASE_URL=self.url,
            DEMO="true",
            TELEMATICS_TIME_SCALE="0.02",
            DATABASE_POOL="8",
        )

    def __enter__(self) -> "Servers":
        self.logs.mkdir(parents=True)
        for command in (["migrate"], ["collectstatic", "--noinput"], ["demo"]):
            subprocess.run(
                [sys.executable, "manage.py", *command], cwd=HOME, env=self.environment, check=True
            )
        for number, port in enumerate(self.ports):
            self.start(
                f"web{number}", "gunicorn", "-c", "config/gunicorn.py", BIND=f"127.0.0.1:{port}"
            )
            for queue, threads in QUEUES.items():
                name = f"{queue}{number}"
                worker = ("worker", "-Q", queue, "-c", threads, "-P", "threads", "-n", f"{name}@%h")
                self.start(name, "celery", "-A", "config", *worker)
        self.start(
            "beat",
            "celery",
            "-A",
            "config",
            "beat",
            "--pidfile=",
            "-s",
            str(self.logs / "schedule"),
        )
        for port in self.ports:
            wait_for(lambda port=port: answers(port), 120, f"a web on {port}")
        self.balancer.__enter__()
        return self

    def start(self, name: str, *command: str, **more: str) -> None:
        with (self.logs / f"{name}.log").open("w") as log:
            child = subprocess.Popen(
                [sys.executable, "-m", *command],
                cwd=HOME,
                env=self.environment | more,
                stdout=log,
                stderr=log,
            )
        self.children.append(child)

    def __exit__(self, *_: object) -> None:
        self.balancer.__exit__()
        for child in self.children:
            child.terminate()
        deadline = time.monotonic() + 20
        for child in self.children:
            try:
                child.wait(max(0, deadline - time.monotonic()))
            except subprocess.TimeoutExpired:
                child.kill()


def answers(port: int) -> bool:
    try:
        return (
            build_opener(ProxyHandler({}))
            .open(f"http://127.0.0.1:{port}/healthz", timeout=5)
            .status
            == 200
        )
    except OSError:
        return False


def test_the_story_is_green_on_servers_with_two_of_everything(tmp_path, database, broker):
    with Servers(tmp_path / "var", database, broker) as servers:
        command = [
            sys.executable,
            "manage.py",
            "story",
            "--url",
            servers.url,
            "--jobs",
            "12",
            "--installers",
            "4",
        ]
        told = subprocess.run(
            command, cwd=HOME, env=servers.environment, capture_output=True, text=True, timeout=900
        )

    assert told.returncode == 0, told.stdout + told.stderr
    assert "Every promise was kept" in told.stdout
    assert all(servers.balancer.answered.values())  # both webs took part
