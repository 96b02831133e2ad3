"""The characters that a cell may hold, and what spreadsheets add around a value."""

import re
from collections.abc import Collection, Iterable
from unicodedata import is_normalized

from django.utils.translation import gettext as _

from core.values.cells import meant
from core.values.texts import (
    BLANK_SIGNS,
    DAMAGED,
    DAMAGED_CODE,
    INVISIBLE_SIGNS,
    LINES,
    REFUSED_SIGNS,
    damage_of,
)
from jobs.importing.errors import BadCell

# Marks a formula in the file of bad rows: it cannot run, and is refused again until a person corrects it.
FORMULA = "#FORMULA! "
AS_TEXT = re.compile(r'="((?:[^"]|"")*)"')
ERROR_VALUES = re.compile(
    r"#(N/A|NV|REF!|BEZUG!|VALUE!|WERT!|DIV/0!|NAME\?|NUM!|ZAHL!|NULL!|SPILL!|CALC!|####+)"
)
# How a spreadsheet writes a long number that it has shortened. The digits are lost. A plate like 1E23456 has no plus.
_SHORTENED = r"-?\d(?:[.,]\d+)?[Ee]\+\d{2,3}"
SHORTENED = re.compile(_SHORTENED, re.ASCII)
# The same as a text: an apostrophe marks it, so nothing is lost. `neutral` may add a second apostrophe.
SHORTENED_AS_TEXT = re.compile(f"'{{1,2}}{_SHORTENED}", re.ASCII)
# Marks a shortened number in the file of bad rows, where all cells are texts. It is refused again
# until it is corrected.
DIGITS_LOST = "#DIGITS LOST! "
# Marks a number whose format cannot be read, so that the text on its sheet is unknown.
NOT_SHOWN = "#NUMBER FORMAT! "
MARKS = {
    "formula": FORMULA,
    "shortened_number": DIGITS_LOST,
    "number_format": NOT_SHOWN,
}
# A text on one line that `clean` leaves as it is, and that is stored as it is: most texts. Letters beyond ASCII are
# those of Latin alphabets in composed form.
_SIGN = "[!-&(-~À-ÖØ-öø-ɏ]"
SETTLED = rf"(?![=#]|-?\d(?:[.,]\d+)?[Ee]\+){_SIGN}+(?: {_SIGN}+)*"
# Finds nothing in nearly every column, its texts joined by line breaks: nothing to strip, nothing to refuse.
_CLEANED = f"\r\u2028\u2029{BLANK_SIGNS}{INVISIBLE_SIGNS}{REFUSED_SIGNS}"
ODD = re.compile(f"^[ ='#]|^{_SHORTENED}$|[;,]'|[{_CLEANED}]| $", re.MULTILINE)


def odd_ones(texts: Collection[str]) -> list[str]:
    """The texts that `clean` would change or refuse: mostly few, so all texts are searched at once."""
    texts = list(texts)
    together = "\n".join(texts)
    if together.count("\n") >= max(len(texts), 1) or not is_normalized("NFC", together):
        return [
            text
            for text in texts
            if "\n" in text or ODD.search(text) or not is_normalized("NFC", text)
        ]
    places: dict[int, None] = {}
    place = 0
    at = 0
    for found in ODD.finditer(together):
        place += together.count("\n", at, found.start())
        at = found.start()
        places[place] = None
    return [texts[place] for place in places]


def damaged(texts: Iterable[str]) -> dict[str, BadCell]:
    """The texts with a character that no text may hold. A damaged file has them in thousands of cells."""
    sentence = str(DAMAGED)
    found = {}
    for text in texts:
        if damage := damage_of(text):
            found[text] = BadCell(DAMAGED_CODE, sentence % damage, LINES.canonical(text))
    return found


def clean(text: str) -> str:
    """Return the value of a cell as its author meant it. Raises BadCell for values that no column accepts."""
    if refused := damaged([text]):
        raise refused[text]
    text = LINES.read(text)
    quoted = AS_TEXT.fullmatch(text)
    if quoted:
        text = quoted[1].replace('""', '"').strip()
    if ERROR_VALUES.fullmatch(text):
        raise BadCell("cell_error", _("The spreadsheet shows an error in this cell."))
    if text.startswith(FORMULA) or (text.startswith("=") and not quoted):
        raise BadCell(
            "formula",
            _("Contains a formula instead of a value."),
            _("Copy the cell and paste it as a value."),
            is_advice=True,
        )
    if text.startswith(NOT_SHOWN):
        raise BadCell(
            "number_format",
            _(
                "The sheet shows this number in a format that is not read. It is stored as %(stored)s."
            )
            % {"stored": text.removeprefix(NOT_SHOWN)[:30]},
            _("Format the column as text and enter the value again."),
            is_advice=True,
        )
    if text.startswith(DIGITS_LOST) or (SHORTENED.fullmatch(text) and not quoted):
        raise BadCell(
            "shortened_number",
            _("The spreadsheet turned this value into a number and shortened it. Digits are lost."),
            _("Format the column as text and enter the value again."),
            is_advice=True,
        )
    if quoted:
        return text
    if SHORTENED_AS_TEXT.fullmatch(text):
        return text.lstrip("'")
    return meant(text)


def as_text(text: str) -> str:
    """Mark a text that looks like a shortened number, so that it is read as a text."""
    if SHORTENED.fullmatch(text):
        return f"'{text}"
    return text


def to_mend(text: str) -> str:
    """A cell for the file of bad rows: a good value as it was read, a bad one marked so that it is refused again."""
    try:
        return as_text(clean(text))
    except BadCell as problem:
        mark = MARKS.get(problem.code, "")
        if text.startswith(mark):
            return text
        return f"{mark}{text}"
