"""Effects: the row is the queue, a task is a nudge, a sweep finds what was left."""

import logging
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import timedelta
from functools import partial
from threading import BoundedSemaphore
from typing import Any

from amqp.exceptions import AMQPError
from celery import Task, current_app, shared_task
from django.conf import settings
from django.db import models, transaction
from django.db.models.functions import Now
from kombu.exceptions import OperationalError
from redis.exceptions import RedisError

from core import queues, retention
from core.breaker import Breaker
from core.failures import Failure
from core.task_log import about

log = logging.getLogger(__name__)
# A sweep nudges an overdue row again this long after its last nudge.
RETRY = timedelta(seconds=30)
BATCH = 500
_quiet: ContextVar[bool] = ContextVar("quiet", default=False)
FAILURES = (OperationalError, OSError, AMQPError, RedisError)
AT_ONCE = 1  # seconds: what failed sooner was no time-out
broker = Breaker("the broker", FAILURES)
# Celery waits without limit for a connection of its pool, so no more threads than connections get that far.
_turns = BoundedSemaphore(settings.CELERY_BROKER_POOL_LIMIT)


def nudge(task: Task | str, *ids: str | int) -> None:
    """Call `task` with ids once the transaction has committed. A refused broker costs time, not the effect.

    A model passes the task's registered name, because tasks import models. An unknown name raises a KeyError at once.
    """
    task = registered(task)
    if _quiet.get():
        return
    # robust: an error here comes after the commit and would skip the callbacks behind it.
    # A function of its own: a partial has no name, and Django fails when it logs an error of one.
    transaction.on_commit(lambda: nudge_now(task, *ids), robust=True)


@contextmanager
def quietly() -> Iterator[None]:
    """Send no nudges: for writing a history that happened long ago, with its effects."""
    token = _quiet.set(True)
    try:
        yield
    finally:
        _quiet.reset(token)


def is_quiet() -> bool:
    return _quiet.get()


def registered(task: Task | str) -> Task:
    """The task of this name, such as `core.tasks.send_mail`. A task itself is returned as it is."""
    if isinstance(task, str):
        return current_app.tasks[task]
    return task


def nudge_now(task: Task | str, *ids: str | int, **options: Any) -> None:
    """Call `task` with ids.

    A broker that is away or silent costs the first callers seconds, and the next ones nothing.
    """
    task = registered(task)
    publish = partial(task.apply_async, ids, retry=False, **options)
    if broker.is_open:
        broker.retry(lambda: _announce(publish))
        return
    try:
        _announce_in_turn(publish)
    except FAILURES as error:
        log.warning("%s%r was not announced (%s); a sweep will find it", task.name, ids, error)


def _announce_in_turn(publish: Callable[[], object]) -> None:
    if not _turns.acquire(timeout=settings.CELERY_BROKER_CONNECTION_TIMEOUT):
        raise TimeoutError("every connection to the broker is taken")
    try:
        if not broker.is_open:  # otherwise those before found out meanwhile
            with broker.watch():
                _announce(publish)
    finally:
        _turns.release()


def _announce(publish: Callable[[], object]) -> None:
    """Once more for a connection that a restart of the broker has cut, not for a broker that is silent."""
    began = time.monotonic()
    try:
        publish()
    except FAILURES:
        if time.monotonic() - began > AT_ONCE:
            raise
        publish()


def postpone_and_nudge(
    task: Task | str,
    due: models.QuerySet,
    *,
    column: str = "due_at",
    until: timedelta = RETRY,
) -> None:
    """Nudge rows whose time in `column` has come, and postpone it.

    None is due again before its nudge has expired. A queue that holds a message for each waiting row gets no more: its
    workers are busy, and no message was lost.
    """
    task = registered(task)
    due = due.exclude(pk__in=Failure.objects.resting(task.name))
    ids = list(due.order_by(column).values_list("pk", flat=True)[:BATCH])
    if not ids:
        return
    ids = ids[: _room(queues.queue_of(task))]
    mine = due.model.objects.filter(pk__in=ids, **{f"{column}__lte": Now()})
    mine.update(**{column: Now() + until})
    for pk in ids:
        nudge_now(task, pk, expires=RETRY.total_seconds())


def _room(queue: str) -> int:
    """How many messages the queue has fewer than rows that wait for it; 0 while that is unknown."""
    if broker.is_open:
        broker.retry(lambda: _messages(queue))
        return 0
    try:
        with broker.watch():
            held = _messages(queue)
    except FAILURES as error:
        log.warning("the queue %s could not be counted (%s)", queue, error)
        return 0
    return max(0, queues.rows(queue) - held)


def _messages(queue: str) -> int:
    with current_app.pool.acquire(block=True, timeout=AT_ONCE) as connection:
        return queues.messages(connection, queue)


@shared_task
def send_mail(mail_id: str) -> None:
    from core.models import Mail

    mail = Mail.objects.filter(pk=mail_id).first()
    if mail:  # otherwise its recipient was erased meanwhile
        about(mail).send()


@queues.waiting("default")
def waiting_mails() -> int:
    from core.models import Mail

    return Mail.objects.claimable().count()


@shared_task
def sweep_mails() -> None:
    """Mails whose announcement was lost, and those whose next attempt is due."""
    from core.models import Mail

    postpone_and_nudge(send_mail, Mail.objects.due())


@shared_task
def forget() -> None:
    """Delete what has been kept long enough."""
    retention.forget()


def every(seconds: float, task: str, *, expires: float | None = None) -> dict[str, Any]:
    """An entry of a room's SCHEDULE. A message that was not fetched until the next one expires."""
    return {"task": task, "schedule": seconds, "options": {"expires": expires or seconds}}


SCHEDULE = {
    "sweep mails": every(30, "core.tasks.sweep_mails"),
    "forget what is old": every(3600, "core.tasks.forget"),
}
