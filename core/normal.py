"""How texts are compared: search ignores case, blanks and hyphens."""

from core.values.texts import LINE, plain_hyphens, plain_width, upper

# The column of a search puts `|` between two texts, so no text has one there.
_IGNORED = str.maketrans("", "", " -|")


def normalise(text: str | None) -> str:
    shown = plain_hyphens(plain_width(LINE.canonical(text or "")))
    return upper(shown.translate(_IGNORED))


def search_column(*texts: str | None) -> str:
    """The text that a search reads. The separator keeps a match from running across two texts."""
    return "|".join(normalise(text) for text in texts)
