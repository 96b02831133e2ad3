"""The demo begins anew: what its product wrote below `var/` goes, and nothing else that somebody keeps there."""

import shutil
from pathlib import Path

from config.supervisor.errors import CannotStart
from config.supervisor.world import DEMO

# Left are `certificates`, which phones trust, `static`, which is the code's, and what tests and measurements keep.
MADE = (
    "db.sqlite3",
    "db.sqlite3-shm",
    "db.sqlite3-wal",
    "beat-schedule*",
    "logs",
    "mail",
    "media",
    "photos",
    "secrets",
    "valkey",
    "valkey.damaged",
    "world",
)


def require_demo(var: Path, chosen: str, *, is_database_given: bool) -> None:
    """Refuse where the data is somebody's own, or is not in `var/`. Where there is none, nothing is to be refused."""
    if is_database_given:
        raise CannotStart(
            "The database is that of DATABASE_URL. --reset removes only a demo in VAR_DIR."
        )
    if chosen != DEMO and (chosen or (var / "db.sqlite3").exists()):
        raise CannotStart(f"{var} does not hold the demo world. --reset removes only a demo.")


def remove(var: Path) -> None:
    """Remove it, `world` last: a reset that was interrupted can be repeated."""
    for pattern in MADE:
        for path in var.glob(pattern):
            if path.is_dir() and not path.is_symlink():
                shutil.rmtree(path)
            else:
                path.unlink()
