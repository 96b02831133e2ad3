"""Static files with a digest in their names, so that browsers keep them for ever."""

from whitenoise.storage import CompressedManifestStaticFilesStorage

_pattern, _imports = CompressedManifestStaticFilesStorage._js_module_import_aggregation_patterns


class StaticFiles(CompressedManifestStaticFilesStorage):
    """The product's own modules import each other by the names with digests.

    Django's `support_js_module_import_aggregation` rewrites every file, and fails on comments in those of packages.
    """

    patterns = (*CompressedManifestStaticFilesStorage.patterns, ("js/*.js", _imports))
