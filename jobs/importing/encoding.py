"""From bytes to text: UTF-8, UTF-16 with BOM, Windows-1252, Windows-1250 and Mac Roman.

The last three are distinguished by their letters. The encoding is named, with words of the file as proof.
"""

import codecs
import re
from collections.abc import Iterable
from typing import NamedTuple

from django.utils.translation import gettext_lazy as _

from jobs.importing import letters
from jobs.importing.errors import Unreadable

UTF_16 = {codecs.BOM_UTF16_LE: "utf-16-le", codecs.BOM_UTF16_BE: "utf-16-be"}
NAMES = {
    "utf-8": "UTF-8",
    "utf-16": "UTF-16",
    "windows-1252": "Windows-1252",
    "windows-1250": "Windows-1250",
    "macintosh": "Mac Roman",
}
CODECS = {"windows-1252": "cp1252", "windows-1250": "cp1250", "macintosh": "mac_roman"}
# Letters and signs of European spreadsheets in UTF-8. Beside bytes that are not UTF-8, they show that two files were
# joined: read as Windows-1252 they would silently become "Ã¼".
GLUED = re.compile(rb"\xc3[\x80-\xbf]|\xe2\x80[\x90-\xbf]|\xc2[\xa0-\xbf]")
BYTE_ORDER_MARK = "\ufeff"
# How many words show that the encoding is the right one.
PROOFS = 5
SAVE_AGAIN = _("Save it as “CSV UTF-8” or as an Excel workbook (.xlsx).")


class Decoded(NamedTuple):
    text: str
    encoding: str = ""  # a key of NAMES; "" for a workbook
    proof: tuple[str, ...] = ()

    @property
    def is_guessed(self) -> bool:
        return self.encoding in CODECS


def decode(content: bytes, chosen: str = "") -> Decoded:
    """Decode the file. `chosen` is an encoding that a person has named. Raises Unreadable."""
    encoding, text = _decode(content, chosen)
    if "\0" in text:
        raise Unreadable(
            "not_a_text_file",
            _("This is not a text file, or its encoding is not supported."),
            suggestion=SAVE_AGAIN,
        )
    return Decoded(text.lstrip(BYTE_ORDER_MARK), encoding, tuple(proof_of(text)))


def _decode(content: bytes, chosen: str) -> tuple[str, str]:
    if chosen in NAMES:
        return chosen, _strictly(content, CODECS.get(chosen, chosen))
    for bom, encoding in UTF_16.items():
        if content.startswith(bom):
            return "utf-16", _strictly(content[len(bom) :], encoding)
    try:
        return "utf-8", content.decode()
    except UnicodeDecodeError as error:
        _refuse_glued(content, error.start)
        return _by_letters(content, error.start)


def _by_letters(content: bytes, start: int) -> tuple[str, str]:
    """The encoding whose letters make words of a European language."""
    readings = _readings(content)
    judged = sorted(
        ((letters.likelihood(text, encoding), encoding) for encoding, text in readings.items()),
        reverse=True,
    )
    if not judged or judged[0][0].is_nonsense:
        raise _not_text(content, start)
    best, encoding = judged[0]
    text = readings[encoding]
    # Where the texts are equal, the encoding that most files have is named.
    encoding = next(name for name, reading in readings.items() if reading == text)
    for other, name in judged[1:]:
        if readings[name] != text and not best.is_clearer_than(other):
            raise _unclear([encoding, name], [text, readings[name]])
    return encoding, text


def _readings(content: bytes) -> dict[str, str]:
    """The text in each encoding that has a character for every byte."""
    found = {}
    for encoding, codec in CODECS.items():
        try:
            found[encoding] = content.decode(codec)
        except UnicodeDecodeError:
            continue
    return found


def _unclear(encodings: list[str], texts: list[str]) -> Unreadable:
    readings = []
    for encoding, text in zip(encodings, texts, strict=True):
        readings.append(f"{NAMES[encoding]} ({', '.join(proof_of(text)[:3])})")
    return Unreadable(
        "encoding_unclear",
        _("The encoding is not clear. The file may be: %(readings)s.")
        % {"readings": " · ".join(readings)},
        suggestion=_("Choose the encoding, or save the file as “CSV UTF-8”."),
    )


def _strictly(content: bytes, encoding: str) -> str:
    try:
        return content.decode(encoding)
    except UnicodeDecodeError as error:
        raise _not_text(content, error.start) from error


def _not_text(content: bytes, start: int) -> Unreadable:
    return Unreadable(
        "encoding",
        _("Line %(line)s is not text in UTF-8, UTF-16, Windows-1252, Windows-1250 or Mac Roman.")
        % {"line": content.count(b"\n", 0, start) + 1},
        suggestion=SAVE_AGAIN,
    )


def _refuse_glued(content: bytes, start: int) -> None:
    if GLUED.search(content):
        raise Unreadable(
            "mixed_encodings",
            _("The file mixes two encodings: most of it is UTF-8, line %(line)s is not.")
            % {"line": content.count(b"\n", 0, start) + 1},
            suggestion=_(
                "Open the file in your spreadsheet, correct the wrong letters, and save it as “CSV UTF-8”."
            ),
        )


def proof_of(text: str) -> list[str]:
    """The first different words with a letter beyond ASCII."""
    if text.isascii():
        return []
    return first_words(found[0] for found in letters.WORD_WITH_LETTERS.finditer(text))


def first_words(words: Iterable[str]) -> list[str]:
    found: dict[str, None] = {}
    for word in words:
        found.setdefault(word[:40])
        if len(found) == PROOFS:
            break
    return list(found)
