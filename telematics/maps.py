"""Links to a public map. The reader follows them; the product itself sends nothing there."""

from collections.abc import Mapping
from urllib.parse import urlencode

MAP = "https://www.openstreetmap.org/"


def of_position(position: Mapping[str, float]) -> str:
    """Return the page with a mark at the position."""
    latitude = position["latitude"]
    longitude = position["longitude"]
    mark = urlencode({"mlat": latitude, "mlon": longitude})
    return f"{MAP}?{mark}#map=16/{latitude}/{longitude}"


def of_address(address: str) -> str:
    """Return the page that searches for a street address; "" without one."""
    if not address:
        return ""
    return f"{MAP}search?{urlencode({'query': address})}"
