"""How texts are compared: search ignores case, blanks and hyphens."""

import re

_IGNORED = re.compile(r"[\s\-‐-―]+")


def normalise(text: str | None) -> str:
    return _IGNORED.sub("", text or "").upper()


def search_column(*texts: str | None) -> str:
    """What a search looks in. The separator keeps a match from running across two texts."""
    return "|".join(normalise(text) for text in texts)
