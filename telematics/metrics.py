"""What still has to reach the units."""

from core.gauges import gauge
from telematics.models import Command, Key


@gauge("keys_to_drop", "Ended keys that their unit still has.")
def keys_to_drop() -> int:
    return Key.objects.to_drop().count()


@gauge("commands_overdue", "Commands that no worker has handed over in time.")
def commands_overdue() -> int:
    return Command.objects.overdue().count()
