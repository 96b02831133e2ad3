"""One job as the phone shows it to one person. What several parts of it need is read once."""

from collections.abc import Callable, Iterable
from datetime import datetime
from functools import cached_property
from typing import Any, NamedTuple

from accounts.models import User
from jobs.models.choices import JobStatus
from jobs.models.installation_test import InstallationTest
from jobs.models.installation_test_queryset import newest_of_each_kind, passed_among
from jobs.models.photo import JobPhoto
from jobs.parts.permits import Permit, Permits
from jobs.parts.tag import tag_of
from jobs.reading.entry import entry_of
from jobs.reading.steps import Step, steps_of


class Assignment(NamedTuple):
    """One stretch of work on the job: from a take until the job is withdrawn or ends."""

    id: int
    since: datetime
    holder: User


class PhoneSheet:
    """`job` was loaded with `for_phone` for `person`; `may_take` says whether the agreement lets them take jobs."""

    def __init__(self, job: Any, person: User, may_take: Callable[[], bool]) -> None:
        self.job = job
        self.person = person
        self.may_take = may_take

    @classmethod
    def show_all(cls, jobs: Iterable[Any], person: User, may_take: Callable[[], bool]) -> None:
        """Give each job its `phone`. Two statements at most, however many there are."""
        sheets = {job.pk: cls(job, person, may_take) for job in jobs}
        attempts: dict[str, list[InstallationTest]] = {pk: [] for pk in sheets}
        for test in InstallationTest.objects.filter(job__in=sheets).order_by("id").as_read():
            attempts[test.job_id].append(test)
        photos: dict[str, list[JobPhoto]] = {pk: [] for pk in sheets}
        with_photos = [pk for pk, sheet in sheets.items() if sheet.job.versions_of_photos]
        for photo in JobPhoto.objects.shown_of(with_photos) if with_photos else ():
            photos[photo.job_id].append(photo)
        for pk, sheet in sheets.items():
            sheet.attempts = attempts[pk]
            sheet.photos = photos[pk]
            sheet.job.phone = sheet

    @property
    def tag(self) -> str:
        return tag_of(self.job, self.person)

    @cached_property
    def attempts(self) -> list[InstallationTest]:
        """Every attempt at a test, oldest first."""
        if not self.job.has_tests:
            return []
        return self.job.tests.order_by("id").as_read()

    @cached_property
    def photos(self) -> list[JobPhoto]:
        """Those that count for the job, oldest first."""
        if not self.job.versions_of_photos:
            return []
        return JobPhoto.objects.shown_of([self.job.pk])

    @property
    def latest_tests(self) -> list[InstallationTest]:
        return newest_of_each_kind(self.attempts)

    @cached_property
    def missing(self) -> list[str]:
        """What the job still lacks to succeed."""
        if self.job.status == JobStatus.SUCCEEDED:
            return []
        proof = self.job.proof
        return proof.missing_with(
            proof.seen_configuration,
            passed=passed_among(self.attempts),
            photographed={photo.kind for photo in self.photos},
        )

    @property
    def steps(self) -> list[Step]:
        return steps_of(self.job, self.missing)

    @cached_property
    def access(self) -> dict[str, Any] | None:
        return self.job.access.seen

    @property
    def can(self) -> dict[str, Permit]:
        has_open_access = self.access is not None and self.access["open"]
        permits = Permits(
            self.job,
            self.person,
            self.may_take,
            self.missing,
            has_open_access,
            photos=len(self.photos),
        )
        return permits.all()

    @property
    def read_vin(self) -> str:
        return self.job.names.read_vin(self.job.sent_vin).value

    @property
    def assignment(self) -> Assignment | None:
        """The one that is under way."""
        job = self.job
        if job.status != JobStatus.RUNNING or job.assignment is None:
            return None
        return Assignment(job.assignment, job.taken_at, job.assignee)

    @property
    def fields(self) -> list[dict[str, Any]]:
        """Every field that the phone shows, in its order, and how each is entered."""
        return [
            {**field, **entry_of(self.job, field["name"])}
            for field in self.job.plan.for_installer()
        ]
