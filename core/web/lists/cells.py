"""Ready, escaped pieces of a page that tables and templates share."""

from datetime import datetime
from functools import cache
from html import escape
from typing import Any

from django.templatetags.static import static
from django.utils import timezone
from django.utils.html import conditional_escape, format_html
from django.utils.safestring import SafeString, mark_safe

from core.values.bidi import runs_to_the_left
from core.values.shown import age, moment
from core.web import icons


@cache
def icon(name: str) -> SafeString:
    """An icon of static/icons, as decoration for eyes alone."""
    if name not in icons.names():
        raise LookupError(f"There is no icon {name} in static/icons.")
    return SafeString(
        f'<svg class="icon" aria-hidden="true"><use href="{static("icons.svg")}#{name}"/></svg>'
    )


def status_tag(value: str, label: str) -> SafeString:
    """A status as icon, word and colour; `theme` draws icon and colour from the value."""
    if value:
        return format_html('<span class="status" data-status="{}">{}</span>', value, label)
    return mark_safe("")


def isolated(text: Any) -> SafeString:
    """A text that people typed, isolated so that one from right to left does not reorder the text around it."""
    escaped = conditional_escape(text)
    if runs_to_the_left(str(text)):
        return SafeString(f"<bdi>{escaped}</bdi>")
    return escaped


def age_tag(at: datetime | None) -> SafeString | str:
    """How long ago something was, with its time as a tooltip."""
    if at is None:
        return ""
    seconds = max(0, int((timezone.now() - at).total_seconds()))
    tag = '<time datetime="{}" title="{}" data-age="{}">{}</time>'
    return format_html(tag, at.isoformat(), moment(at), seconds, age(seconds))


def copy_button(value: str) -> SafeString:
    """A code in monospace that is copied by a click on it."""
    return SafeString(
        f'<button type="button" class="copy">{escape(value)}</button>' if value else ""
    )
