"""From bytes to text: UTF-8 with or without BOM, UTF-16 with BOM, Windows-1252."""

import codecs
import re

from django.utils.translation import gettext_lazy as _

from jobs.importing.errors import Unreadable

UTF_16 = {codecs.BOM_UTF16_LE: "utf-16-le", codecs.BOM_UTF16_BE: "utf-16-be"}
# Letters and signs of UTF-8 as European spreadsheets write them. Beside bytes that are no UTF-8 they show that two
# files were glued together: read as Windows-1252 they would silently become "Ã¼".
GLUED = re.compile(rb"\xc3[\x80-\xbf]|\xe2\x80[\x90-\xbf]|\xc2[\xa0-\xbf]")


def decode(content: bytes) -> str:
    text = _decode(content)
    if "\0" in text:
        raise Unreadable(
            "not_a_text_file",
            _("This is not a text file, or it was saved in an encoding that is not read here."),
            suggestion=_("Save it as “CSV UTF-8” or as an Excel workbook (.xlsx)."),
        )
    return text


def _decode(content: bytes) -> str:
    for bom, encoding in UTF_16.items():
        if content.startswith(bom):
            return _strictly(content[len(bom) :], encoding)
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        _refuse_glued(content, error.start)
        return _strictly(content, "cp1252")


def _strictly(content: bytes, encoding: str) -> str:
    try:
        return content.decode(encoding)
    except UnicodeDecodeError as error:
        raise Unreadable(
            "encoding",
            _("Line %(line)s holds bytes that are no text in UTF-8, UTF-16 or Windows-1252.")
            % {"line": content.count(b"\n", 0, error.start) + 1},
            suggestion=_("Save it as “CSV UTF-8” or as an Excel workbook (.xlsx)."),
        ) from error


def _refuse_glued(content: bytes, start: int) -> None:
    if GLUED.search(content):
        raise Unreadable(
            "mixed_encodings",
            _("The file mixes two encodings: most of it is UTF-8, line %(line)s is not.")
            % {"line": content.count(b"\n", 0, start) + 1},
            suggestion=_("Open it in your spreadsheet, mend the letters that look wrong, and save it as “CSV UTF-8”."),
        )
