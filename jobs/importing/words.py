"""Comparing the words that people write with known words, in every language of the pages."""

import re
from collections.abc import Iterable
from difflib import get_close_matches
from functools import lru_cache
from typing import Any
from unicodedata import normalize

from django.conf import settings
from django.utils import translation

from jobs.importing.synonyms import NOTHING as NO_VALUES

# How much of two words is the same, at least, if one is a misspelling of the other: a letter or two differ.
CLOSE = 0.8
_DIGITS = re.compile(r"\d")
_BETWEEN = re.compile(r"[\s_\-‐-―/.:*]+")


@lru_cache(maxsize=4096)
def key(text: str) -> str:
    """The text without case, blanks, hyphens and underscores, with umlauts composed: equal keys are the same word."""
    return _BETWEEN.sub("", normalize("NFC", text)).casefold()


NOTHING = frozenset(key(text) for text in NO_VALUES)


def in_every_language(label: Any) -> list[str]:
    """The text of a lazy label in each language."""
    texts = []
    for language, _name in settings.LANGUAGES:
        with translation.override(language):
            texts.append(str(label))
    return texts


def closest(text: str, offered: Iterable[str], cutoff: float = CLOSE) -> str:
    """The one of `offered` that the text is a misspelling of; "" where it is of none.

    Digits are never misspelt: "Pool 1" does not mean "Pool 2".
    """
    wanted = key(text[:100])
    if wanted in NOTHING:
        return ""
    by_key = {key(one): one for one in offered}
    found = get_close_matches(wanted, list(by_key), n=3, cutoff=cutoff)
    digits = _DIGITS.findall(wanted)
    return next((by_key[near] for near in found if _DIGITS.findall(near) == digits), "")
