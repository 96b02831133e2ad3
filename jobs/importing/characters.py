"""Which characters may stand in a cell, and how what spreadsheets add around a value is taken off."""

import re
from collections.abc import Collection
from unicodedata import is_normalized, normalize

from django.utils.translation import gettext as _

from jobs.importing.errors import BadCell

# Control characters, what changes the direction of reading, what is not seen at all, halves of characters, and the sign
# that stands for one that was lost.
_REFUSED = (
    "\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f"
    "\u061c\u200b\u200e\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb\ufffd-\uffff"
    "\U000e0000-\U000e007f\ud800-\udfff"
)
REFUSED = re.compile(f"[{_REFUSED}]")
LINE_BREAK = re.compile(r"\r\n|\r|\n")
# Where a spreadsheet would begin to run what follows: at the start, and wherever one with another separator than ours
# would cut the line. An apostrophe there is what exports put to prevent that.
_CUT = "(?:^|(?<=[;,\t\r\n]))"
_RUN = "(?=['\"]*[=+\\-@＝＋－＠])"
RUNS, GUARD = re.compile(_CUT + _RUN), re.compile(f"{_CUT}'{_RUN}")
# A formula in the file of rows to be mended: it runs nowhere, and is refused again unless somebody mends it.
FORMULA = "#FORMULA! "
AS_TEXT = re.compile(r'="((?:[^"]|"")*)"')
ERROR_VALUES = re.compile(r"#(N/A|NV|REF!|BEZUG!|VALUE!|WERT!|DIV/0!|NAME\?|NUM!|ZAHL!|NULL!|SPILL!|CALC!|####+)")
# A long number that a spreadsheet has shortened: the digits are lost.
SHORTENED = re.compile(r"-?\d([.,]\d+)?E[+-]?\d+", re.IGNORECASE)
# One look that nearly every column passes, its texts one below the other: nothing to take off, nothing to refuse.
_OTHER_BLANKS = "\t\r\u00a0\u1680\u2000-\u200a\u202f\u205f\u3000"
ODD = re.compile(f"^[ ='#]|[;,]'|[{_REFUSED}{_OTHER_BLANKS}]| $", re.MULTILINE)


def odd_ones(texts: Collection[str]) -> list[str]:
    """Those that `clean` would not leave as they are: mostly few, which one look at all of them together finds."""
    texts = list(texts)
    together = "\n".join(texts)
    if together.count("\n") >= max(len(texts), 1) or not is_normalized("NFC", together):
        return [text for text in texts if "\n" in text or ODD.search(text) or not is_normalized("NFC", text)]
    places, place, at = {}, 0, 0
    for found in ODD.finditer(together):
        place += together.count("\n", at, found.start())
        at = found.start()
        places[place] = None
    return [texts[place] for place in places]


def clean(text: str) -> str:
    """The value of a cell as its author meant it. Raises BadCell for what no column takes."""
    text = normalize("NFC", text)  # a Mac writes ü as u and two dots
    if found := REFUSED.search(text):
        raise BadCell(
            "forbidden_character",
            _("Contains an invisible or control character (U+%(code)s).") % {"code": f"{ord(found[0]):04X}"},
            REFUSED.sub("", text).strip()[:100],
        )
    text = LINE_BREAK.sub("\n", text).replace("\u00a0", " ").replace("\u202f", " ").strip()
    quoted = AS_TEXT.fullmatch(text)
    if quoted:
        text = quoted[1].replace('""', '"').strip()
    if ERROR_VALUES.fullmatch(text):
        raise BadCell("cell_error", _("The spreadsheet shows an error in this cell."))
    if text.startswith(FORMULA) or (text.startswith("=") and not quoted):
        raise BadCell("formula", _("Contains a formula instead of a value."), _("Copy the cell and paste it as value."))
    return text if quoted else GUARD.sub("", text)


def neutral(text: str) -> str:
    """A cell that no spreadsheet runs, however it cuts the line; `clean` takes the apostrophes off again."""
    return RUNS.sub("'", text)


def to_mend(text: str) -> str:
    """A cell for the file of bad rows: a good one as it was understood, a bad one so that it is refused again."""
    try:
        return clean(text)
    except BadCell as problem:
        return f"{FORMULA}{text}" if problem.code == "formula" and not text.startswith(FORMULA) else text
