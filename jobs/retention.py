"""How long rows of the work are kept. Jobs, their history, tests and accesses stay."""

from collections.abc import Iterator
from datetime import datetime

from django.db.models import QuerySet

from core.retention import kept
from jobs.models import BulkRun, ImportedFile, JobImport, Notification, RefusedAttempt
from jobs.pictures import storage


@kept("notifications", days=180)
def notifications(before: datetime) -> QuerySet[Notification]:
    return Notification.objects.filter(mail_due=False, at__lt=before)


# As long as the notifications that lead to them.
@kept("finished bulk actions", days=180)
def bulk_runs(before: datetime) -> QuerySet:
    return BulkRun.objects.filter(finished_at__lt=before)


@kept("previews of imports that were not confirmed", days=7)
def drafts(before: datetime) -> QuerySet:
    return JobImport.objects.filter(status=JobImport.Status.DRAFT, created_at__lt=before)


@kept("files of imports", days=90)
def imported_files(before: datetime) -> QuerySet:
    return ImportedFile.objects.filter(job_import__created_at__lt=before)


@kept("refused attempts to use a vehicle, after the last one", days=365)
def refused_attempts(before: datetime) -> QuerySet[RefusedAttempt]:
    return RefusedAttempt.objects.last_before(before)


@kept("files of photos that no job has", days=1)
def orphaned_photos(before: datetime) -> Iterator[storage.Orphan]:
    return storage.orphans(before)
