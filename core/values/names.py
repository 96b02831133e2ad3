"""When two spellings name the same thing.

A search ignores separators altogether (core/normal.py); a selection may not.
"""

import re
from functools import lru_cache

from core.values.texts import LINE, plain_width

# Blanks, hyphens, dashes, minus signs and dots.
_SEPARATORS = r"\s\-‐-―−﹣－.·•‧∙"
_RUN = re.compile(f"[{_SEPARATORS}]+")


# An import compares each name several times: with the others of its file, and with those that are known.
@lru_cache(maxsize=4096)
def identity(text: str) -> str:
    """Equal for two spellings of one name: case and the kind of a separator do not matter, its place does.

    `B-NO 1234` and `b.no-1234` are one name, `BN-O 1234` is another.
    """
    return _RUN.sub("-", _plain(text)).strip("-").upper()


def letters(text: str) -> str:
    """Equal for names that are easily taken for each other: what is left without separators."""
    return _RUN.sub("", _plain(text)).upper()


def _plain(text: str) -> str:
    return plain_width(LINE.canonical(text))


def pattern_of(text: str) -> str:
    """A regular expression for a search column that holds a name with these letters, with anything between them."""
    between = f"[{_SEPARATORS}]*"
    name = between.join(re.escape(sign) for sign in letters(text))
    return rf"(^|\|){between}{name}{between}(\||$)"
