"""The messages of a fleet about its jobs. `jobs/events.py` writes it, with each line of a history."""

from collections import defaultdict
from collections.abc import Iterable
from typing import TYPE_CHECKING

from django.apps import apps
from django.utils.translation import gettext_lazy as _

from accounts.models import Fleet
from core.models import OutboxMessage
from core.outbox import topics
from core.outbox.message import Entry

if TYPE_CHECKING:
    from jobs.events import Line

JOB_CHANGED = "JobChanged"

# The verbs of its moves that people may want to read of; programs get them all.
VERBS = {
    "create": _("Created"),
    "edit": _("Edited"),
    "delete": _("Deleted"),
    "assign": _("Assigned"),
    "take": _("Taken"),
    "withdraw": _("Withdrawn"),
    "request_handback": _("Handback requested"),
    "hand_back": _("Handed back"),
    "release": _("Returned"),
    "stop_access": _("Access stopped"),
    "succeed": _("Succeeded"),
    "fail": _("Failed"),
}
topics.register(JOB_CHANGED, _("Job changed"), reasons=VERBS)


def write(lines: "Iterable[Line]", fleet: Fleet | None) -> None:
    """Write a message for each line. `fleet` is whose jobs they are; None where they are of several fleets."""
    if fleet is None:
        _write_for_each_fleet(list(lines))
    elif JOB_CHANGED in fleet.message_topics:
        OutboxMessage.objects.write(fleet.pk, JOB_CHANGED, map(_entry, lines))


def _write_for_each_fleet(lines: "list[Line]") -> None:
    """What happens to the jobs of many fleets, as when a company closes, costs one statement to know them."""
    jobs = apps.get_model("jobs.Job")._base_manager.filter(pk__in={line.job for line in lines})
    known = jobs.values_list("pk", "fleet", "fleet__message_topics")
    fleet_of = {pk: fleet for pk, fleet, wanted in known if JOB_CHANGED in wanted}
    by_fleet: dict[str, list[Line]] = defaultdict(list)
    for line in lines:
        if line.job in fleet_of:
            by_fleet[fleet_of[line.job]].append(line)
    for fleet, some in by_fleet.items():
        OutboxMessage.objects.write(fleet, JOB_CHANGED, map(_entry, some))


def _entry(line: "Line") -> Entry:
    return Entry(line.job, [line.verb])
