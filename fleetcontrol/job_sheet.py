"""What the details of a job show: facts, plan beside what was built, tests, accesses, history. A fixed number of statements."""

from collections.abc import Iterator
from itertools import groupby
from typing import Any, NamedTuple
from zoneinfo import ZoneInfo

from django.db.models import Prefetch
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.translation import gettext as _

from core.web.live import digest
from fleetcontrol.tables.jobs import ROW_NAMES
from jobs.evidence import evidence
from jobs.history import Entry, History
from jobs.models import InstallationTest, Job, VehicleAccess
from jobs.plan import is_blank
from jobs.words import Words, failure_reason
from telematics.models import Command


class Compared(NamedTuple):
    """A field of the plan beside what was built; "" is a decision left to the installer, or not made yet."""

    label: str
    planned: str
    built: str
    differs: bool
    is_code: bool  # to be copied rather than read


class TestRow(NamedTuple):
    kind: str
    required: bool
    latest: InstallationTest | None
    attempts: list[tuple[InstallationTest, list]]  # newest first, each with its evidence


class JobSheet:
    def __init__(self, job: Job):
        self.job = job

    @property
    def title(self) -> str:
        """As its row in the list is called."""
        names = self.job.names
        return next((names[name] for name in ROW_NAMES if names[name]), _("no name yet"))

    @cached_property
    def has_plan(self) -> bool:
        return self.job.planned is not None

    @cached_property
    def words(self) -> Words:
        job, planned = self.job, self.job.planned or {}
        named = Words.for_values([("vehicle_model", planned.get("vehicle_model"))])
        if job.vehicle_model_id:
            named.known.setdefault("vehicle_model", {})[job.vehicle_model_id] = str(job.vehicle_model)  # type: ignore[attr-defined]
        return named

    @property
    def shows_vehicle(self) -> bool:
        """Nothing is planned or built: the vehicle is as it is."""
        return self.job.kind == Job.Kind.MAINTENANCE

    @cached_property
    def everything(self) -> list[Compared]:
        planned, found = self.job.planned or {}, self.job.differences()
        return [
            Compared(
                self.words.label(name),
                self._said(name, planned.get(name)),
                self._said(name, self.job.plain(name)),
                name in found,
                name == "vin",
            )
            for name in self.job.INSTALLER_FIELDS
        ]

    @property
    def comparison(self) -> list[Compared]:
        """What was planned or built; the rest is `left_open`."""
        return [row for row in self.everything if row.planned or row.built]

    @property
    def left_open(self) -> list[str]:
        """What the installer decides, or has left blank."""
        return [] if self.shows_vehicle else [row.label for row in self.everything if not (row.planned or row.built)]

    @property
    def has_built(self) -> bool:
        """Somebody has begun, or left something behind: as-built gets a column of its own."""
        begun = self.job.status not in (Job.Status.PENDING, Job.Status.ASSIGNED)
        return (
            self.has_plan
            and not self.shows_vehicle
            and (begun or any(row.planned != row.built for row in self.everything))
        )

    def _said(self, name: str, value: Any) -> str:
        return "" if is_blank(value) else self.words.value(name, value)

    @property
    def facts(self) -> Iterator[tuple[str, Any]]:
        """What is set, of everything beside the specification."""
        job = self.job
        for name in ("planned_service_date", "location", "contact", "external_reference"):
            if value := getattr(job, name):
                yield self.words.label(name), self.words.value(name, value)
        if job.task:
            yield _("Task"), job.get_task_display()
        if job.further_tests:
            yield self.words.label("further_tests"), self.words.value("further_tests", job.further_tests)
        if job.comment:
            yield _("Comment"), job.comment
        if job.failure_reason:
            yield _("Reason"), failure_reason(job.failure_reason)

    @property
    def overdue(self) -> bool:
        planned = self.job.planned_service_date
        return bool(
            planned and self.job.is_open and planned < timezone.localdate(timezone=ZoneInfo(self.job.fleet.time_zone))
        )

    @cached_property
    def all_tests(self) -> list[InstallationTest]:
        return list(self.job.tests.order_by("-id"))

    @property
    def tests(self) -> list[TestRow]:
        """Each kind that is required or was tried, with every attempt."""
        required = self.job.required_tests()
        tried = {
            kind: list(rows) for kind, rows in groupby(sorted(self.all_tests, key=lambda t: t.kind), lambda t: t.kind)
        }
        kinds = [kind for kind in InstallationTest.Kind if kind in required or kind in tried]
        return [
            TestRow(
                str(kind.label),
                kind in required,
                attempts[0] if (attempts := tried.get(kind, [])) else None,
                [(test, evidence(test)) for test in attempts],
            )
            for kind in kinds
        ]

    @cached_property
    def accesses(self) -> list[VehicleAccess]:
        commands = Command.objects.select_related("requested_by", "client").order_by("id")
        found = VehicleAccess.objects.of_job(self.job).select_related("key__holder", "ended_by")
        return list(found.prefetch_related(Prefetch("key__commands", commands, to_attr="sent")))

    @property
    def history(self) -> list[Entry]:
        commands = [command for access in self.accesses for command in access.key.sent]
        return History(self.job).entries(tests=self.all_tests, accesses=self.accesses, commands=commands)

    @cached_property
    def configuration(self):
        return self.job.configuration_seen

    @property
    def digest(self) -> str:
        """What of it changes: the job, and what is done at the vehicle, which has rows and states of its own."""
        job, configuration = self.job, self.configuration
        rows: list[tuple[Any, Any]] = [
            (job.pk, job.version),
            ("", configuration and (configuration.status, configuration.error)),
        ]
        rows += [(test.pk, (test.status, test.voided_at)) for test in self.all_tests]
        for access in self.accesses:
            rows.append((access.pk, (access.is_open, access.ends_at)))
            rows += [(command.pk, (command.status, command.error)) for command in access.key.sent]
        rows += [(asked.pk, asked.status)] if (asked := self.asked_back) else []
        return digest(rows, {})

    @cached_property
    def audience(self):
        return self.job.audience()

    @cached_property
    def asked_back(self):
        """The open request to hand the job back, or the answer that refused the last one."""
        if self.job.status != Job.Status.ASSIGNED:
            return None
        return self.job.handback_requests.exclude(status="OBSOLETE").order_by("-id").first()


def locked_by_assigning(job: Job) -> list[tuple[str, str]]:
    """What nobody in the fleet, and without override no installer, can change once the job is assigned: label and value."""
    words = Words({"vehicle_model": {job.vehicle_model_id: str(job.vehicle_model)}})
    if job.kind == Job.Kind.MAINTENANCE:
        about = {"vehicle": job.vehicle, "task": job.get_task_display(), "planned_unit": job.planned_unit}
        return [(words.label(name), str(value)) for name, value in about.items() if value]
    return [(words.label(name), words.value(name, value)) for name, value in job.plan().items()]
