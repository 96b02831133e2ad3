"""Tests of units, many at a time: which count, which are void, which wait, which have lost their worker."""

from collections import Counter
from collections.abc import Iterable
from datetime import timedelta
from typing import TYPE_CHECKING, Any, Self

from django.db import models
from django.db.models import Case, Exists, F, OuterRef, Q, Subquery, Value, When
from django.db.models.functions import Coalesce, Now
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import gettext_noop

from accounts.models import User
from core import context
from core.moves import VersionedQuerySet
from core.tasks import RETRY, nudge
from core.ulid import ULIDField, new_ulid
from jobs.models.choices import JobStatus
from jobs.procedures import PROCEDURES
from jobs.procedures.kinds import KINDS
from telematics.models import Command, Key

if TYPE_CHECKING:
    from jobs.models.configuration import Configuration
    from jobs.models.installation_test import InstallationTest

PROMPT_TIMEOUT = timedelta(minutes=10)
# A test waits so long for the car to be put back. A unit that answers later finds its put-back overtaken by the test.
PUT_BACK_SOON = timedelta(seconds=15)
# Sorts before every id.
BEFORE_ALL = "0" * 26
RUN = "jobs.tasks.run_installation_test"


class Status(models.TextChoices):
    QUEUED = "QUEUED", _("Queued")
    RUNNING = "RUNNING", _("Running")
    AWAITING_CONFIRMATION = "AWAITING_CONFIRMATION", _("Waiting for you")
    PASSED = "PASSED", _("Passed")
    FAILED = "FAILED", _("Failed")
    ERROR = "ERROR", _("Error")
    CANCELLED = "CANCELLED", _("Cancelled")
    VOIDED = "VOIDED", _("Voided")


AT_UNIT = (Status.RUNNING, Status.AWAITING_CONFIRMATION)
OPEN = (Status.QUEUED, *AT_UNIT)


