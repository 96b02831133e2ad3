"""Nudges: each task loads a row and calls one method. The sweeps find the rows whose nudge was lost."""

from collections.abc import Callable

from celery import shared_task
from django.db.models.functions import Now

from core import queues
from core.failures import each
from core.task_log import about, note
from core.tasks import every, nudge, postpone_and_nudge
from telematics.gateway import GatewayError
from telematics.models import Command, Key
from telematics.models.blanking import blank, vehicles_to_blank

BATCH = 500


@queues.waiting("urgent")
def waiting_commands() -> int:
    return Command.objects.waiting().count()


@queues.waiting("urgent")
def waiting_keys() -> int:
    return Key.objects.to_deliver().count() + Key.objects.to_drop().count()


@shared_task(queue_name="urgent")
def deliver_key(key_id: str) -> None:
    try_at_unit(about(Key.objects.get(pk=key_id)).deliver)


@shared_task(queue_name="urgent")
def drop_key(key_id: str) -> None:
    try_at_unit(about(Key.objects.get(pk=key_id)).drop)


@shared_task(queue_name="urgent")
def run_command(command_id: str) -> None:
    about(Command.objects.get(pk=command_id)).run()


@shared_task
def sweep_keys() -> None:
    """End keys of the fleet whose time is over; nudge keys that are to be delivered or dropped and are due."""
    Key.objects.run_out().end_all()
    due = Key.objects.filter(dropped_at__isnull=True, due_at__lte=Now())
    postpone_and_nudge(deliver_key, due.to_deliver())
    postpone_and_nudge(drop_key, due.to_drop())


@shared_task
def sweep_commands() -> None:
    """Commands that no worker handed over in time, and those whose worker died before the answer."""
    lapsed = Command.objects.lapsed().order_by("pk")
    each(lapsed, Command.lapse, what="telematics.tasks.sweep_commands", most=BATCH)
    postpone_and_nudge(run_command, Command.objects.overdue())


@shared_task
def name_kind_of_old_keys() -> None:
    """Set the kind of keys from before they had one, a batch at a time."""
    old = Key.objects.of_unnamed_kind().order_by("pk")
    ids = list(old.values_list("pk", flat=True)[:BATCH])
    Key.objects.of_unnamed_kind().filter(pk__in=ids).update(kind=Key.Kind.SYSTEM)
    if len(ids) == BATCH:
        nudge(name_kind_of_old_keys)


@shared_task
def blank_archived_vehicles() -> None:
    """Blank the identity of vehicles that were archived too long ago to be restored."""
    each(vehicles_to_blank(), blank, what="telematics.tasks.blank_archived_vehicles", most=BATCH)


SCHEDULE = {
    "sweep keys": every(30, "telematics.tasks.sweep_keys"),
    "name kind of old keys": every(3600, "telematics.tasks.name_kind_of_old_keys"),
    "blank archived vehicles": every(3600, "telematics.tasks.blank_archived_vehicles"),
    "sweep commands": every(10, "telematics.tasks.sweep_commands"),
}


def try_at_unit(call: Callable[[], None]) -> None:
    """Ignore a unit that does not answer: the row has the time of the next try."""
    try:
        call()
    except GatewayError as error:
        note(error.code)
