"""The history of a roll-out in sentences, newest first."""

from collections.abc import Iterator
from datetime import date
from typing import Any

from django.utils.html import format_html
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accounts.models import User
from core.values.bidi import isolated
from core.values.shown import day
from jobs.models.roll_out import RollOut, RollOutEvent
from jobs.reading.history import CHANNELS, Entry, in_bold


def history_of(roll_out: RollOut) -> list[Entry]:
    """Two statements: the events, and the names of owners."""
    events = list(roll_out.events.select_related("actor").order_by("-seq"))
    owners = {
        pk
        for event in events
        for pk in event.data.get("changed", {}).get("owner", {}).values()
        if pk
    }
    names = {user.pk: isolated(user.name) for user in User.objects.filter(pk__in=owners)}
    return [_entry(event, names) for event in events]


def _entry(event: RollOutEvent, names: dict[int, str]) -> Entry:
    number = event.data.get("number", 0)
    sentences = {
        "create": _("{who} created the roll-out"),
        "edit": _("{who} changed the roll-out"),
        "add_jobs": ngettext("{who} added {number} job", "{who} added {number} jobs", number),
        "archive": _("{who} archived the roll-out"),
        "restore": _("{who} restored the roll-out"),
    }
    sentence = format_html(sentences[event.verb], who=in_bold(event.actor), number=number)
    return Entry(event.at, sentence, list(_details(event, names)))


def _details(event: RollOutEvent, names: dict[int, str]) -> Iterator[tuple[str, str]]:
    for name, change in event.data.get("changed", {}).items():
        field: Any = RollOut._meta.get_field(name)
        before = _word(name, change["from"], names)
        after = _word(name, change["to"], names)
        yield capfirst(str(field.verbose_name)), f"{before} → {after}"
    yield _("Channel"), str(CHANNELS.get(event.channel, event.channel))


def _word(name: str, value: Any, names: dict[int, str]) -> str:
    if name == "owner":
        return names.get(value, "–")
    if name == "target_date":
        return day(date.fromisoformat(value))
    return isolated(str(value))
