"""A job's history in sentences, merged by time from its events, its configurations, tests, accesses and commands."""

from collections.abc import Iterable, Iterator
from datetime import datetime
from typing import Any, NamedTuple

from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from jobs.evidence import evidence
from jobs.models.configuration import Configuration
from jobs.models.installation_test import Status as TestStatus
from jobs.words import Words, failure_reason
from telematics.models import Command
from telematics.verbs import VERBS

Detail = tuple[str, str]

# The verb of an event → its sentence. `who` stands out; the others are plain words.
SENTENCES = {
    "create": gettext_lazy("{who} created the job"),
    "edit": gettext_lazy("{who} changed {what}"),
    "delete": gettext_lazy("{who} deleted the job"),
    "assign": gettext_lazy("{who} assigned the job to {company}"),
    "reserve": gettext_lazy("{who} reserved the job for {person}"),
    "unreserve": gettext_lazy("{who} freed the job for every installer"),
    "take": gettext_lazy("{who} took the job"),
    "withdraw": gettext_lazy("{who} withdrew the job from {person}"),
    "give_up": gettext_lazy("{who} gave the job up"),
    "hand_back": gettext_lazy("{who} handed the job back for {company}"),
    "request_handback": gettext_lazy("{who} asked {company} to hand the job back"),
    "refuse_handback": gettext_lazy("{who} refused to hand the job back"),
    "release": gettext_lazy("The job came back from {company}: {why}"),
    "link_unit": gettext_lazy("{who} linked unit {unit}"),
    "change_unit": gettext_lazy("{who} exchanged unit {before} for {unit}"),
    "fill_in": gettext_lazy("{who} set {what}"),
    "renew": gettext_lazy("{who} renewed the access to the vehicle"),
    "stop_access": gettext_lazy("{who} stopped access to the vehicle"),
    "allow_access": gettext_lazy("{who} allowed access to the vehicle again"),
    "succeed": gettext_lazy("{who} finished the job successfully"),
    "fail": gettext_lazy("{who} ended the job as failed: {reason}"),
}
# As core.web.middleware has them from the address; the others act without a page.
CHANNELS = {
    "fleetcontrol": "FleetControl",
    "installers": gettext_lazy("Installers website"),
    "smartcontrol": "SmartControl",
    "oneapi": "OneAPI",
    "admin": gettext_lazy("Admin site"),
    "web": gettext_lazy("Website"),
    "worker": gettext_lazy("The system"),
    "system": gettext_lazy("The system"),
}
RELEASED = {
    "PARTNERSHIP_ENDED": gettext_lazy("the partnership ended"),
    "COMPANY_REMOVED": gettext_lazy("the company was closed"),
}


class Entry(NamedTuple):
    at: datetime
    sentence: str
    details: list[Detail] = []
    reason: str = ""


def actor_of(event) -> SafeString:
    name = event.actor.name if event.actor else event.client.name if event.client else _("The system")
    return format_html("<b>{}</b>", name)


