"""Nudges: each loads a row and calls one method. Whatever they miss, the sweeps find by its row."""

from datetime import timedelta

from celery import shared_task
from django.db.models.functions import Now

from core.tasks import nudge
from jobs.models import BulkRun, Configuration, InstallationTest, Job, JobImport, Notice, VehicleAccess

# What a nudge should have begun by now.
OVERDUE = timedelta(seconds=30)
BATCH = 500


@shared_task(at_unit=True)
def run_installation_test(test_id: str) -> None:
    InstallationTest.objects.select_related("job__assignee", "job__vehicle").get(pk=test_id).run()


@shared_task(at_unit=True)
def push_configuration(configuration_id: str) -> None:
    Configuration.objects.get(pk=configuration_id).push()


@shared_task
def reap_tests() -> None:
    """Every five seconds: tests without a worker, questions without an answer, and whoever is first in line again."""
    tests = InstallationTest.objects
    for rows in (tests.abandoned(), tests.unanswered()):
        for test in rows.select_related("job__vehicle")[:BATCH]:
            test.reap()
    for pk in tests.overdue(OVERDUE).values_list("pk", flat=True)[:BATCH]:
        nudge(run_installation_test, pk)


@shared_task
def sweep_configurations() -> None:
    waiting = Configuration.objects.waiting().filter(requested_at__lt=Now() - OVERDUE)
    for pk in waiting.values_list("pk", flat=True)[:BATCH]:
        nudge(push_configuration, pk)


@shared_task
def end_leases() -> None:
    over = VehicleAccess.objects.lease_over().values("job")
    for job in Job.objects.filter(pk__in=over)[:BATCH]:
        job.end_lease()


@shared_task
def go_on_with_bulk_run(run_id: str) -> None:
    BulkRun.objects.get(pk=run_id).go()


@shared_task
def mail_notices() -> None:
    """Nudged by whoever tells, swept for what was left."""
    while Notice.objects.write_mails():
        pass


@shared_task
def sweep_bulk_runs() -> None:
    """Those whose worker was lost, or that nobody has begun."""
    for pk in BulkRun.objects.going().filter(moved_at__lt=Now() - OVERDUE).values_list("pk", flat=True)[:BATCH]:
        nudge(go_on_with_bulk_run, pk)


@shared_task(ignore_result=True)
def forget_imports() -> None:
    JobImport.objects.all().forget()


SCHEDULE = {
    "mail notices": {"task": "jobs.tasks.mail_notices", "schedule": 30.0, "options": {"expires": 30}},
    "sweep bulk runs": {"task": "jobs.tasks.sweep_bulk_runs", "schedule": 30.0, "options": {"expires": 30}},
    "reap tests": {"task": "jobs.tasks.reap_tests", "schedule": 5.0, "options": {"expires": 5}},
    "sweep configurations": {"task": "jobs.tasks.sweep_configurations", "schedule": 10.0, "options": {"expires": 10}},
    "end leases": {"task": "jobs.tasks.end_leases", "schedule": 5.0, "options": {"expires": 5}},
    "forget imports": {"task": "jobs.tasks.forget_imports", "schedule": 3600.0, "options": {"expires": 3600}},
}
