"""Evidence of earlier versions, which is kept with tests from that time.

It had its bounds in the threshold, as a text: "≥ 11.5", "≤ 16 min", "0–1500000". It is read as today's is written.
"""

import re
from typing import Any

BOUNDS = re.compile(r"(?P<sign>[≥≤]) (?P<bound>[\d.]+)(?: (?P<unit>\w+))?")
RANGE = re.compile(r"(?P<min>[\d.]+)–(?P<max>[\d.]+)")
UTC = re.compile(r"(?<=\d)\+00:00$")


def current(line: dict[str, Any]) -> dict[str, Any]:
    """Return a line of evidence as the present version writes it."""
    read = {name: _in_utc(value) for name, value in line.items()}
    read["unit"] = line.get("unit") or None
    if "min" not in line:
        read |= _bounds_of(line)
    return read


def _bounds_of(line: dict[str, Any]) -> dict[str, Any]:
    threshold = line.get("threshold")
    text = str(threshold)
    if found := RANGE.fullmatch(text):
        return {"threshold": None, "min": float(found["min"]), "max": float(found["max"])}
    if found := BOUNDS.fullmatch(text):
        bound: dict[str, float | None] = {"min": None, "max": None}
        bound["min" if found["sign"] == "≥" else "max"] = float(found["bound"])
        return {"threshold": None, "unit": line.get("unit") or found["unit"], **bound}
    return {"threshold": None if threshold == "" else threshold, "min": None, "max": None}


def _in_utc(value: Any) -> Any:
    """A time ends in Z, as everywhere in the API."""
    if isinstance(value, str):
        return UTC.sub("Z", value)
    return value