class History:
    """Everything that happened to one job. Statements do not grow with the number of entries."""

    def __init__(self, job):
        self.job = job
        self.events = list(job.events.select_related("actor", "client").order_by("seq"))
        self.people = self._people()
        self.words = Words.for_values(self._values())

    def entries(
        self, *, tests: Iterable = (), accesses: Iterable = (), commands: Iterable[Command] = ()
    ) -> list[Entry]:
        """Newest first. What the caller has loaded already is handed in, not read again."""
        found = [self._of_event(event) for event in self.events]
        found += [entry for test in tests for entry in self._of_test(test)]
        commands = list(commands)
        found += [entry for access in accesses for entry in self._of_access(access, commands)]
        found += [self._of_command(command) for command in commands]
        found += [entry for row in self.job.configurations.order_by("id") for entry in self._of_configuration(row)]
        return sorted(found, key=lambda entry: entry.at)[::-1]

    # --- events ---------------------------------------------------------------------------------------------------
    def _of_event(self, event) -> Entry:
        data = event.data
        changed = data.get("changed", {})
        parts = {
            "what": self._what(changed),
            "company": self._company(data),
            "person": self.people.get(data.get("user") or data.get("holder"), ""),
            "unit": data.get("unit") or "",
            "before": data.get("before") or "",
            "why": RELEASED.get(event.reason, event.reason),
            "reason": failure_reason(data.get("failure_reason", "")),
        }
        spoken = format_html(str(SENTENCES[self._verb(event)]), who=actor_of(event), **parts)
        reason = "" if event.verb == "release" else event.reason or data.get("comment", "")
        return Entry(event.at, spoken, [*self._changes(changed), *self._circumstances(event)], reason)

    def _verb(self, event) -> str:
        """Some moves read differently by what they did."""
        data = event.data
        if event.verb == "reserve" and not data.get("user"):
            return "unreserve"
        if event.verb == "withdraw" and event.actor_id == data.get("holder"):
            return "give_up"
        return "change_unit" if event.verb == "link_unit" and data.get("before") else event.verb

    def _company(self, data: dict) -> str:
        return self.words.known.get("company", {}).get(data.get("company")) or str(self.job.company or _("the partner"))

    def _what(self, changed: dict) -> str:
        if len(changed) != 1:
            return ngettext("%(n)s field", "%(n)s fields", len(changed)) % {"n": len(changed)}
        ((name, change),) = changed.items()
        was = self.words.value(name, change["from"])
        told = {"field": self.words.label(name), "value": self.words.value(name, change["to"]), "was": was}
        return _("%(field)s to %(value)s (was %(was)s)") % told

    def _changes(self, changed: dict) -> Iterator[Detail]:
        for name, change in changed.items():
            yield (
                self.words.label(name),
                f"{self.words.value(name, change['from'])} → {self.words.value(name, change['to'])}",
            )

    @staticmethod
    def _circumstances(event) -> Iterator[Detail]:
        yield _("Channel"), str(CHANNELS.get(event.channel, event.channel))
        if event.data.get("unlocked"):
            yield _("Vehicle"), _("was left unlocked")
        if handed_over := event.data.get("handed_over"):
            yield told_of_commands(handed_over)
        if qnr := event.data.get("not_put_back"):
            yield _("Former unit"), _("%(unit)s could not be put back; the vehicle is without a unit") % {"unit": qnr}

    def _values(self) -> Iterator[tuple[str, Any]]:
        for event in self.events:
            yield "company", event.data.get("company")
            for name, change in event.data.get("changed", {}).items():
                yield from ((name, change["from"]), (name, change["to"]))

    def _people(self) -> dict[int, str]:
        from accounts.models import User

        ids = {event.data.get(key) for event in self.events for key in ("user", "holder")} - {None}
        return {user.pk: user.name for user in User.objects.filter(pk__in=ids)} if ids else {}

    # --- rows of their own ------------------------------------------------------------------------------------------
    def _of_test(self, test) -> Iterator[Entry]:
        if test.finished_at is None:
            return
        told = {"test": test.get_kind_display(), "hint": test.said_hint, "attempt": test.attempt}
        sentence = {
            TestStatus.PASSED: _("%(test)s passed"),
            TestStatus.FAILED: _("%(test)s failed: %(hint)s"),
            TestStatus.ERROR: _("%(test)s was interrupted: %(hint)s"),
            TestStatus.CANCELLED: _("%(test)s was cancelled"),
        }[test.status]
        yield Entry(test.finished_at, sentence % told, [(_("Attempt"), str(test.attempt)), *evidence(test)])

    def _of_access(self, access, commands: list[Command]) -> Iterator[Entry]:
        holder = format_html("<b>{}</b>", access.key.holder.name if access.key.holder else _("The system"))
        yield Entry(access.key.opened_at, format_html(_("{who} got access to the vehicle"), who=holder))
        if access.key.ended_at:
            ended = format_html(_("The access of {who} ended: {why}"), who=holder, why=access.get_end_reason_display())
            yield Entry(access.key.ended_at, ended, self._outlived_lease(access, commands))

    @staticmethod
    def _outlived_lease(access, commands: list[Command]) -> list[Detail]:
        """What was on its way when a lease ran out. Of any other end its event says so."""
        over = access.key.ends_at
        if access.end_reason != access.EndReason.LEASE_OVER:
            return []
        sent = [c for c in commands if c.key_id == access.key_id and c.sent_at and c.sent_at <= over]
        late = [c.verb for c in sent if c.settled_at is None or c.settled_at > over]
        return [told_of_commands(late)] if late else []

    def _of_command(self, command: Command) -> Entry:
        told = {"command": command.get_verb_display(), "status": command.get_status_display()}
        details = [(_("Error"), command.error)] if command.error else []
        return Entry(command.sent_at or command.created_at, _("Command “%(command)s”: %(status)s") % told, details)

    def _of_configuration(self, row: Configuration) -> Iterator[Entry]:
        if row.at and row.status == row.Status.APPLIED:
            yield Entry(row.at, _("Unit %(unit)s was configured") % {"unit": row.unit_id})
        elif row.at:
            yield Entry(
                row.at,
                _("Unit %(unit)s could not be configured: %(error)s") % {"unit": row.unit_id, "error": row.error},
            )


def told_of_commands(names: Iterable[str]) -> Detail:
    labels = dict(VERBS)
    return _("Commands already handed over"), ", ".join(str(labels.get(name, name)) for name in names)
