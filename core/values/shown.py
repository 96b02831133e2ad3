"""Dates and times as people read them: one format for each reader, on every page."""

from collections.abc import Callable
from datetime import date, datetime, timedelta
from functools import lru_cache

from django.utils.formats import date_format
from django.utils.timezone import get_current_timezone, localdate
from django.utils.translation import get_language, pgettext
from django.utils.translation import gettext_lazy as _

# From how many seconds on an age is counted so, how many are one, and in which words.
AGES = (
    (2 * 86_400, 86_400, "daysAgo"),
    (3600, 3600, "hoursAgo"),
    (60, 60, "minutesAgo"),
    (0, 1, "secondsAgo"),
)
AGE_TEXTS = {
    "secondsAgo": _("{n} s ago"),
    "minutesAgo": _("{n} min ago"),
    "hoursAgo": _("{n} h ago"),
    "daysAgo": _("{n} d ago"),
}


# From how many minutes on a span is counted so, how many are one, and in which words.
SPANS = (
    (2 * 1440, 1440, _("{n} days")),
    (60, 60, _("{n} h")),
    (0, 1, _("{n} min")),
)


def days() -> Callable[[date | None], str]:
    """Return a function that formats dates for a table: short, in the reader's language, without this year."""
    year = localdate().year
    language = get_language()
    zone = get_current_timezone()

    def day_of(value: date | None) -> str:
        if isinstance(value, datetime):  # of a time, the day in the reader's zone
            value = value.astimezone(zone).date()
        if value:
            return _day(value, value.year == year, language)
        return ""

    return day_of


def moments() -> Callable[[datetime | None], str]:
    """Return a function that formats times in the reader's zone, to the minute."""
    zone = get_current_timezone()
    day = days()

    def moment(value: datetime | None) -> str:
        if value is None:
            return ""
        here = value.astimezone(zone)
        return f"{day(here.date())}, {here.hour:02}:{here.minute:02}"

    return moment


def day(value: date | None) -> str:
    return days()(value)


def moment(value: datetime | None) -> str:
    return moments()(value)


def age(seconds: float) -> str:
    """An age in words. static/js/live/ages.js goes on counting."""
    for least, one, name in AGES:
        if seconds >= least:
            return str(AGE_TEXTS[name]).replace("{n}", str(int(seconds // one)))
    return age(0)


def span(value: timedelta | None) -> str:
    """How long something took, in days, hours or minutes."""
    if value is None:
        return ""
    minutes = int(value.total_seconds() // 60)
    for least, one, text in SPANS:
        if minutes >= least:
            return str(text).replace("{n}", str(minutes // one))
    return ""


def percent(share: float | None) -> str:
    """A share of 0 to 1, in whole percents."""
    return "" if share is None else f"{share * 100:.0f}\u202f%"


@lru_cache(maxsize=2048)
def _day(value: date, this_year: bool, language: str) -> str:
    return date_format(
        value, pgettext("day of this year", "j M") if this_year else pgettext("day", "j M Y")
    )
