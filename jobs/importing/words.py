"""How what people write is compared with what we know, in every language of the pages."""

import re
from collections.abc import Iterable
from difflib import get_close_matches
from typing import Any
from unicodedata import normalize

from django.conf import settings
from django.utils import translation

_BETWEEN = re.compile(r"[\s_\-‐-―/.:*]+")


def key(text: str) -> str:
    """Case, blanks, hyphens, underscores and how an umlaut is composed do not tell two words apart."""
    return _BETWEEN.sub("", normalize("NFC", text)).casefold()


def in_every_language(label: Any) -> list[str]:
    texts = []
    for language, _name in settings.LANGUAGES:
        with translation.override(language):
            texts.append(str(label))
    return texts


def closest(text: str, offered: Iterable[str]) -> str:
    """The one of `offered` that was probably meant, or nothing."""
    by_key = {key(one): one for one in offered}
    found = get_close_matches(key(text[:100]), list(by_key), n=1, cutoff=0.6)
    return by_key[found[0]] if found else ""
