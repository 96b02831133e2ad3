"""Names from right to left inside sentences: isolated, they do not reorder the words around them."""

from typing import Any
from unicodedata import bidirectional

FIRST_STRONG_ISOLATE = "\u2068"
POP_ISOLATE = "\u2069"
RIGHT_TO_LEFT = frozenset({"R", "AL", "AN"})


def runs_to_the_left(text: str) -> bool:
    """Whether any of the text is written from right to left."""
    return not text.isascii() and not RIGHT_TO_LEFT.isdisjoint(map(bidirectional, text))


def isolated(text: str) -> str:
    """Return the text for a sentence. One from left to right, or isolated already, stays as it is."""
    if not runs_to_the_left(text) or text.startswith(FIRST_STRONG_ISOLATE):
        return text
    return f"{FIRST_STRONG_ISOLATE}{text}{POP_ISOLATE}"


def with_names(text: Any, **values: object) -> str:
    """Fill `values`, which may be anyone's names, into a translated text; templates do the same in `blocktranslate`."""
    return text % {name: _for_sentence(value) for name, value in values.items()}


def _for_sentence(value: object) -> object:
    """A name isolated; anything else as it is, so that a count still chooses its plural."""
    text = str(value)
    return isolated(text) if runs_to_the_left(text) else value
