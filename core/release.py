"""What tells one version of the product from another: a digest of its code and its texts."""

import hashlib
from functools import cache
from pathlib import Path

from django.apps import apps
from django.conf import settings


@cache
def release() -> str:
    """The same on every machine that runs this version."""
    home = Path(settings.BASE_DIR)
    digest = hashlib.sha256()
    for path in sorted(_files(home)):
        digest.update(str(path.relative_to(home)).encode())
        digest.update(path.read_bytes())
    return digest.hexdigest()[:16]


def _files(home: Path) -> set[Path]:
    """The code of our own apps, and the texts."""
    ours = {config.name.partition(".")[0] for config in apps.get_app_configs()}
    rooms = [home / name for name in ours if (home / name / "__init__.py").exists()]
    code = {path for room in rooms for path in room.rglob("*.py")}
    return code | set((home / "locale").rglob("*.po"))
