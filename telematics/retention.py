"""How long rows of vehicles are kept. Commands and keys of people and clients are history, and stay."""

from datetime import datetime

from django.db.models import QuerySet

from core.retention import TASKS, kept
from telematics.models import Command, Key

TASKS += ["telematics.tasks.blank_archived_vehicles"]


@kept("commands that put a vehicle back", days=365)
def put_backs(before: datetime) -> QuerySet[Command]:
    return Command.objects.filter(key__kind=Key.Kind.SYSTEM, settled_at__lt=before)


@kept("the system's own keys, after they were dropped", days=365)
def system_keys(before: datetime) -> QuerySet[Key]:
    dropped = Key.objects.filter(kind=Key.Kind.SYSTEM, dropped_at__lt=before)
    return dropped.filter(commands__isnull=True)
