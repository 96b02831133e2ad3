"""Nudges: each loads a row and calls one method. Whatever they miss, the sweeps find by its row."""

from celery import shared_task
from django.db.models.functions import Now

from core.tasks import nudge_now
from telematics.gateway import GatewayError
from telematics.models import Command, Key
from telematics.models.command import Status
from telematics.models.key import RETRY
from telematics.simulator import heartbeats

BATCH = 500


@shared_task(at_unit=True)
def deliver_key(key_id: str) -> None:
    try_at_unit(Key.objects.get(pk=key_id).deliver)


@shared_task(at_unit=True)
def drop_key(key_id: str) -> None:
    try_at_unit(Key.objects.get(pk=key_id).drop)


@shared_task(at_unit=True)
def run_command(command_id: str) -> None:
    Command.objects.get(pk=command_id).run()


@shared_task
def sweep_keys() -> None:
    """Keys that their unit should know or forget by now, and whose time for another try has come."""
    due = Key.objects.filter(dropped_at__isnull=True, due_at__lte=Now())
    for task, keys in ((deliver_key, due.to_deliver()), (drop_key, due.to_drop())):
        postpone_and_nudge(task, keys)


@shared_task
def sweep_commands() -> None:
    """Commands that nobody handed over in time, and those whose answer is lost with their worker."""
    for command in Command.objects.lapsed().order_by("pk")[:BATCH]:
        command.settle(Status.EXPIRED, error="lapsed" if command.status == Status.QUEUED else "no_answer")
    postpone_and_nudge(run_command, Command.objects.overdue())


@shared_task(at_unit=True)
def send_heartbeats() -> None:
    """What real units do by themselves."""
    heartbeats.send_due()


SCHEDULE = {
    "sweep keys": {"task": "telematics.tasks.sweep_keys", "schedule": 30.0, "options": {"expires": 30}},
    "sweep commands": {"task": "telematics.tasks.sweep_commands", "schedule": 10.0, "options": {"expires": 10}},
    "simulator heartbeats": {"task": "telematics.tasks.send_heartbeats", "schedule": 60.0, "options": {"expires": 60}},
}


def try_at_unit(call) -> None:
    """A unit that does not answer is no error of ours: the row says when to try again."""
    try:
        call()
    except GatewayError:
        return


def postpone_and_nudge(task, rows) -> None:
    ids = list(rows.order_by("due_at").values_list("pk", flat=True)[:BATCH])
    rows.model.objects.filter(pk__in=ids, due_at__lte=Now()).update(due_at=Now() + RETRY)
    for pk in ids:
        nudge_now(task, pk)
