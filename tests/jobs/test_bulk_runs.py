"""A bulk action of a worker: it ends, whatever happens, and the people who must know are notified."""

from datetime import timedelta
from threading import Event

import pytest
from django.core.exceptions import FieldDoesNotExist
from django.db import transaction
from django.db.models.functions import Now

from core.failures import LIMIT
from core.models import Mail
from jobs.models import BulkRun, Job, Notification
from jobs.tasks import go_on_with_bulk_run, sweep_bulk_runs
from tests.factories.accounts import FleetMembershipFactory, UserFactory
from tests.product import wait_for
from tests.threads import race, somebody_waits

pytestmark = pytest.mark.django_db


@pytest.fixture
def broken_run(pending_job, fleet, manager):
    """An edit of a field that no version of the product knows."""
    about = {"fleet": fleet, "by": manager, "total": 1, "changes": {"nonsense": 1}}
    return BulkRun.objects.begin("EDIT", Job.objects.all(), **about)


def go_on(run, times: int) -> None:
    for _time in range(times):
        with pytest.raises(FieldDoesNotExist):
            go_on_with_bulk_run(run.pk)
    run.refresh_from_db()


def test_a_run_that_fails_for_a_reason_nobody_foresaw_ends_after_five_attempts(broken_run, manager):
    operator = UserFactory(is_staff=True, is_superuser=True)
    go_on(broken_run, LIMIT - 1)
    assert broken_run.finished_at is None

    go_on(broken_run, 1)

    assert broken_run.finished_at
    assert broken_run.refused == {"Something went wrong on our side.": 1}
    assert Notification.objects.filter(user=manager, verb="bulk_edit").count() == 1
    assert Mail.objects.filter(to=operator.email, template="mails/failure").count() == 1


def test_a_run_that_was_given_up_is_not_tried_again(broken_run):
    go_on(broken_run, LIMIT)

    assert go_on_with_bulk_run(broken_run.pk) is None
    assert not BulkRun.objects.unfinished().exists()


def test_a_nudge_postpones_its_run_and_expires(broken_run, monkeypatch):
    sent = []
    send = lambda ids, **options: sent.append((*ids, options["expires"]))  # noqa: E731
    monkeypatch.setattr(go_on_with_bulk_run, "apply_async", send)
    BulkRun.objects.update(moved_at=Now() - timedelta(minutes=1))

    sweep_bulk_runs()
    sweep_bulk_runs()

    assert sent == [(broken_run.pk, 30)]


@pytest.mark.pg
@pytest.mark.parametrize("action", ["DELETE", "EDIT"])
@pytest.mark.django_db(transaction=True)
def test_a_job_that_others_change_at_that_moment_is_counted(action, pending_job, fleet, manager):
    colleague = FleetMembershipFactory(fleet=fleet, role="MANAGER").user
    changes = {"location": "Yard"} if action == "EDIT" else {}
    about = {"fleet": fleet, "by": manager, "total": 1, "changes": changes}
    run = BulkRun.objects.begin(action, Job.objects.all(), **about)
    is_held = Event()

    def delete() -> None:
        with transaction.atomic():
            Job.objects.get(pk=pending_job.pk).delete_by(by=colleague)
            is_held.set()
            wait_for(somebody_waits, 20, "the bulk action waits for the job")

    def go() -> None:
        assert is_held.wait(20)
        BulkRun.objects.get(pk=run.pk).go()

    assert race(delete, go) == [None, None]
    run.refresh_from_db()
    assert (run.processed, run.done, sum(run.refused.values())) == (1, 0, 1)
