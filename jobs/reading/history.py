"""The history of a job in sentences: its events, configurations, tests, accesses and commands, ordered by time."""

from collections.abc import Iterable, Iterator
from datetime import datetime
from operator import attrgetter
from typing import Any, NamedTuple

from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from accounts.models import User
from core.values.bidi import isolated
from core.values.shown import moment
from jobs.models import InstallationTest, Job, JobEvent, JobPhoto, VehicleAccess
from jobs.models.choices import FailureReason
from jobs.models.configuration import Configuration
from jobs.models.installation_test import Status as TestStatus
from jobs.reading.evidence import evidence
from jobs.reading.words import Words
from telematics.models import Command
from telematics.verbs import VERBS

Detail = tuple[str, str]

# The verb of an event → its sentence. `who` is shown in bold.
SENTENCES = {
    "create": gettext_lazy("{who} created the job"),
    "edit": gettext_lazy("{who} changed {what}"),
    "set_roll_out": gettext_lazy("{who} changed {what}"),
    "delete": gettext_lazy("{who} deleted the job"),
    "assign": gettext_lazy("{who} assigned the job to {company}"),
    "reserve": gettext_lazy("{who} reserved the job for {person}"),
    "unreserve": gettext_lazy("{who} opened the job to every installer"),
    "take": gettext_lazy("{who} took the job"),
    "withdraw": gettext_lazy("{who} withdrew the job from {person}"),
    "give_up": gettext_lazy("{who} gave up the job"),
    "hand_back": gettext_lazy("{who} handed the job back for {company}"),
    "request_handback": gettext_lazy("{who} asked {company} to hand the job back"),
    "refuse_handback": gettext_lazy("{who} refused to hand the job back"),
    "release": gettext_lazy("The job was returned from {company}: {why}"),
    "link_unit": gettext_lazy("{who} linked unit {unit}"),
    "change_unit": gettext_lazy("{who} exchanged unit {before} for {unit}"),
    "take_out": gettext_lazy("{who} took out unit {unit}"),
    "fill_in": gettext_lazy("{who} set {what}"),
    "renew": gettext_lazy("{who} renewed the access to the vehicle"),
    "stop_access": gettext_lazy("{who} stopped access to the vehicle"),
    "allow_access": gettext_lazy("{who} allowed access to the vehicle again"),
    "suspend_access": gettext_lazy("The access to the vehicle ended: {suspended} was suspended"),
    "succeed": gettext_lazy("{who} finished the job successfully"),
    "fail": gettext_lazy("{who} ended the job as failed: {reason}"),
}
# core.web.middleware sets the channel from the URL. The others have no page.
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
SUSPENDED = {
    "installer": gettext_lazy("the installer"),
    "company": gettext_lazy("the company"),
    "fleet": gettext_lazy("the fleet"),
    "provider": gettext_lazy("the mobility provider"),
}


class Entry(NamedTuple):
    at: datetime
    sentence: str
    details: list[Detail] = []
    reason: str = ""


def actor_of(event: Any) -> SafeString:
    """The name of the person or client who made a move, in bold."""
    return in_bold(event.actor or event.client)


def in_bold(actor: Any) -> SafeString:
    """The name of a person or client; without one, it was the system."""
    name = actor.name if actor else _("The system")
    return format_html("<b>{}</b>", isolated(name))


