"""The details of a job: facts, plan beside as-built, tests, accesses and history, in a fixed number of statements."""

from collections.abc import Iterator
from typing import Any, NamedTuple

from django.db.models import Prefetch
from django.utils.functional import cached_property
from django.utils.translation import gettext as _

from core.web.lists.live import digest
from jobs.models import (
    Configuration,
    HandbackRequest,
    InstallationTest,
    Job,
    JobPhoto,
    VehicleAccess,
)
from jobs.models.choices import PhotoKind
from jobs.models.columns import is_blank
from jobs.parts.audience import audience_of
from jobs.reading.evidence import evidence
from jobs.reading.fleet_commands import sent_during
from jobs.reading.history import Entry, History
from jobs.reading.words import Words
from telematics.models import Command
from telematics.models.read_vin import ReadVin


class Compared(NamedTuple):
    """A field of the plan beside the as-built value. "" is left to the installer, or not decided yet."""

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
        return self.job.names.title or _("no name yet")

    @cached_property
    def has_plan(self) -> bool:
        return self.job.planned is not None

    @cached_property
    def words(self) -> Words:
        job = self.job
        planned = self.job.planned or {}
        named = Words.for_values([("vehicle_model", planned.get("vehicle_model"))])
        if job.vehicle_model_id:
            models = named.known.setdefault("vehicle_model", {})  # type: ignore[attr-defined]
            models[job.vehicle_model_id] = str(job.vehicle_model)
        return named

    @property
    def shows_vehicle(self) -> bool:
        """Whether the job shows its vehicle as it is, because nothing is planned or built."""
        return self.job.kind == Job.Kind.MAINTENANCE

    @cached_property
    def everything(self) -> list[Compared]:
        planned = self.job.plan.frozen
        found = self.job.plan.differences()
        rows = []
        for name in self.job.INSTALLER_FIELDS:
            wanted = self._word(name, planned.get(name))
            built = self._word(name, self.job.plain(name))
            rows.append(
                Compared(self.words.label(name), wanted, built, name in found, name == "vin")
            )
        return rows

    @property
    def comparison(self) -> list[Compared]:
        """The fields that are planned or built. The others are `left_open`."""
        return [row for row in self.everything if row.planned or row.built]

    @property
    def first(self) -> list[Compared]:
        """What is shown at once: everything while nothing is built.

        Then what differs from the plan, followed by what the installer decided.
        """
        if not self.has_built:
            return self.comparison
        decided = [row for row in self.comparison if row.built and not row.planned]
        return [row for row in self.comparison if row.differs and row not in decided] + decided

    @property
    def as_planned(self) -> list[Compared]:
        """What is folded: everything that is not shown at once."""
        shown = self.first
        return [row for row in self.comparison if row not in shown]

    @property
    def why_failed(self) -> str:
        """The reason of a failed job; "" for any other."""
        if self.job.status != Job.Status.FAILED:
            return ""
        return Job.FailureReason.label_of(self.job.failure_reason) or _("Failed")

    @property
    def left_open(self) -> list[str]:
        """The labels of the fields that the installer decides, or has left blank."""
        if self.shows_vehicle:
            return []
        return [row.label for row in self.everything if not (row.planned or row.built)]

    @property
    def has_built(self) -> bool:
        """Whether as-built gets a column of its own: work has begun, or has left a difference behind."""
        if not self.has_plan or self.shows_vehicle:
            return False
        begun = self.job.status not in (Job.Status.PENDING, Job.Status.ASSIGNED)
        return begun or any(row.planned != row.built for row in self.everything)

    def _word(self, name: str, value: Any) -> str:
        if is_blank(value):
            return ""
        return self.words.value(name, value)

    @property
    def facts(self) -> Iterator[tuple[str, Any]]:
        """Label and value of each field that is set, beside the specification."""
        job = self.job
        for name in ("planned_service_date", "location", "contact", "external_reference"):
            value = getattr(job, name)
            if value:
                yield self.words.label(name), self.words.value(name, value)
        if job.task:
            yield _("Task"), job.get_task_display()
        if job.further_tests:
            yield (
                self.words.label("further_tests"),
                self.words.value("further_tests", job.further_tests),
            )
        if job.required_photos:
            yield (
                self.words.label("required_photos"),
                self.words.value("required_photos", job.required_photos),
            )
        if job.comment and not self.why_failed:
            yield _("Comment"), job.comment

    @cached_property
    def warnings(self) -> list[Any]:
        """What was not as it should be when the job ended."""
        if self.job.ending:
            return self.job.ending.warnings
        return []

    @property
    def read_vin(self) -> ReadVin:
        """The VIN that the unit reads, while somebody works on the job."""
        return self.job.names.read_vin(self.job.sent_vin)

    @property
    def planned_unit_id(self) -> str | None:
        """Only while it is not the unit that is in the vehicle."""
        if self.job.planned_unit_id == self.job.unit_id:
            return None
        return self.job.planned_unit_id

    @property
    def overdue(self) -> bool:
        planned = self.job.planned_service_date
        if not planned or not self.job.is_open:
            return False
        return planned < self.job.fleet.today

    @cached_property
    def all_tests(self) -> list[Any]:
        return self.job.tests.order_by("-id").as_read()

    @property
    def tests(self) -> list[TestRow]:
        """Each kind of test that is required or was tried, with every attempt."""
        required = self.job.proof.required_tests()
        tried: dict[str, list[InstallationTest]] = {}
        for test in self.all_tests:
            tried.setdefault(test.kind, []).append(test)
        rows = []
        for kind in InstallationTest.Kind:
            if kind in required or kind in tried:
                attempts = tried.get(kind, [])
                latest = attempts[0] if attempts else None
                evidences = [(test, evidence(test)) for test in attempts]
                rows.append(TestRow(str(kind.label), kind in required, latest, evidences))
        return rows

    @cached_property
    def all_photos(self) -> list[JobPhoto]:
        """Also those that were deleted, and those of an earlier partner."""
        if not self.job.has_photos:
            return []
        return list(self.job.photos.with_people())

    @property
    def photos(self) -> list[JobPhoto]:
        return [photo for photo in self.all_photos if photo.deleted_at is None]

    @property
    def missing_photos(self) -> list[str]:
        """The labels of the kinds that an open job still lacks."""
        if not self.job.is_open:
            return []
        there = {photo.kind for photo in self.photos if photo.counts_for(self.job)}
        return [
            str(PhotoKind(kind).label) for kind in self.job.required_photos if kind not in there
        ]

    @cached_property
    def accesses(self) -> list[Any]:
        commands = Command.objects.select_related("requested_by", "client").order_by("id")
        found = VehicleAccess.objects.of_job(self.job).select_related("key__holder", "ended_by")
        return list(found.prefetch_related(Prefetch("key__commands", commands, to_attr="sent")))

    @cached_property
    def fleet_commands(self) -> list[Command]:
        return sent_during(self.accesses)

    @property
    def history(self) -> list[Entry]:
        commands = [command for access in self.accesses for command in access.key.sent]
        return History(self.job).entries(
            tests=self.all_tests,
            accesses=self.accesses,
            commands=commands,
            fleet_commands=self.fleet_commands,
            photos=self.all_photos,
        )

    @cached_property
    def configuration(self) -> Configuration | None:
        return self.job.proof.seen_configuration

    @property
    def digest(self) -> str:
        """A digest of everything that changes on the page: the job, and the rows of the work at the vehicle."""
        job = self.job
        configuration = self.configuration
        rows: list[tuple[Any, Any]] = [
            (job.pk, (job.version, job.sent_vin)),
            ("", configuration and (configuration.status, configuration.error)),
        ]
        rows += [(test.pk, (test.status, test.voided_at)) for test in self.all_tests]
        rows += [(photo.pk, photo.version) for photo in self.all_photos]
        for access in self.accesses:
            rows.append((access.pk, (access.is_open, access.ends_at)))
            rows += [(command.pk, (command.status, command.error)) for command in access.key.sent]
        rows += [(command.pk, command.verb) for command in self.fleet_commands]
        if self.asked_back:
            rows.append((self.asked_back.pk, self.asked_back.status))
        return digest(rows, {})

    @cached_property
    def audience(self) -> Any:
        """Who sees the job while it waits to be taken."""
        if self.job.status == Job.Status.ASSIGNED:
            return audience_of(self.job)
        return None

    @property
    def has_accesses(self) -> bool:
        return bool(self.accesses) or self.job.status == Job.Status.RUNNING

    @cached_property
    def next_job(self) -> Job | None:
        """The newest job that was created again for this one's vehicle."""
        if self.job.status != Job.Status.FAILED:
            return None
        return self.job.created_again.shown().only("pk").order_by("-pk").first()

    @cached_property
    def asked_back(self) -> HandbackRequest | None:
        """The open request to hand the job back, or the last one that was refused."""
        if self.job.status != Job.Status.ASSIGNED:
            return None
        return self.job.handback_requests.exclude(status="OBSOLETE").order_by("-id").first()

    @property
    def is_asked_back(self) -> bool:
        return self.asked_back is not None and self.asked_back.status == "OPEN"

    @property
    def is_handback_refused(self) -> bool:
        return self.asked_back is not None and self.asked_back.status == "REFUSED"

    # --- headings -------------------------------------------------------------------------------------------------
    @property
    def plan_title(self) -> str:
        if self.shows_vehicle:
            return _("Vehicle")
        if self.has_built:
            return _("Plan and as-built")
        return _("Plan")

    @property
    def left_open_title(self) -> str:
        if self.job.is_open:
            return _("The installer decides:")
        return _("Not filled in:")


def locked_by_assigning(job: Job) -> list[tuple[str, str]]:
    """Label and value of each field that is locked once the job is assigned; with override, only for the fleet."""
    words = Words({"vehicle_model": {job.vehicle_model_id: str(job.vehicle_model)}})
    named = []
    if job.vehicle:
        named.append((words.label("vehicle"), str(job.vehicle)))
    if job.kind == Job.Kind.MAINTENANCE:
        about = {
            "vehicle": job.vehicle,
            "task": job.get_task_display(),
            "planned_unit": job.planned_unit,
        }
        return [(words.label(name), str(value)) for name, value in about.items() if value]
    for name, value in job.plan.to_freeze().items():
        named.append((words.label(name), words.value(name, value)))
    return named
