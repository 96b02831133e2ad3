"""How times are written into files: in the reader's zone, which the heading names."""

from datetime import datetime

from django.utils import timezone

FORMAT = "%Y-%m-%d %H:%M:%S"


def heading_with_zone(heading: str) -> str:
    """Created (Europe/Berlin)"""
    return f"{heading} ({timezone.get_current_timezone_name()})"


def written(value: datetime | None) -> str:
    if value:
        return timezone.localtime(value).strftime(FORMAT)
    return ""
