"""Dates as spreadsheets and people write them in English, German and Polish."""

import re
from collections.abc import Iterable
from datetime import date, datetime, timedelta
from functools import partial

from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from core.values import days
from jobs.importing.errors import BadCell
from jobs.importing.rules import Reader, Rule

_MONTHS = (
    "january jan januar jänner styczeń stycznia",
    "february feb februar feber luty lutego",
    "march mar märz mrz marzec marca",
    "april apr kwiecień kwietnia",
    "may mai maj maja",
    "june jun juni czerwiec czerwca",
    "july jul juli lipiec lipca",
    "august aug sierpień sierpnia",
    "september sep sept wrzesień września",
    "october oct oktober okt październik października",
    "november nov listopad listopada",
    "december dec dezember dez grudzień grudnia",
)
MONTHS = {name: number for number, names in enumerate(_MONTHS, start=1) for name in names.split()}
_NAME = r"([^\W\d_]{3,12})\.?"
_YEAR = r"(\d{4}|\d{2})"
_CLOCK = r"(?:,? [\d:.]{4,15}(?: ?[AP]M)?)?"
# A long date begins with the day of the week: "Dienstag, 24. November 2026".
_WEEKDAY = re.compile(r"[^\W\d_]{2,12}\.?,\s*(?=\S)")
ZONED = re.compile(
    r"(\d{4}-\d{2}-\d{2})[T ](\d{2}:\d{2}(?::\d{2}(?:\.\d{1,6})?)?)\s?(Z|UTC|GMT|[+-]\d{2}(?::?\d{2})?)",
    re.ASCII | re.IGNORECASE,
)
YEAR_FIRST = re.compile(r"(\d{4})([-/.]) ?(\d{1,2})\2 ?(\d{1,2})\.?(?:[T ][\d:.]{4,15})?", re.ASCII)
COMPACT = re.compile(r"(20\d\d)(0[1-9]|1[0-2])([0-3]\d)", re.ASCII)
DOTTED = re.compile(rf"(\d{{1,2}})\.\s?(\d{{1,2}})\.\s?{_YEAR}{_CLOCK}", re.ASCII)
# Which of day and month comes first depends on the country.
PAIRED = re.compile(rf"(\d{{1,2}})([/-])(\d{{1,2}})\2{_YEAR}{_CLOCK}", re.ASCII | re.IGNORECASE)
DAY_NAMED = re.compile(
    rf"(\d{{1,2}})(?:\.|st|nd|rd|th)?[ -]?{_NAME},?[ -]{_YEAR}{_CLOCK}", re.IGNORECASE
)
MONTH_NAMED = re.compile(
    rf"{_NAME}[ -](\d{{1,2}})(?:st|nd|rd|th)?,?[ -](\d{{4}}){_CLOCK}", re.IGNORECASE
)
# The number that a spreadsheet stores for a day of the years 2000 to 2100.
SERIAL = re.compile(r"(?:3[6-9]|[4-6]\d|7[0-3])\d{3}(?:[.,]\d+)?", re.ASCII)
SERIAL_START = date(1899, 12, 30)


class Day(Rule):
    """A date in an unambiguous form, or with slashes or hyphens: the rows of the column show what comes first."""

    sentence = gettext_lazy(
        "A date as 2026-11-24. Also accepted: 24.11.2026, 24-Nov-2026, and 11/24/2026 where day and month are clear. "
        "A time with a time zone is read as the fleet's day."
    )
    needs_column = True
    characters = gettext_lazy("Digits, names of months, hyphens, full stops, slashes.")

    def reader_for(self, texts: Iterable[str]) -> Reader:
        found_in = map(PAIRED.fullmatch, map(days.plain, texts))
        pairs = [(int(found[1]), int(found[3])) for found in found_in if found]
        day_leads = any(one > 12 for one, _two in pairs)
        month_leads = any(two > 12 for _one, two in pairs)
        if day_leads == month_leads:
            return partial(self.read, month_leads=None)
        return partial(self.read, month_leads=month_leads)

    def read(self, text: str, *, month_leads: bool | None = None) -> str:
        text = days.plain(text)
        if found := ZONED.fullmatch(text):
            return self._zoned(*found.groups())
        if found := YEAR_FIRST.fullmatch(text):
            return day_of(found[1], found[3], found[4])
        if found := DOTTED.fullmatch(text):
            return day_of(found[3], found[2], found[1])
        if found := PAIRED.fullmatch(text):
            if found[2] == "-" and len(found[4]) == 2:  # 26-11-24 may begin with the year
                raise _not_clear()
            return self._paired(found[1], found[3], found[4], month_leads)
        return self._in_words(_WEEKDAY.sub("", text, count=1))

    @staticmethod
    def _zoned(day: str, clock: str, zone: str) -> str:
        """The day in the fleet's time zone, which is the current one while a file is checked."""
        offset = "+00:00" if zone.upper() in ("Z", "UTC", "GMT") else zone
        try:
            at = datetime.fromisoformat(f"{day}T{clock}{offset}")
            local = timezone.localtime(at).date()
        except (ValueError, OverflowError):
            raise _no_day() from None
        return day_of(str(local.year), str(local.month), str(local.day))

    @staticmethod
    def _paired(one: str, two: str, year: str, month_leads: bool | None) -> str:
        if month_leads is None and int(one) <= 12 and int(two) <= 12 and one != two:
            raise _not_clear()
        if month_leads is None:
            month_leads = int(two) > 12
        if month_leads:
            return day_of(year, one, two)
        return day_of(year, two, one)

    @staticmethod
    def _in_words(text: str) -> str:
        if (found := DAY_NAMED.fullmatch(text)) and (month := MONTHS.get(found[2].casefold())):
            return day_of(found[3], str(month), found[1])
        if (found := MONTH_NAMED.fullmatch(text)) and (month := MONTHS.get(found[1].casefold())):
            return day_of(found[3], str(month), found[2])
        if found := COMPACT.fullmatch(text):
            return day_of(found[1], found[2], found[3])
        if SERIAL.fullmatch(text):
            meant = SERIAL_START + timedelta(days=int(text[:5]))
            raise BadCell(
                "not_a_date",
                _("This is a number. Format the column as a date in your spreadsheet."),
                meant.isoformat(),
            )
        raise BadCell(
            "not_a_date", _("This is not a date."), _("Write it as 2026-11-24."), is_advice=True
        )


def day_of(year: str, month: str, day: str) -> str:
    if len(year) == 2:
        year = f"20{year}"
    try:
        read = date(int(year), int(month), int(day))
    except ValueError:
        raise _no_day() from None
    if not days.is_in_range(read):
        meant = days.likely_day(read)
        suggestion = meant.isoformat() if meant else ""
        raise BadCell(days.OUT_OF_RANGE, days.limits(), suggestion)
    return read.isoformat()


def _no_day() -> BadCell:
    return BadCell(
        "not_a_date", _("This day does not exist."), _("Write it as 2026-11-24."), is_advice=True
    )


def _not_clear() -> BadCell:
    return BadCell(
        "ambiguous_date",
        _("It is unclear whether the day or the month comes first."),
        _("Write it as 2026-11-24."),
        is_advice=True,
    )
