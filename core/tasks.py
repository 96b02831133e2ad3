"""Effects: the row is the queue, a task is a nudge, a sweep finds what was left."""

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar

from celery import Task, shared_task
from django.db import transaction
from kombu.exceptions import OperationalError

log = logging.getLogger(__name__)
_quiet: ContextVar[bool] = ContextVar("quiet", default=False)


def nudge(task: Task, *ids: str | int) -> None:
    """Call `task` with ids once the transaction has committed. A refused broker costs time, not the effect."""
    if _quiet.get():
        return
    # robust: an error here comes after the commit and would skip the callbacks behind it.
    # A function of its own: of a partial Django cannot say the name when it tells of the error, and fails in turn.
    transaction.on_commit(lambda: nudge_now(task, *ids), robust=True)


@contextmanager
def quietly() -> Iterator[None]:
    """Nobody is called: for whoever writes down what is said to have happened long ago, effects and all."""
    token = _quiet.set(True)
    try:
        yield
    finally:
        _quiet.reset(token)


def is_quiet() -> bool:
    return _quiet.get()


def nudge_now(task: Task, *ids: str | int) -> None:
    try:
        task.delay(*ids)
    except (OperationalError, OSError) as error:
        log.warning("%s%r was not announced (%s); a sweep will find it", task.name, ids, error)


@shared_task
def send_mail(mail_id: str) -> None:
    from core.models import Mail

    Mail.objects.get(pk=mail_id).send()


@shared_task
def sweep_mails() -> None:
    """Mails whose announcement was lost, and those whose next attempt is due."""
    from core.models import Mail

    for pk in Mail.objects.due().order_by("pk").values_list("pk", flat=True)[:500]:
        nudge_now(send_mail, pk)


@shared_task
def forget_answered_requests() -> None:
    """Answers that nobody will ask for again."""
    from core.models import AnsweredRequest

    AnsweredRequest.objects.forget()


SCHEDULE = {
    "sweep mails": {"task": "core.tasks.sweep_mails", "schedule": 30.0, "options": {"expires": 30}},
    "forget answered requests": {
        "task": "core.tasks.forget_answered_requests",
        "schedule": 3600.0,
        "options": {"expires": 3600},
    },
}
