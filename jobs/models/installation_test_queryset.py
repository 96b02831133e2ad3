"""Tests of units, many at a time: which count, which wait, which have lost their worker."""

from datetime import timedelta

from django.db import models
from django.db.models import Exists, F, OuterRef, Q
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from core.tasks import nudge
from core.ulid import new_ulid
from jobs.models.choices import JobStatus
from jobs.procedures.kinds import KINDS
from telematics.models import Command

# A test waits so long for the car to be put back. A unit that answers later finds its put-back overtaken by the test.
PUT_BACK_SOON = timedelta(seconds=15)


class Status(models.TextChoices):
    QUEUED = "QUEUED", _("Queued")
    RUNNING = "RUNNING", _("Running")
    AWAITING_CONFIRMATION = "AWAITING_CONFIRMATION", _("Waiting for you")
    PASSED = "PASSED", _("Passed")
    FAILED = "FAILED", _("Failed")
    ERROR = "ERROR", _("Error")
    CANCELLED = "CANCELLED", _("Cancelled")


AT_UNIT = (Status.RUNNING, Status.AWAITING_CONFIRMATION)
OPEN = (Status.QUEUED, *AT_UNIT)


class InstallationTestQuerySet(models.QuerySet):
    def open(self):
        return self.filter(status__in=OPEN)

    def at_unit(self):
        return self.filter(status__in=AT_UNIT)

    def counting(self, configuration):
        """What may count for success: not voided, and made with this configuration (None: the job needs none)."""
        return self.filter(voided_at=None, configuration=configuration)

    def latest(self) -> list[models.Model]:
        """The latest attempt of each kind, in the order in which the kinds run."""
        newest = {test.kind: test for test in self.order_by("id")}
        return sorted(newest.values(), key=lambda test: KINDS.index(test.kind))

    def passed_kinds(self) -> set[str]:
        """Kinds whose last result is a pass: repeating a passed test and failing it takes the pass back."""
        decided = self.filter(status__in=(Status.PASSED, Status.FAILED)).order_by("id")
        return {kind for kind, status in dict(decided.values_list("kind", "status")).items() if status == Status.PASSED}

    def queue(self, job, kinds, *, by) -> None:
        """A QUEUED row for each kind that does not wait or run already; call it under the job's lock."""
        from jobs.tasks import run_installation_test

        configuration = job.latest_configuration
        existing = list(job.tests.values_list("kind", "status"))
        waiting = {kind for kind, status in existing if status in OPEN}
        wanted = [kind for kind in kinds if kind not in waiting]
        tests = [
            self.model(
                id=pk,
                job=job,
                unit_id=job.current_qnr,
                configuration=configuration,
                kind=kind,
                attempt=sum(1 for other, _status in existing if other == kind) + 1,
                requested_by=by,
            )
            # Ids of one millisecond come in no order; the queue runs in the order of the list.
            for pk, kind in zip(sorted(new_ulid() for _kind in wanted), wanted, strict=True)
        ]
        self.bulk_create(tests)
        for test in tests:
            nudge(run_installation_test, test.pk)

    def cancel_open(self) -> str | None:
        """Cancel what waits or runs of one job; the QNR of the unit where one of them was at work, None without."""
        found = dict(self.open().order_by("pk").values_list("status", "unit"))
        if not found:
            return None
        self.open().update(
            status=Status.CANCELLED,
            fence=F("fence") + 1,
            finished_at=Now(),
            lease_until=None,
            prompt_id="",
            resumable=False,
        )
        return next((found[status] for status in AT_UNIT if status in found), None)

    def void(self) -> None:
        self.filter(voided_at=None).update(voided_at=Now())

    def abandoned(self):
        """RUNNING with a lease that is over: the worker is gone."""
        return self.filter(status=Status.RUNNING, lease_until__lt=Now())

    def unanswered(self):
        return self.filter(status=Status.AWAITING_CONFIRMATION, prompt_until__lt=Now())

    def overdue(self, after: timedelta):
        """What could be claimed and should have been: its nudge was lost, or it waited for the unit."""
        return self.claimable().filter(Q(requested_at__lt=Now() - after) | Q(resumable=True))

    def claimable(self):
        """First in line at a unit where nothing is tested and nothing is being put back; or confirmed and to be resumed."""
        at_unit = self.model.objects.at_unit().filter(unit=OuterRef("unit"))
        earlier = self.model.objects.filter(unit=OuterRef("unit"), status=Status.QUEUED, id__lt=OuterRef("id"))
        about_to_move = Q(status="SENT") | Q(created_at__gt=Now() - PUT_BACK_SOON)
        putting_back = Command.objects.filter(about_to_move, unit=OuterRef("unit"), key__holder=None, settled_at=None)
        first = Q(status=Status.QUEUED) & ~Exists(at_unit) & ~Exists(earlier) & ~Exists(putting_back)
        return self.filter(first | Q(status=Status.RUNNING, resumable=True), job__status=JobStatus.RUNNING)
