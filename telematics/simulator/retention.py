"""How long the simulator's own rows are kept."""

from datetime import datetime

from django.db.models import QuerySet

from core.retention import kept
from telematics.simulator.models import SimulatorLog


@kept("units' own logs in the simulator", days=30)
def logs(before: datetime) -> QuerySet[SimulatorLog]:
    return SimulatorLog.objects.filter(at__lt=before)
