"""What still has to reach the units."""

from datetime import timedelta

from django.db.models import QuerySet

from core.backlog import waiting
from core.gauges import gauge
from telematics.models import Command, Key


@gauge("keys_to_drop", "Ended keys that their unit still has.")
def keys_to_drop() -> int:
    return Key.objects.to_drop().count()


@gauge("commands_overdue", "Commands that no worker has handed over in time.")
def commands_overdue() -> int:
    return Command.objects.overdue().count()


@waiting("command", since="created_at", patience=timedelta(seconds=15))
def waiting_commands() -> QuerySet[Command]:
    """Of people and programs. The system's own wait until their unit can carry them out."""
    return Command.objects.waiting().exclude(key__kind=Key.Kind.SYSTEM).order_by("due_at")


@waiting("key drop", since="ended_at", patience=timedelta(hours=1))
def waiting_drops() -> QuerySet[Key]:
    return Key.objects.to_drop().order_by("due_at")
