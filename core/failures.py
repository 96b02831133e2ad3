"""Failures of background work: counted for each task and row, and reported to the operators once.

A task that fails leaves its row waiting, and a sweep calls it again. Without a limit, a row that always fails would be
tried for ever, and a message that ends its process would come back for ever.
"""

import logging
import random
from collections.abc import Callable
from datetime import timedelta
from typing import Any, Self

from celery import Task, current_app
from django.db import DatabaseError, models, transaction
from django.db.models import F, Q
from django.db.models.functions import Now
from django.dispatch import Signal
from django.utils.translation import gettext_lazy as _

log = logging.getLogger(__name__)
# After so many failures the operators are notified, and the row is tried more rarely.
LIMIT = 5
PAUSE = timedelta(minutes=5)
LONGEST_PAUSE = timedelta(days=1)
ENDED = "The process ended while it ran."
# A row has failed LIMIT times: `failure`. Sent once for each, in the transaction that records it.
given_up = Signal()


class FailureQuerySet(models.QuerySet["Failure"]):
    def of(self, task: str, row: str = "") -> "Failure | None":
        return self.filter(task=task, row=row).first()

    def resting(self, task: str) -> list[str]:
        """The rows of this task that are not tried now."""
        return list(self.filter(task=task, due_at__gt=Now()).values_list("row", flat=True))

    @transaction.atomic
    def record(self, task: str, row: str, error: str, *, ended: bool = False) -> "Failure":
        """Count one more failure, and report the fifth."""
        mine = self._locked(task, row)
        changes = {
            "count": F("count") + 1,
            "error": error[:1000],
            "ended": ended,
            "last_at": Now(),
        }
        mine.update(**changes)
        failure = mine.get()
        if failure.is_given_up:
            failure.rest()
            failure.report()
        return failure

    def _locked(self, task: str, row: str) -> Self:
        """Create the row or lock it, in one statement: a success may delete it at this moment."""
        self.bulk_create(
            [self.model(task=task, row=row)],
            update_conflicts=True,
            unique_fields=["task", "row"],
            update_fields=["task"],
        )
        return self.filter(task=task, row=row)


class Failure(models.Model):
    task = models.CharField(_("task"), max_length=100)
    # The row's primary key; empty for a task that takes none.
    row = models.CharField(_("row"), max_length=64, blank=True)
    count = models.PositiveIntegerField(_("failures"), default=0)
    error = models.TextField(_("error"), blank=True)
    # Whether the process of the task ended with it.
    ended = models.BooleanField(_("process ended"), default=False)
    due_at = models.DateTimeField(_("next try"), null=True)
    first_at = models.DateTimeField(_("first"), db_default=Now())
    last_at = models.DateTimeField(_("last"), db_default=Now())
    reported_at = models.DateTimeField(_("reported"), null=True)

    objects = FailureQuerySet.as_manager()

    class Meta:
        verbose_name = _("failure of a task")
        verbose_name_plural = _("failures of tasks")
        ordering = ["-last_at"]
        constraints = [models.UniqueConstraint(fields=["task", "row"], name="failure_once")]
        indexes = [
            models.Index(fields=["-last_at"], name="failure_latest"),
            models.Index(
                fields=["-last_at"], condition=Q(count__gte=LIMIT), name="failure_given_up"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.task} {self.row}".strip()

    @property
    def is_given_up(self) -> bool:
        return self.count >= LIMIT

    def is_resting(self) -> bool:
        return Failure.objects.filter(pk=self.pk, due_at__gt=Now()).exists()

    def rest(self) -> None:
        """Try the row again later, each time after a longer pause. A sweep as a whole is never paused."""
        if not self.row:
            return
        pause = min(PAUSE * 2 ** min(self.count - LIMIT, 10), LONGEST_PAUSE)
        # Not all at once: one row among them may end the process of the others.
        pause *= 1 + random.random() / 2  # noqa: S311 - no secret
        Failure.objects.filter(pk=self.pk).update(due_at=Now() + pause)

    def end_rest(self) -> None:
        """Let the next sweep try the row, before its pause is over."""
        Failure.objects.filter(pk=self.pk).update(due_at=None)

    def report(self) -> None:
        unreported = Failure.objects.filter(pk=self.pk, reported_at=None)
        if unreported.update(reported_at=Now()):
            log.error("%s has failed %d times: %s", self, self.count, self.error)
            given_up.send(sender=Failure, failure=self)


def each(
    rows: models.QuerySet[Any], action: Callable[[Any], object], *, what: str, most: int
) -> int:
    """Call `action` for each of the first rows. A row that raises is counted, and those behind it are not stopped.

    `what` names the work, usually the task. A row that has failed five times is left out for a while. Return the number
    of rows that did not raise.
    """
    done = 0
    known = {failure.row: failure for failure in Failure.objects.filter(~Q(row=""), task=what)}
    for row in rows.exclude(pk__in=Failure.objects.resting(what))[:most]:
        try:
            action(row)
        except Exception as error:
            log.exception("%s failed for %s", what, row.pk)
            Failure.objects.record(what, str(row.pk), as_text(error))
        else:
            done += 1
            if failure := known.get(str(row.pk)):
                failure.delete()
    return done


def guarded(task: Task, row: str, call: Callable[[], Any], *, redelivered: bool) -> Any:
    """Run a task. Count its failure, and that of a process which ended with it: its message is delivered again."""
    known = Failure.objects.of(task.name, row)
    if known and known.is_resting():
        return None
    dangerous = redelivered or bool(known and known.ended)
    if dangerous:
        # It is counted before it begins: if the process ends again, nothing counts it afterwards.
        known = Failure.objects.record(task.name, row, ENDED, ended=True)
        if redelivered and known.is_given_up:
            _give_up(task, row)
            return None
    try:
        result = call()
    except Exception as error:
        _count(task, row, error, counted=known if dangerous else None)
        raise
    if known:
        known.delete()
    return result


def _count(task: Task, row: str, error: Exception, *, counted: Failure | None) -> None:
    """Record what a task raised. The database may be the reason, so this may fail too."""
    try:
        if counted:
            counted.error = as_text(error)
            counted.ended = False
            counted.save(update_fields=["error", "ended"])
            failure = counted
        else:
            failure = Failure.objects.record(task.name, row, as_text(error))
        if failure.is_given_up:
            _give_up(task, row)
    except DatabaseError as unrecorded:
        log.warning("a failure of %s was not recorded: %s", task.name, unrecorded)


def _give_up(task: Task, row: str) -> None:
    """Call what ends the row, if the task names it: `@shared_task(give_up="core.tasks.end_it")`."""
    if name := getattr(task, "give_up", ""):
        current_app.tasks[name].run(row)


def as_text(error: Exception) -> str:
    return f"{type(error).__name__}: {error}"[:1000]
