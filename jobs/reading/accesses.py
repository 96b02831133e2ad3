"""The accesses of a fleet: who, which vehicle, from when to when, why it ended, what was sent and what was refused."""

from collections.abc import Iterator
from datetime import datetime
from operator import attrgetter
from typing import Any, NamedTuple

from django.db.models import Count, Exists, OuterRef, Q, Subquery, Sum
from django.db.models.functions import Coalesce
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _

from accounts.models import CompanyMembership
from core.refusals import sentence
from jobs.models import RefusedAttempt, VehicleAccess
from telematics.models import Command
from telematics.models.command import Status

# Why an attempt was refused, for the fleet. The sentences of the catalogue speak to the installer.
REASONS = {
    "access_ended": _("The access had ended"),
    "access_stopped": _("The fleet had stopped the access"),
    "agreement_missing": _("The company had not accepted the agreement"),
    "agreement_required": _("The company had not accepted the current agreement"),
    "assignment_over": _("The job had been withdrawn or taken again"),
    "company_suspended": _("The company was suspended"),
    "fleet_suspended": _("The fleet was suspended"),
    "not_allowed": _("The person was no longer allowed to"),
    "not_found": _("The job was no longer with this person"),
    "not_holder": _("Somebody else was working on the job"),
    "vehicle_in_use": _("Somebody else had access to the vehicle"),
    "wrong_status": _("The job was no longer in work with this person"),
}
# Who sent a command that no person sent.
BY_TEST = _("A test of the unit")
KEY = OuterRef("key")


def reason_in_words(code: str) -> str:
    return str(REASONS.get(code) or sentence(code) or code)


def company_of(column: str) -> Subquery:
    """A column of the membership in which the holder got the access: their first that had not ended by then."""
    then = Q(ended_at=None) | Q(ended_at__gt=OuterRef("key__opened_at"))
    mine = CompanyMembership.objects.filter(then, user=OuterRef("key__holder"))
    return Subquery(mine.order_by("pk").values(column)[:1])


def commands_of() -> Coalesce:
    sent = Command.objects.filter(key=KEY).order_by()
    return Coalesce(Subquery(sent.values("key").annotate(n=Count("pk")).values("n")), 0)


def refused_commands() -> Any:
    return Command.objects.filter(key=KEY, status=Status.REFUSED).order_by()


def refused_attempts() -> Any:
    return RefusedAttempt.objects.filter(access=OuterRef("pk")).order_by()


def refused() -> Q:
    """The condition that something was refused under an access."""
    return Q(Exists(refused_attempts())) | Q(Exists(refused_commands()))


def refusals_of() -> Any:
    """How many attempts were refused: calls, each time that it was tried, and commands at their hand-over."""
    calls = refused_attempts().values("access").annotate(n=Sum("times")).values("n")
    commands = refused_commands().values("key").annotate(n=Count("pk")).values("n")
    return Coalesce(Subquery(calls), 0) + Coalesce(Subquery(commands), 0)


class Line(NamedTuple):
    """A command or a refused attempt. `last_at` is None for one that was not repeated."""

    at: datetime
    what: str
    who: str
    status: str
    status_label: str
    why: str
    times: int = 1
    last_at: datetime | None = None


class AccessSheet:
    """An access with everything that was sent and refused, in a fixed number of statements."""

    def __init__(self, access: VehicleAccess) -> None:
        self.access = access

    @cached_property
    def lines(self) -> list[Line]:
        """Commands and refused attempts, oldest first."""
        return sorted([*self._commands(), *self._attempts()], key=attrgetter("at"))

    @property
    def number_refused(self) -> int:
        return sum(line.times for line in self.lines if line.status == Status.REFUSED)

    def _commands(self) -> Iterator[Line]:
        sent = Command.objects.filter(key=self.access.key_id)
        for command in sent.select_related("requested_by", "client").order_by("pk"):
            yield Line(
                command.created_at,
                command.get_verb_display(),
                command.sender.name if command.sender else str(BY_TEST),
                command.status,
                command.get_status_display(),
                reason_in_words(command.refusal) if command.error else "",
            )

    def _attempts(self) -> Iterator[Line]:
        label = str(Status.REFUSED.label)
        attempts = RefusedAttempt.objects.of_access(self.access).select_related("person")
        for attempt in attempts.order_by("pk"):
            yield Line(
                attempt.at,
                attempt.get_verb_display(),
                attempt.person.name,
                Status.REFUSED,
                label,
                reason_in_words(attempt.code),
                attempt.times,
                attempt.last_at if attempt.times > 1 else None,
            )
