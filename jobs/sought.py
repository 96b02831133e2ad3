"""What a search is after: one text, or a pasted list of plates, VINs and names; and what of it is not looked for."""

import re
from dataclasses import dataclass

from core.normal import normalise

# Below three characters a search would read the whole index (performance.md).
SHORTEST_SEARCH = 3
LONGEST_LIST = 200
VIN_LENGTH = 17
VIN = re.compile(rf"[A-HJ-NPR-Z0-9]{{{VIN_LENGTH}}}")


@dataclass(frozen=True)
class Sought:
    wanted: list[str]  # normalised, each once
    too_short: list[str]  # as they were typed, both of these
    too_many: list[str]

    @property
    def vins(self) -> list[str]:
        """Those of a list that are whole VINs."""
        return [one for one in self.wanted if VIN.fullmatch(one)] if len(self.wanted) > 1 else []

    @property
    def is_cut(self) -> bool:
        """Whether anything of a list is left out; of one text that is too short the empty list tells."""
        return bool(self.too_many or (self.too_short and self.wanted))


def sought(text: str) -> Sought:
    """The entries of a search, in their order."""
    parts = [part.strip() for part in listed(text)]
    entries: dict[str, str] = {}
    for part in parts:
        entries.setdefault(normalise(part), part)
    long = {found: part for found, part in entries.items() if len(found) >= SHORTEST_SEARCH}
    too_short = [part for found, part in entries.items() if found not in long]
    return Sought(list(long)[:LONGEST_LIST], too_short, list(long.values())[LONGEST_LIST:])


def listed(text: str) -> list[str]:
    """The entries of a pasted list. Plates contain blanks, so a blank parts VINs alone."""
    parts = [part for part in re.split(r"[\n\r\t,;]+", text) if part.strip()]
    words = text.split()
    return words if len(parts) == 1 and words and all(len(word) == VIN_LENGTH for word in words) else parts
