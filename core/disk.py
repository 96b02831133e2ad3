"""Whether the disk of `VAR_DIR` has room. A full one fails everything that writes, the embedded servers included."""

import shutil

from django.conf import settings

MEBIBYTE = 1024**2
NEEDED = 64 * MEBIBYTE


def state() -> str:
    if shutil.disk_usage(settings.VAR_DIR).free >= NEEDED:
        return "ok"
    return "full"
