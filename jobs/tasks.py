"""Tasks. Each loads a row and calls one method. The sweeps find every row whose task was lost."""

from datetime import timedelta

from celery import shared_task
from django.db.models.functions import Now

from accounts.models import Fleet
from core import queues
from core.failures import each
from core.task_log import about
from core.tasks import every, nudge, postpone_and_nudge
from jobs.models import (
    BulkRun,
    Configuration,
    InstallationTest,
    Job,
    JobPhoto,
    Notification,
    VehicleAccess,
)
from jobs.models.installation_test_queryset import BEFORE_ALL
from jobs.old_texts import LABELS, label_after, old_rows

# The time after which a task must have begun.
OVERDUE = timedelta(seconds=30)
BATCH = 500
# Of jobs to number in one run: about half a minute.
BATCHES = 100


@queues.waiting("units")
def waiting_tests() -> int:
    return InstallationTest.objects.for_a_worker().count()


@queues.waiting("units")
def waiting_configurations() -> int:
    return Configuration.objects.pending().filter(lease_until=None).count()


@queues.waiting("default")
def waiting_bulk_runs() -> int:
    return BulkRun.objects.unfinished().count()


@shared_task(queue_name="units")  # type: ignore[call-overload]  # the stubs know no options of our own
def run_installation_test(test_id: str) -> None:
    tests = InstallationTest.objects.select_related("job__assignee", "job__vehicle")
    about(tests.get(pk=test_id)).run()


@shared_task(  # type: ignore[call-overload]  # the stubs know no options of our own
    queue_name="units", give_up="jobs.tasks.give_up_configuration"
)
def push_configuration(configuration_id: str) -> None:
    about(Configuration.objects.get(pk=configuration_id)).push()


@shared_task
def give_up_configuration(configuration_id: str) -> None:
    about(Configuration.objects.get(pk=configuration_id)).give_up()


@shared_task
def reap_tests() -> None:
    """Every five seconds: end tests without a worker or an answer, and nudge the next test of each unit."""
    tests = InstallationTest.objects
    for rows in (tests.abandoned(), tests.unanswered()):
        each(
            rows.select_related("job__vehicle"),
            InstallationTest.reap,
            what="jobs.tasks.reap_tests",
            most=BATCH,
        )
    postpone_and_nudge(run_installation_test, tests.due())


@shared_task
def mark_void_tests() -> None:
    """Write the status of tests that are void but not marked yet, in batches. They are shown as void already."""
    mark_void_tests_after(BEFORE_ALL)


@shared_task
def mark_void_tests_after(test_id: str) -> None:
    tests = InstallationTest.objects.filter(pk__gt=test_id).with_next_configuration().order_by("pk")
    last = list(tests[BATCH - 1 : BATCH].values_list("pk", flat=True))
    each(tests, InstallationTest.write_as_void, what="jobs.tasks.mark_void_tests", most=BATCH)
    if last:
        nudge(mark_void_tests_after, last[0])


@shared_task
def clean_old_texts() -> None:
    """Bring texts from before to their canonical form, in batches. `manage.py old_texts` lists what is left."""
    clean_texts_after(LABELS[0], "")


@shared_task
def clean_texts_after(label: str, key: str) -> None:
    last = old_rows(label).clean_after(key or None)
    if last is not None:
        nudge(clean_texts_after, label, str(last))
    elif following := label_after(label):
        nudge(clean_texts_after, following, "")


@shared_task
def number_jobs() -> None:
    """Number jobs from before there were numbers, the oldest first, in batches; the sweep of a minute later goes on."""
    each(
        Fleet.objects.without_job_prefix().order_by("pk"),
        Fleet.name_job_prefix,
        what="jobs.tasks.number_jobs",
        most=BATCH,
    )
    for _batch in range(BATCHES):
        if not Job.objects.number_oldest(BATCH):
            return


@shared_task
def sweep_configurations() -> None:
    """End pushes without a worker, settle rows that a newer one has replaced, and nudge those that are overdue."""
    Configuration.objects.reap()
    Configuration.objects.settle_outdated()
    postpone_and_nudge(push_configuration, Configuration.objects.due())


@shared_task
def end_leases() -> None:
    over = VehicleAccess.objects.lease_over().values("job")
    each(Job.objects.filter(pk__in=over), Job.end_lease, what="jobs.tasks.end_leases", most=BATCH)


@shared_task(give_up="jobs.tasks.give_up_bulk_run")  # type: ignore[call-overload]
def go_on_with_bulk_run(run_id: str) -> None:
    about(BulkRun.objects.get(pk=run_id)).go()


@shared_task
def give_up_bulk_run(run_id: str) -> None:
    about(BulkRun.objects.get(pk=run_id)).give_up()


@shared_task
def drop_photo_file(photo_id: str) -> None:
    about(JobPhoto.objects.get(pk=photo_id)).drop_file()


@shared_task
def sweep_photo_files() -> None:
    """Delete the files of deleted photos, and of those of deleted jobs, that are still there."""
    JobPhoto.objects.delete_with_jobs()
    each(
        JobPhoto.objects.to_drop().order_by("deleted_at"),
        JobPhoto.drop_file,
        what="jobs.tasks.sweep_photo_files",
        most=BATCH,
    )


@shared_task
def mail_notifications() -> None:
    """Write the mails of notifications. Nudged when notifications are written, and run regularly for what is left."""
    while Notification.objects.write_mails():
        pass


@shared_task
def sweep_bulk_runs() -> None:
    """Nudge bulk runs whose worker was lost, or that have not begun."""
    overdue = BulkRun.objects.unfinished().filter(moved_at__lt=Now() - OVERDUE)
    postpone_and_nudge(go_on_with_bulk_run, overdue, column="moved_at", until=timedelta())


SCHEDULE = {
    "mail notifications": every(30, "jobs.tasks.mail_notifications"),
    "sweep bulk runs": every(30, "jobs.tasks.sweep_bulk_runs"),
    "reap tests": every(5, "jobs.tasks.reap_tests"),
    "mark void tests": every(86400, "jobs.tasks.mark_void_tests", expires=3600),
    "clean old texts": every(86400, "jobs.tasks.clean_old_texts", expires=3600),
    "sweep configurations": every(10, "jobs.tasks.sweep_configurations"),
    "sweep photo files": every(600, "jobs.tasks.sweep_photo_files"),
    "number jobs": every(60, "jobs.tasks.number_jobs"),
    "end leases": every(5, "jobs.tasks.end_leases"),
}
