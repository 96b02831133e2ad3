"""The source files of the product, and whether one of them has changed."""

import time
from pathlib import Path

from django.apps import apps
from django.conf import settings

EVERY = 1.0  # seconds between two checks
SUFFIXES = (".py", ".html", ".mo")


def files() -> list[Path]:
    """What a process loads once and keeps: code, templates and translations."""
    rooms = [Path(config.path) for config in apps.get_app_configs()]
    ours = [room for room in rooms if room.parent == settings.BASE_DIR]
    places = [*ours, settings.BASE_DIR / "templates", settings.BASE_DIR / "locale"]
    return [path for place in places for path in place.rglob("*") if path.suffix in SUFFIXES]


class Sources:
    def __init__(self) -> None:
        self.state = self._read()
        self.due = time.monotonic() + EVERY

    def changed(self) -> bool:
        """Whether a file is new, changed or gone since the last check. Checks once a second."""
        if time.monotonic() < self.due:
            return False
        before = self.state
        self.state = self._read()
        self.due = time.monotonic() + EVERY
        return self.state != before

    @staticmethod
    def _read() -> dict[Path, int]:
        state = {}
        for path in files():
            try:
                state[path] = path.stat().st_mtime_ns
            except FileNotFoundError:  # removed since it was listed
                continue
        return state
