"""The preview of an import, read from what was kept of it."""

from fleetcontrol.import_preview.preview import Preview

__all__ = ["Preview"]
