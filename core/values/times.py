"""How times are written: into files in the reader's zone, which the heading names; for programs in UTC."""

from datetime import UTC, datetime

from django.utils import timezone

FORMAT = "%Y-%m-%d %H:%M:%S"


def heading_with_zone(heading: str) -> str:
    """Created (Europe/Berlin)"""
    return f"{heading} ({timezone.get_current_timezone_name()})"


def in_utc(moment: datetime) -> str:
    """ISO 8601, as programs read it: 2026-11-28T09:14:05Z."""
    return moment.astimezone(UTC).isoformat().replace("+00:00", "Z")


def written(value: datetime | None) -> str:
    if value:
        return timezone.localtime(value).strftime(FORMAT)
    return ""
