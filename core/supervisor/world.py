"""A `var/` begins as a demo world or empty, and stays what it is: nobody finds demo logins beside real data."""

import hashlib
from pathlib import Path

from django.conf import settings

from core.supervisor.errors import CannotStart

DEMO, EMPTY = "demo", "empty"


def choose(*, empty: bool) -> str:
    """What this start runs on, remembered at the first one. An explicit DEMO in the environment counts as the wish."""
    begun = settings.WORLD_FILE.read_text().strip() if settings.WORLD_FILE.exists() else ""
    if empty and begun == DEMO:
        raise CannotStart(f"{settings.VAR_DIR} holds the demo world. For an empty one give another VAR_DIR.")
    world = begun or (EMPTY if empty else DEMO)
    settings.WORLD_FILE.write_text(world)
    return world


def demo_is_missing() -> bool:
    return not _stamp().exists()


def demo_is_there() -> None:
    _stamp().touch()


def _stamp() -> Path:
    """One for each database: another DATABASE_URL gets a demo world of its own."""
    database = settings.DATABASES["default"]
    place = "|".join(str(database.get(key, "")) for key in ("ENGINE", "HOST", "PORT", "NAME"))
    return settings.VAR_DIR / f"demo-{hashlib.sha256(place.encode()).hexdigest()[:12]}"