class History:
    """The history of one job. The number of statements does not depend on the number of entries."""

    def __init__(self, job: Job):
        self.job = job
        self.events = list(job.events.select_related("actor", "client").order_by("seq"))
        self.people = self._people()
        self.words = Words.for_values(self._values())

    def entries(
        self,
        *,
        tests: Iterable = (),
        accesses: Iterable = (),
        commands: Iterable[Command] = (),
        fleet_commands: Iterable[Command] = (),
        photos: Iterable[JobPhoto] = (),
    ) -> list[Entry]:
        """The entries, newest first. The caller passes the rows that it has loaded."""
        commands = list(commands)
        found = [self._of_event(event) for event in self.events]
        for test in tests:
            found += self._of_test(test)
        for photo in photos:
            found += self._of_photo(photo)
        for access in accesses:
            found += self._of_access(access, commands)
        for command in commands:
            found.append(self._of_command(command))
        for command in fleet_commands:
            found.append(self._of_fleet_command(command))
        for configuration in self.job.configurations.order_by("id"):
            found += self._of_configuration(configuration)
        return sorted(found, key=attrgetter("at"))[::-1]

    # --- events ---------------------------------------------------------------------------------------------------
    def _of_event(self, event: JobEvent) -> Entry:
        data = event.data
        changed = data.get("changed", {})
        parts = {
            "what": self._what(changed),
            "company": self._company(data),
            "person": self.people.get(data.get("user") or data.get("holder"), ""),
            "unit": data.get("unit") or "",
            "before": data.get("before") or "",
            "why": RELEASED.get(event.reason, event.reason),
            "suspended": SUSPENDED.get(data.get("who"), ""),
            "reason": FailureReason.label_of(data.get("failure_reason", "")),
        }
        sentence = format_html(str(SENTENCES[self._verb(event)]), who=actor_of(event), **parts)
        details = [*self._changes(changed), *self._circumstances(event)]
        if event.verb == "release":
            return Entry(event.at, sentence, details)
        return Entry(event.at, sentence, details, event.reason or data.get("comment", ""))

    def _verb(self, event: JobEvent) -> str:
        """The key of its sentence: some moves have several."""
        data = event.data
        if event.verb == "reserve" and not data.get("user"):
            return "unreserve"
        if event.verb == "withdraw" and event.actor_id == data.get("holder"):
            return "give_up"
        if event.verb == "link_unit" and data.get("removed"):
            return "take_out"
        if event.verb == "link_unit" and data.get("before"):
            return "change_unit"
        return event.verb

    def _company(self, data: dict) -> str:
        names = self.words.known.get("company", {})
        name = names.get(data.get("company")) or str(self.job.company or _("the partner"))
        return isolated(name)

    def _what(self, changed: dict) -> str:
        if len(changed) != 1:
            return ngettext("%(n)s field", "%(n)s fields", len(changed)) % {"n": len(changed)}
        ((name, change),) = changed.items()
        return _("%(field)s to %(value)s (was %(was)s)") % {
            "field": self.words.label(name),
            "value": self.words.value(name, change["to"]),
            "was": self.words.value(name, change["from"]),
        }

    def _changes(self, changed: dict) -> Iterator[Detail]:
        for name, change in changed.items():
            before = self.words.value(name, change["from"])
            after = self.words.value(name, change["to"])
            yield self.words.label(name), f"{before} → {after}"

    def _circumstances(self, event: JobEvent) -> Iterator[Detail]:
        yield _("Channel"), str(CHANNELS.get(event.channel, event.channel))
        if event.occurred_at:
            yield _("Said to have happened"), moment(event.occurred_at)
        if event.is_misdated:
            yield _("Said to have happened"), _("at a time that cannot be right")
        if event.data.get("unlocked"):
            yield _("Vehicle"), _("left unlocked")
        if other := event.data.get("vin_differs"):
            text = _("the unit read %(read)s; %(known)s was confirmed")
            yield _("VIN"), text % other
        if held := event.data.get("held"):
            text = _("%(unit)s is held by %(company)s") % {
                "unit": held,
                "company": self._company(event.data),
            }
            yield _("Former unit"), text
        handed_over = event.data.get("handed_over")
        if handed_over:
            yield sent_commands(handed_over)
        qnr = event.data.get("not_put_back")
        if qnr:
            yield (
                _("Former unit"),
                _("%(unit)s could not be put back; the vehicle has no unit") % {"unit": qnr},
            )

    def _values(self) -> Iterator[tuple[str, Any]]:
        """Every (field, value) of the events, to load the names of other rows at once."""
        for event in self.events:
            yield "company", event.data.get("company")
            for name, change in event.data.get("changed", {}).items():
                yield name, change["from"]
                yield name, change["to"]

    def _people(self) -> dict[int, str]:
        ids = {event.data.get(key) for event in self.events for key in ("user", "holder")} - {None}
        if not ids:
            return {}
        return {user.pk: isolated(user.name) for user in User.objects.filter(pk__in=ids)}

    # --- rows of their own ------------------------------------------------------------------------------------------
    def _of_test(self, test: InstallationTest) -> Iterator[Entry]:
        if test.finished_at is None:
            return
        parts = {"test": test.get_kind_display(), "hint": test.hint_text}
        sentence = {
            TestStatus.PASSED: _("%(test)s passed"),
            TestStatus.VOIDED: _("%(test)s passed, now void: %(hint)s"),
            TestStatus.FAILED: _("%(test)s failed: %(hint)s"),
            TestStatus.ERROR: _("%(test)s was interrupted: %(hint)s"),
            TestStatus.CANCELLED: _("%(test)s was cancelled"),
        }[TestStatus(test.status)]
        details = [(_("Attempt"), str(test.attempt)), *evidence(test)]
        yield Entry(test.finished_at, sentence % parts, details)

    @staticmethod
    def _of_photo(photo: JobPhoto) -> Iterator[Entry]:
        kind = photo.get_kind_display()
        details = []
        if photo.taken_at:
            details.append((_("Said to have happened"), moment(photo.taken_at)))
        if photo.is_misdated:
            details.append((_("Said to have happened"), _("at a time that cannot be right")))
        added = format_html(
            _("{who} added a photo: {kind}"), who=in_bold(photo.added_by), kind=kind
        )
        yield Entry(photo.created_at, added, details)
        if photo.deleted_at:
            deleted = format_html(
                _("{who} deleted a photo: {kind}"), who=in_bold(photo.deleted_by), kind=kind
            )
            yield Entry(photo.deleted_at, deleted)

    def _of_access(self, access: VehicleAccess, commands: list[Command]) -> Iterator[Entry]:
        holder_name = access.key.holder.name if access.key.holder else _("The system")
        holder = format_html("<b>{}</b>", isolated(holder_name))
        yield Entry(
            access.key.opened_at, format_html(_("{who} got access to the vehicle"), who=holder)
        )
        if access.key.ended_at:
            ended = format_html(
                _("The access of {who} ended: {why}"),
                who=holder,
                why=access.get_end_reason_display(),
            )
            yield Entry(access.key.ended_at, ended, self._outlived_lease(access, commands))

    @staticmethod
    def _outlived_lease(access: VehicleAccess, commands: list[Command]) -> list[Detail]:
        """The commands that were being sent when a lease ran out. For any other end, its event has them."""
        over = access.key.ends_at
        if access.end_reason != access.EndReason.LEASE_OVER:
            return []
        sent = [
            c for c in commands if c.key_id == access.key_id and c.sent_at and c.sent_at <= over
        ]
        late = [c.verb for c in sent if c.settled_at is None or c.settled_at > over]
        if late:
            return [sent_commands(late)]
        return []

    def _of_command(self, command: Command) -> Entry:
        parts = {"command": command.get_verb_display(), "status": command.get_status_display()}
        details = [(_("Error"), command.error)] if command.error else []
        if command.key_redelivered_at:
            details.append((_("Access"), _("The unit did not know it and was given it again")))
        return Entry(
            command.sent_at or command.created_at,
            _("Command “%(command)s”: %(status)s") % parts,
            details,
        )

    @staticmethod
    def _of_fleet_command(command: Command) -> Entry:
        """Without the result: the job's company does not read it."""
        sentence = format_html(
            _("{who} sent the command “{command}”"),
            who=in_bold(command.sender),
            command=command.get_verb_display(),
        )
        return Entry(command.sent_at or command.created_at, sentence)

    def _of_configuration(self, row: Configuration) -> Iterator[Entry]:
        if row.at is None:
            return
        parts = {"unit": row.unit_id, "error": row.error_text}
        if row.status == row.Status.APPLIED:
            yield Entry(row.at, _("Unit %(unit)s was configured") % parts)
        else:
            yield Entry(row.at, _("Unit %(unit)s could not be configured: %(error)s") % parts)


def sent_commands(names: Iterable[str]) -> Detail:
    """The commands that the unit could still carry out after the access had ended."""
    labels = dict(VERBS)
    return _("Commands already handed over"), ", ".join(
        str(labels.get(name, name)) for name in names
    )
