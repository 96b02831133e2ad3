"""What a start lays its hand on: the data below `var/`, which two copies cannot share, and the port."""

import fcntl
import socket
from pathlib import Path
from typing import IO

from config.supervisor.errors import CannotStart


def claim_data(var: Path, address: str) -> IO[str]:
    """Hold `var/` until this process ends, however it ends. The second copy learns who holds it."""
    lock = (var / "lock").open("a+")
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        lock.seek(0)
        holder = lock.read().strip() or "another copy"
        raise CannotStart(
            f"The data in {var} is in use by {holder}. Stop it first, or give another VAR_DIR."
        ) from None
    lock.truncate(0)
    lock.write(address)
    lock.flush()
    return lock


def claim_port(host: str, port: int) -> None:
    """Refuse before anything starts, not after half a minute."""
    try:
        family, kind, protocol, _, place = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[
            0
        ]
        with socket.socket(family, kind, protocol) as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            probe.bind(place)
    except (OSError, OverflowError) as error:
        raise CannotStart(
            f"Cannot listen on {host}:{port} ({error}). Choose another with --port or --host."
        ) from None
