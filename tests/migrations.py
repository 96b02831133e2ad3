"""Which migrations there are, and where a database is kept that has them all."""

import hashlib
from pathlib import Path

from config.environment import BASE_DIR

KEPT = BASE_DIR / "var" / "tests"


def state_of_migrations() -> str:
    digest = hashlib.sha256()
    for path in [
        BASE_DIR / "requirements.txt",
        *sorted(BASE_DIR.glob("[!.]*/**/migrations/*.py")),
    ]:
        digest.update(str(path.relative_to(BASE_DIR)).encode())
        digest.update(path.read_bytes())
    return digest.hexdigest()[:20]


def dump_of(state: str) -> Path:
    """Of PostgreSQL, written by a server of the tests' own."""
    return KEPT / f"{state}.dump"
