"""Texts that people type: what no text may hold, and the one form in which it is stored and compared.

A kind of text reads what was typed, or refuses it with ValidationError. `canonical` refuses nothing:
rows from before are brought to the same form by it.
"""

import re
from typing import Any
from unicodedata import is_normalized, normalize

from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

# Empty on the screen, although Unicode calls them letters, marks or symbols: Hangul fillers, the Braille blank,
# the grapheme joiner, variation selectors.
EMPTY_SIGNS = (
    "\u034f\u115f\u1160\u17b4\u17b5\u180b-\u180d\u180f\u2800\u3164\ufe00-\ufe0f\uffa0"
    "\U000e0100-\U000e01ef"
)
# Characters without a shape of their own: they mark a direction, join, select a variant, or fill a place.
INVISIBLE_SIGNS = (
    "\u00ad\u0600-\u0605\u061c\u06dd\u070f\u0890\u0891\u08e2\u180e\u200b-\u200f\u202a-\u202e"
    "\u2060-\u206f\ufeff\ufff9-\ufffb\U000110bd\U000110cd\U00013430-\U0001343f"
    "\U0001bca0-\U0001bca3\U0001d173-\U0001d17a\U000e0000-\U000e0fff"
    f"{EMPTY_SIGNS}"
)
# Control characters, halves of characters, and the sign for a lost one: the text was damaged before it came here.
REFUSED_SIGNS = "\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ud800-\udfff\ufdd0-\ufdef\ufffd-\uffff"
BLANK_SIGNS = "\t\u00a0\u1680\u2000-\u200a\u202f\u205f\u3000"
DASHES = "‐‑‒–—―−﹘﹣－"

INVISIBLE = re.compile(f"[{INVISIBLE_SIGNS}]")
REFUSED = re.compile(f"[{REFUSED_SIGNS}]")
LINE_BREAK = re.compile("\r\n|[\r\n\u2028\u2029]")
_BLANK = re.compile(f"[{BLANK_SIGNS}]")
_DASH = re.compile(f"[{DASHES}]")
# A text that every step leaves as it is: most texts.
_PLAIN = re.compile(r"(?:[!-~]+(?: [!-~]+)*)?")
_FULL_WIDTH = {code: code - 0xFEE0 for code in range(0xFF01, 0xFF5F)}

DAMAGED_CODE = "forbidden_character"
DAMAGED = _("Character %(position)s is a control character or unreadable (U+%(code)s).")
ONE_LINE = _("Write this on one line.")
NOT_ALLOWED = _("The character “%(sign)s” at position %(position)s is not allowed here.")


def without_invisible(text: str) -> str:
    """The text in composed form (NFC), without invisible characters, with one character for each line break."""
    text = LINE_BREAK.sub("\n", INVISIBLE.sub("", text))
    if not is_normalized("NFC", text):
        text = normalize("NFC", text)
    return _BLANK.sub(" ", text)


def plain_hyphens(text: str) -> str:
    if text.isascii():
        return text
    return _DASH.sub("-", text)


def plain_width(text: str) -> str:
    """Full-width letters and digits, as keyboards of East Asia write them, in their usual width."""
    if text.isascii():
        return text
    return text.translate(_FULL_WIDTH)


def upper(text: str) -> str:
    if text.isascii():
        return text.upper()
    return normalize("NFC", text.upper())


def damage_of(text: str) -> dict[str, Any] | None:
    """Return what `DAMAGED` names of the text: the first character that no text may hold, and its place."""
    found = REFUSED.search(text)
    if not found:
        return None
    return {"code": f"{ord(found[0]):04X}", "position": found.start() + 1}


def refuse_damaged(text: str) -> None:
    if damage := damage_of(text):
        raise ValidationError(DAMAGED, code=DAMAGED_CODE, params=damage)


class Lines:
    """A text of several lines."""

    def read(self, text: str) -> str:
        """Return the text as it is stored. Raises ValidationError."""
        if _PLAIN.fullmatch(text):
            value = self.shape(text)
        else:
            self.refuse(text)
            value = self.canonical(text)
        if value:
            self.check(value)
        return value

    def refuse(self, text: str) -> None:
        """Refuse what no text of this kind may hold, before it is brought to its form."""
        refuse_damaged(text)

    def canonical(self, text: str) -> str:
        if _PLAIN.fullmatch(text):
            return self.shape(text)
        text = REFUSED.sub("", text)
        if _PLAIN.fullmatch(text):
            return self.shape(text)
        return self.shape(self.tidy(without_invisible(text)).strip())

    def tidy(self, text: str) -> str:
        return text

    def __deepcopy__(self, memo: dict) -> "Lines":
        """There is one of each kind: copies of a field read with the same."""
        return self

    def shape(self, text: str) -> str:
        """The last step: what distinguishes this kind of text from others."""
        return text

    def check(self, value: str) -> None:
        """Refuse what this kind of text does not take; `value` is in its form and not blank."""


class Line(Lines):
    """A text of one line."""

    def refuse(self, text: str) -> None:
        super().refuse(text)
        if "\n" in without_invisible(text).strip():
            raise ValidationError(ONE_LINE, code="line_break")

    def tidy(self, text: str) -> str:
        return " ".join(text.split())


class Signed(Line):
    """A line of letters, digits, blanks and a few signs."""

    def __init__(self, signs: str) -> None:
        self.signs = signs
        sign = rf"(?:[^\W_]|[ {re.escape(signs)}])"
        self.sign = re.compile(sign)
        self.good = re.compile(f"{sign}*")

    def shape(self, text: str) -> str:
        return plain_hyphens(text)

    def check(self, value: str) -> None:
        good = self.good.match(value)
        if good and good.end() < len(value):
            raise ValidationError(
                NOT_ALLOWED,
                code="character_not_allowed",
                params={"sign": value[good.end()], "position": good.end() + 1},
            )

    def allowed_part(self, value: str) -> str:
        return "".join(self.sign.findall(value))


LINE = Line()
LINES = Lines()


def is_blank(text: Any) -> bool:
    """Whether nothing of a text is visible."""
    return not LINES.canonical(str(text or ""))
