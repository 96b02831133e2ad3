import zoneinfo

from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _


def validate_time_zone(name: str) -> None:
    if name not in zoneinfo.available_timezones():
        raise ValidationError(
            _("“%(name)s” is not a time zone."), code="invalid", params={"name": name}
        )


def time_zone_choices() -> list[tuple[str, str]]:
    """The choices of a select: the zones of places, and UTC."""
    names = sorted(zoneinfo.available_timezones())
    places = [name for name in names if "/" in name and not name.startswith("Etc/")]
    return [(name, name.replace("_", " ")) for name in places] + [("UTC", "UTC")]
