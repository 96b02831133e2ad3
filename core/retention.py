"""How long rows and files are kept. Each room registers its own in its `retention.py`; one sweep deletes the older."""

import logging
from collections.abc import Callable, Iterable
from datetime import datetime, timedelta
from itertools import islice
from pathlib import Path
from typing import NamedTuple, Protocol

from django.conf import settings
from django.db import models
from django.utils import timezone

from core.failures import Failure, as_text

log = logging.getLogger(__name__)


class Removable(Protocol):
    """A file, on this disk or in a storage."""

    def unlink(self, missing_ok: bool = False) -> None: ...


Old = Callable[[datetime], models.QuerySet | Iterable[Removable]]
BATCH = 1000
# Of each kind at most so many batches in one sweep; the next sweep continues.
BATCHES = 100
# After so many files that cannot be deleted, their storage is taken to be away.
MOST_FAILED = 5


class Kind(NamedTuple):
    days: int
    old: Old


KINDS: dict[str, Kind] = {}
# The tasks that together enforce every retention. Each room adds its own.
TASKS = ["core.tasks.forget"]


def kept(what: str, *, days: int) -> Callable[[Old], Old]:
    """Register a function that returns the rows or files from before a time. They are kept for so many days."""

    def register(old: Old) -> Old:
        KINDS[what] = Kind(days, old)
        return old

    return register


def forget() -> None:
    """Delete what is older than its kind is kept. A kind that fails does not stop the others."""
    for what, kind in KINDS.items():
        try:
            _forget(kind)
        except Exception as error:
            log.exception("%s were not deleted", what)
            Failure.objects.record("core.tasks.forget", what, as_text(error))


def _forget(kind: Kind) -> None:
    old = kind.old(timezone.now() - timedelta(days=kind.days))
    if isinstance(old, models.QuerySet):
        _forget_rows(old.order_by("pk"))
    else:
        _forget_files(islice(old, BATCH * BATCHES))


def _forget_files(files: Iterable[Removable]) -> None:
    """A file that cannot be deleted stops no other; a storage that is away is not asked for each of them."""
    failed: list[Exception] = []
    for file in files:
        try:
            file.unlink(missing_ok=True)
        except Exception as error:
            failed.append(error)
            if len(failed) == MOST_FAILED:
                break
    if failed:
        raise failed[0]


def _forget_rows(old: models.QuerySet) -> None:
    for _batch in range(BATCHES):
        keys = list(old.values_list("pk", flat=True)[:BATCH])
        old.model._default_manager.filter(pk__in=keys).delete()
        if len(keys) < BATCH:
            return


# Each row has its own end; the days are the longest.
@kept("answered requests (of API clients 2)", days=90)
def answered_requests(before: datetime) -> models.QuerySet:
    from core.models import AnsweredRequest

    return AnsweredRequest.objects.expired()


@kept("mails that were sent or given up", days=90)
def mails(before: datetime) -> models.QuerySet:
    from core.models import Mail

    return Mail.objects.exclude(status=Mail.Status.QUEUED).filter(created_at__lt=before)


@kept("mails in the folder `var/mail/`", days=90)
def mail_files(before: datetime) -> Iterable[Path]:
    for path in Path(settings.MAIL_DIR).glob("*.eml"):
        if path.stat().st_mtime < before.timestamp():
            yield path


@kept("failures of tasks, after the last one", days=30)
def failures(before: datetime) -> models.QuerySet:
    return Failure.objects.filter(last_at__lt=before)
