"""Ready, escaped pieces of a page that tables and templates share."""

from collections.abc import Callable
from datetime import date, datetime
from functools import cache, lru_cache
from html import escape

from django.templatetags.static import static
from django.utils.formats import date_format
from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe
from django.utils.timezone import get_current_timezone, localdate
from django.utils.translation import get_language, pgettext

from core.web import icons


@cache
def icon(name: str) -> SafeString:
    """An icon of static/icons, as decoration for eyes alone."""
    if name not in icons.names():
        raise LookupError(f"There is no icon {name} in static/icons.")
    return SafeString(f'<svg class="icon" aria-hidden="true"><use href="{static("icons.svg")}#{name}"/></svg>')


def status_tag(value: str, label: str) -> SafeString:
    """A status as icon, word and colour; `theme` draws icon and colour from the value."""
    return format_html('<span class="status" data-status="{}">{}</span>', value, label) if value else mark_safe("")


def copy_button(value: str) -> SafeString:
    """A code in monospace that is copied by a click on it."""
    return SafeString(f'<button type="button" class="copy">{escape(value)}</button>' if value else "")


def days() -> Callable[[date | None], str]:
    """Says dates as short as a table wants them, in what is today's year and the reader's language now."""
    year, language = localdate().year, get_language()
    return lambda value: _day(value, value.year == year, language) if value else ""


def moments() -> Callable[[datetime | None], str]:
    """Says times in what is the reader's zone now, to the minute."""
    zone, day = get_current_timezone(), days()

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


@lru_cache(maxsize=2048)
def _day(value: date, this_year: bool, language: str) -> str:
    return date_format(value, pgettext("day of this year", "j M") if this_year else pgettext("day", "j M Y"))
