"""A RabbitMQ of the tests' own, with its management API. It can be stopped and started again, and touches no other."""

import atexit
import os
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from pathlib import Path
from urllib.parse import quote

import httpx

from config.supervisor.process import die_with_parent

# Debian's wrapper in /usr/sbin changes the user; the program itself runs as anybody.
PROGRAMS = ("/usr/lib/rabbitmq/bin/rabbitmq-server", "/usr/local/sbin/rabbitmq-server")
STARTS_WITHIN = 90
# Figures are a second old, where by default they are ten.
SETTINGS = """\
listeners.tcp.local = 127.0.0.1:{amqp}
management.tcp.ip = 127.0.0.1
management.tcp.port = {management}
collect_statistics_interval = 500
management.sample_retention_policies.global.minute = 1
management.sample_retention_policies.basic.minute = 1
management.sample_retention_policies.detailed.minute = 1
"""
ENVIRONMENT = """\
NODENAME=tests-{amqp}@localhost
export ERL_EPMD_ADDRESS=127.0.0.1
export ERL_FLAGS="-kernel inet_dist_use_interface {{127,0,0,1}}"
"""


def program() -> str | None:
    return next((path for path in PROGRAMS if os.access(path, os.X_OK)), None)


class Server:
    def __init__(self, starts_within: float = STARTS_WITHIN) -> None:
        self.starts_within = starts_within
        self.home = Path(tempfile.mkdtemp(prefix="installer-jobs-mq-"))
        self.amqp, self.management, self.cluster = (_free_port() for _ in range(3))
        ports = {"amqp": self.amqp, "management": self.management}
        (self.home / "rabbitmq.conf").write_text(SETTINGS.format(**ports))
        (self.home / "environment").write_text(ENVIRONMENT.format(**ports))
        (self.home / "plugins").write_text("[rabbitmq_management].\n")
        atexit.register(self._end)
        self.start()

    # --- where it is ----------------------------------------------------------------------------------------------
    def url(self, host: str) -> str:
        return f"amqp://guest:guest@127.0.0.1:{self.amqp}/{quote(host, safe='')}"

    @property
    def management_url(self) -> str:
        return f"http://guest:guest@127.0.0.1:{self.management}"

    def ask(self, method: str, path: str, body: object = None) -> httpx.Response:
        """Call the management API."""
        url = f"{self.management_url}/api/{path}"
        return httpx.request(method, url, json=body, timeout=20)

    # --- what can be done to it -----------------------------------------------------------------------------------
    def start(self) -> None:
        home = str(self.home)
        self.process = subprocess.Popen(
            [str(program())],
            env=os.environ
            | {
                "HOME": home,  # with a cookie of its own
                "RABBITMQ_CONF_ENV_FILE": f"{home}/environment",
                "RABBITMQ_CONFIG_FILE": f"{home}/rabbitmq.conf",
                "RABBITMQ_DIST_PORT": str(self.cluster),
                "RABBITMQ_ENABLED_PLUGINS_FILE": f"{home}/plugins",
                "RABBITMQ_LOG_BASE": f"{home}/log",
                "RABBITMQ_MNESIA_BASE": f"{home}/data",
            },
            stdout=(self.home / "out").open("w"),
            stderr=subprocess.STDOUT,
            cwd=home,
            preexec_fn=die_with_parent(signal.SIGTERM),
        )
        deadline = time.monotonic() + self.starts_within
        while not self._answers():
            if self.process.poll() is not None or time.monotonic() > deadline:
                raise RuntimeError(f"RabbitMQ did not start:\n{(self.home / 'out').read_text()}")
            time.sleep(0.2)

    def stop(self) -> None:
        """In good order: what was confirmed is there after the next start."""
        self.process.terminate()
        try:
            self.process.wait(30)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()

    def _answers(self) -> bool:
        try:
            return self.ask("GET", "aliveness-test/%2F").is_success
        except httpx.HTTPError:
            return False

    def _end(self) -> None:
        self.stop()
        shutil.rmtree(self.home, ignore_errors=True)


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]
