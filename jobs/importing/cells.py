"""The cells of a workbook as the texts that a person would write in a CSV file."""

import re
from datetime import date, datetime, time, timedelta
from typing import Any, NamedTuple

from openpyxl.worksheet.formula import ArrayFormula, DataTableFormula

from jobs.importing.characters import NOT_SHOWN, as_text
from jobs.importing.number_formats import GENERAL, shown

# How Excel writes a control character in a text, mostly a carriage return before a line break.
ESCAPED = re.compile(r"_x00([01][0-9A-Fa-f])_")
# The digits that a spreadsheet keeps of a number.
KEPT_DIGITS = 15
# The largest number that a cell holds exactly.
EXACT = 2**53


class Number(NamedTuple):
    """A number with a format of its own."""

    value: int | float
    code: str

    @property
    def text(self) -> str:
        plain = number(self.value)
        if not plain.lstrip("-").replace(".", "", 1).isdigit():
            return plain  # digits are lost: refused, whatever is shown
        text = shown(self.value, self.code)
        if text is None:
            return f"{NOT_SHOWN}{plain}"
        return text.strip()


def is_formula(cell: Any) -> bool:
    return isinstance(cell, ArrayFormula | DataTableFormula) or (
        isinstance(cell, str) and cell.startswith("=")
    )


def is_date(cell: Any) -> bool:
    return isinstance(cell, date)  # a datetime is one too


def number(value: int | float) -> str:
    """The digits of a number. One with lost digits is returned in its shortened form, which every column refuses."""
    if abs(value) >= 10**KEPT_DIGITS and _has_lost_digits(value):
        return f"{value:.5E}"
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    if isinstance(value, float):
        return f"{value:.{KEPT_DIGITS}g}"
    return str(value)


def _has_lost_digits(value: int | float) -> bool:
    """A spreadsheet writes zeros for the digits that it does not keep. Other programs may write all digits."""
    if isinstance(value, float) or abs(value) > EXACT:
        return True
    return value % 10 ** (len(str(abs(value))) - KEPT_DIGITS) == 0


def with_format(value: Any, code: str) -> Any:
    """The value of a cell, with its format where that changes what the sheet shows."""
    if isinstance(value, int | float) and not isinstance(value, bool) and code not in GENERAL:
        return Number(value, code)
    return value


def text_of(cell: Any) -> str:
    """The text of a cell. A value without such a text is refused like a broken cell."""
    match cell:
        case None:
            return ""
        case str():
            return as_text(ESCAPED.sub(lambda found: chr(int(found[1], 16)), cell))
        case Number():
            return cell.text
        case bool():
            return "true" if cell else "false"
        case int() | float():
            return number(cell)
        case datetime() if cell.time() == time.min:
            return cell.date().isoformat()
        case datetime() | date() | time():
            return cell.isoformat()
        case timedelta():
            return str(cell)
        case ArrayFormula() | DataTableFormula():
            return "=" + (getattr(cell, "text", None) or "").removeprefix("=")
    return "#VALUE!"
