"""Static files with a digest in their names, so that browsers keep them for ever."""

import hashlib
from functools import cached_property
from pathlib import Path

from django.conf import settings
from whitenoise.storage import CompressedManifestStaticFilesStorage

_pattern, _imports = CompressedManifestStaticFilesStorage._js_module_import_aggregation_patterns


class StaticFiles(CompressedManifestStaticFilesStorage):
    """The product's own modules import each other by the names with digests.

    Django's `support_js_module_import_aggregation` rewrites every file, and fails on comments in those of packages.
    """

    patterns = (*CompressedManifestStaticFilesStorage.patterns, ("js/*.js", _imports))

    @cached_property
    def manifest_name(self) -> str:
        """Two releases share the directory while one replaces the other: each reads the names of its own files."""
        return f"staticfiles-{_digest()}.json"


def _digest() -> str:
    """Of our files, and of the versions of the packages that bring the others."""
    digest = hashlib.sha256()
    ours = (path for place in settings.STATICFILES_DIRS for path in Path(place).rglob("*"))
    for path in sorted(path for path in ours if path.is_file()):
        digest.update(path.name.encode())
        digest.update(path.read_bytes())
    digest.update((Path(settings.BASE_DIR) / "requirements.txt").read_bytes())
    return digest.hexdigest()[:16]
