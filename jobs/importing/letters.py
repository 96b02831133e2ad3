"""How likely a text is in a language of Europe, by its letters beyond ASCII and their neighbours.

Files of one byte per character do not state their encoding. In the wrong one, letters become
signs inside of words, or letters of a language in places where no word has them.
"""

import re
from collections import Counter
from functools import cache
from math import log
from typing import NamedTuple

WORD_WITH_LETTERS = re.compile(r"[^\W\d_]*[^\W\d_\x00-\x7f][^\W\d_]*")
BEYOND_ASCII = re.compile(r"[^\x00-\x7f]")

# Letters in the order of how often each language uses them; the most frequent one first.
WESTERN = ("üöäß", "éèêàçëîïôûâùœæÿ", "åäöøæé", "áéíóúñüç", "àèéìòùç", "ãçáéóêõíâúà", "éëïöüè")
CENTRAL = ("łóążęśćńź", "áíéřžýčšěůúťďňó", "áíčšžýéťúľôňäďĺŕó", "áéöóüőíúű", "ăîșțşţâ", "čšžćđ")
LANGUAGES = {"windows-1252": WESTERN, "windows-1250": CENTRAL + WESTERN, "macintosh": WESTERN}
# Excel on Windows writes the first two, by the country it is set to. Mac Roman is rare.
PRIOR = {"windows-1252": 0.6, "windows-1250": 0.3, "macintosh": 0.1}
# Signs that stand between letters in names and plates, and those that stand between words.
IN_WORDS = frozenset("’·°\u00a0")
COMMON_SIGNS = frozenset("–—„“”‚‘’«»€·•°§…×²³™®© \u00a0´µ½")
FOREIGN_LETTER = 0.01  # a French name in a German list
UNLIKELY_PLACE = 0.2
COMMON_SIGN = 0.05
RARE_SIGN = 0.002
SIGN_IN_WORD = 0.0001
VOWELS = frozenset("aeiouyäöüáéíóúýàèìòùâêîôûãõåæøœëïÿăąęěůőű")
# The better reading must be this many times as likely as the next one.
CLEARLY = log(3)
# Less than this for each character, and none of the readings is a text.
NONSENSE = log(0.0015)


# So many odd signs, and such a share of all characters beyond ASCII, are no text either.
MANY_ODD_SIGNS = 3
ODD_SHARE = 0.3


# The character before, the one beyond ASCII, the one after.
Place = tuple[str, str, str]


class Likelihood(NamedTuple):
    total: float
    each: float  # for one character beyond ASCII
    has_odd_signs: bool

    def is_clearer_than(self, other: "Likelihood") -> bool:
        return self.total - other.total >= CLEARLY

    @property
    def is_nonsense(self) -> bool:
        return self.each < NONSENSE or self.has_odd_signs


def likelihood(text: str, encoding: str) -> Likelihood:
    """The logarithm of how likely the text is, in the language that fits it best."""
    places = _places(text)
    best = max(_in_language(places, frequencies(letters)) for letters in LANGUAGES[encoding])
    number = max(places.total(), 1)
    odd = sum(times for place, times in places.items() if _is_odd(*place))
    has_odd_signs = odd >= MANY_ODD_SIGNS and odd > number * ODD_SHARE
    return Likelihood(log(PRIOR[encoding]) + best, best / number, has_odd_signs)


def _places(text: str) -> Counter[Place]:
    """Each character beyond ASCII with its neighbours, and how often it occurs."""
    padded = f" {text} "
    return Counter(
        (padded[at - 1], padded[at], padded[at + 1])
        for at in (found.start() for found in BEYOND_ASCII.finditer(padded))
    )


def _in_language(places: Counter[Place], known: dict[str, float]) -> float:
    total = 0.0
    for place, times in places.items():
        total += log(_of_place(*place, known)) * times
    return total


def is_letter(sign: str) -> bool:
    """Whether it is a letter of words: these have two cases, accents that stand alone have none."""
    return sign.lower() != sign.upper()


def _of_place(before: str, sign: str, after: str, known: dict[str, float]) -> float:
    if not is_letter(sign):
        return _of_sign(before, sign, after)
    likely = known.get(sign.lower(), FOREIGN_LETTER)
    if sign.isupper() and is_letter(before) and after.islower():
        return likely * UNLIKELY_PLACE**2
    is_alone = sign.isupper() and not (is_letter(before) or is_letter(after))
    if is_alone or _is_crowded(before, sign, after):
        return likely * UNLIKELY_PLACE
    return likely


def _of_sign(before: str, sign: str, after: str) -> float:
    if is_letter(before) and is_letter(after) and sign not in IN_WORDS:
        return SIGN_IN_WORD
    if sign in COMMON_SIGNS:
        return COMMON_SIGN
    return RARE_SIGN


def _is_odd(before: str, sign: str, after: str) -> bool:
    return not is_letter(sign) and _of_sign(before, sign, after) <= RARE_SIGN


def _is_crowded(before: str, sign: str, after: str) -> bool:
    """Whether three vowels or three consonants would stand side by side."""
    if not (is_letter(before) and is_letter(after)):
        return False
    kinds = {one.lower() in VOWELS for one in (before, sign, after)}
    return len(kinds) == 1


@cache
def frequencies(letters: str) -> dict[str, float]:
    """A falling share for each letter: the first one is the most frequent."""
    weights = [1 / (place + 1) for place in range(len(letters))]
    return {letter: weight / sum(weights) for letter, weight in zip(letters, weights, strict=True)}