class InstallationTestQuerySet(VersionedQuerySet["InstallationTest"]):
    def open(self) -> Self:
        return self.filter(status__in=OPEN)

    def at_unit(self) -> Self:
        return self.filter(status__in=AT_UNIT)

    def counting(self) -> Self:
        """What may prove its job: not voided, and made with the job's latest configuration, if there is any."""
        return self.with_next_configuration().filter(voided_at=None, next_unit=None)

    def with_next_configuration(self) -> Self:
        """Each with unit and time of the configuration that followed its own, None for an attempt with the latest."""
        from jobs.models.configuration import Configuration

        own = Coalesce(OuterRef("configuration"), Value(BEFORE_ALL, output_field=ULIDField()))
        sequence = Coalesce(OuterRef("configuration__sequence"), Value(-1))
        later = Q(sequence__gt=sequence) | Q(sequence=sequence, id__gt=own)
        following = Configuration.objects.filter(later, job=OuterRef("job")).order_by(
            "sequence", "id"
        )
        return self.annotate(
            next_unit=Subquery(following.values("unit")[:1]),
            next_at=Subquery(following.values("requested_at")[:1]),
        )

    def as_read(self) -> "list[InstallationTest]":
        """The attempts with the void ones marked."""
        tests: list[Any] = list(self.with_next_configuration())
        for test in tests:
            test.read_as_void()
        return tests

    def newest_of_each_kind(self) -> "list[InstallationTest]":
        """The latest attempt of each kind as it reads, in the order in which the kinds run."""
        return newest_of_each_kind(self.order_by("id").as_read())

    def passed_kinds(self) -> set[str]:
        """Kinds whose last result is a pass: repeating a passed test and failing it takes the pass back."""
        decided = self.filter(status__in=(Status.PASSED, Status.FAILED)).order_by("id")
        return _passed_last(decided.values_list("kind", "status"))

    def queue(
        self,
        job: str,
        unit: str,
        kinds: list[str],
        *,
        configuration: "Configuration | None",
        by: User,
    ) -> None:
        """Add a QUEUED row for each kind that does not wait or run already; call it under the job's lock."""
        existing = list(self.filter(job=job).values_list("kind", "status"))
        waiting = {kind for kind, status in existing if status in OPEN}
        wanted = [kind for kind in kinds if kind not in waiting]
        attempts = Counter(kind for kind, _status in existing)
        due_at = timezone.now() + RETRY
        # Ids of one millisecond come in no order; the queue runs in the order of the list.
        ids = sorted(new_ulid() for _kind in wanted)
        tests = [
            self.model(
                id=pk,
                job_id=job,
                unit_id=unit,
                configuration=configuration,
                kind=kind,
                attempt=attempts[kind] + 1,
                requested_by=by,
                request_id=context.request_id(),
                due_at=due_at,
            )
            for pk, kind in zip(ids, wanted, strict=True)
        ]
        self.bulk_create(tests)
        for test in tests:
            nudge(RUN, test.pk)

    def cancel_open(self) -> dict[str, str]:
        """Cancel what waits or runs. By job: the QNR of the unit where a test was moving the car."""
        open_ones = self.open().order_by("pk")
        locked = list(
            open_ones.select_for_update(of=("self",), no_key=True).values(
                "pk", "job", "unit", "kind", "status"
            )
        )
        if not locked:
            return {}
        self.model.objects.filter(pk__in=[test["pk"] for test in locked]).update(
            status=Status.CANCELLED,
            fence=F("fence") + 1,
            finished_at=Now(),
            lease_until=None,
            prompt_id="",
            resumable=False,
        )
        moving = [
            test
            for test in locked
            if test["status"] in AT_UNIT and PROCEDURES[test["kind"]].moves_vehicle
        ]
        return {test["job"]: test["unit"] for test in moving}

    def void(self, reason: str) -> None:
        """Mark every attempt as no proof of its job; a pass becomes VOIDED. Cancel what is open first."""
        status = Case(When(status=Status.PASSED, then=Value(Status.VOIDED)), default=F("status"))
        self.filter(voided_at=None).update(
            voided_at=Now(),
            void_reason=reason,
            status=status,
        )

    def end(self, status: Status, hint: str) -> int:
        """End these with a hint, and take them from their workers. Return how many."""
        return self.update(
            status=status,
            hint=hint,
            finished_at=Now(),
            fence=F("fence") + 1,
            lease_until=None,
            resumable=False,
            prompt_id="",
        )

    # --- prompts --------------------------------------------------------------------------------------------------
    def open_prompts(self, prompt: str | None) -> Self:
        """Those that wait for an answer to this prompt, or to any if it is None."""
        waiting = self.filter(status=Status.AWAITING_CONFIRMATION, prompt_until__gt=Now())
        return waiting.filter(prompt_id=prompt or F("prompt_id"))

    def resume(self) -> int:
        """Let a worker go on with these.

        None holds them yet, so the lease is as long as the prompt waited: the broker may be away meanwhile.
        """
        return self.update(
            prompt_id="",
            status=Status.RUNNING,
            resumable=True,
            request_id=context.request_id(),
            lease_until=Now() + PROMPT_TIMEOUT,
            due_at=Now() + RETRY,
        )

    def fail(self) -> int:
        """Fail these, as the installer saw it."""
        return self.update(
            prompt_id="",
            status=Status.FAILED,
            finished_at=Now(),
            hint=gettext_noop("Seen by the installer: not as it should be."),
        )

    # --- in line --------------------------------------------------------------------------------------------------
    def abandoned(self) -> Self:
        """RUNNING with a lease that is over: the worker is gone."""
        return self.filter(status=Status.RUNNING, lease_until__lt=Now())

    def unanswered(self) -> Self:
        return self.filter(status=Status.AWAITING_CONFIRMATION, prompt_until__lt=Now())

    def for_a_worker(self) -> Self:
        """QUEUED, or confirmed and to be resumed."""
        return self.filter(Q(status=Status.QUEUED) | Q(status=Status.RUNNING, resumable=True))

    def due(self) -> Self:
        """What could be claimed and should have been: its nudge was lost, or it waited for the unit."""
        return self.claimable().filter(due_at__lte=Now())

    def claimable(self) -> Self:
        """First in line at a unit that is not tested, put back or moved by the fleet; or confirmed, to be resumed."""
        at_unit = self.model.objects.at_unit().filter(unit=OuterRef("unit"))
        earlier = self.model.objects.filter(
            unit=OuterRef("unit"), status=Status.QUEUED, id__lt=OuterRef("id")
        )
        about_to_move = Q(status="SENT") | Q(created_at__gt=Now() - PUT_BACK_SOON)
        by_system = Command.objects.filter(
            about_to_move, key__kind=Key.Kind.SYSTEM, settled_at=None
        )
        putting_back = by_system.filter(unit=OuterRef("unit"))
        by_fleet = Command.objects.of_fleet().changing_state().in_flight()
        moved_by_fleet = by_fleet.filter(unit=OuterRef("unit"))
        first = (
            Q(status=Status.QUEUED)
            & ~Exists(at_unit)
            & ~Exists(earlier)
            & ~Exists(putting_back)
            & ~Exists(moved_by_fleet)
        )
        return self.filter(
            first | Q(status=Status.RUNNING, resumable=True), job__status=JobStatus.RUNNING
        )


def newest_of_each_kind(attempts: "Iterable[InstallationTest]") -> "list[InstallationTest]":
    """Of attempts in their order the latest of each kind, in the order in which the kinds run."""
    newest = {test.kind: test for test in attempts}
    return sorted(newest.values(), key=lambda test: KINDS.index(test.kind))


def passed_among(attempts: "Iterable[InstallationTest]") -> set[str]:
    """The `passed_kinds` of all attempts at a job, which were loaded `as_read` in their order."""
    decided = (Status.PASSED, Status.FAILED)
    counting = [test for test in attempts if test.status in decided and not test.voided_at]
    return _passed_last((test.kind, test.status) for test in counting)


def _passed_last(results: Iterable[tuple[str, str]]) -> set[str]:
    return {kind for kind, status in dict(results).items() if status == Status.PASSED}
