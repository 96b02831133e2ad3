"""Which simulated units are meant, and their locks: what a car plans has happened once its row is locked."""

from collections.abc import Iterable
from datetime import datetime
from typing import TYPE_CHECKING, Self

from django.db import models
from django.utils import timezone

from telematics.models.unit import Unit

if TYPE_CHECKING:
    from telematics.simulator.models import SimulatedUnit


class SimulatedUnitQuerySet(models.QuerySet["SimulatedUnit"]):
    def locked(self, qnr: str) -> "SimulatedUnit | None":
        """Lock the row of a unit, bring it up to now and return it.

        The first contact makes it; an unknown QNR has none.
        """
        mine = self.with_vehicle().select_for_update(of=("self",)).filter(pk=qnr)
        unit = mine.first()
        if unit is None and Unit.objects.filter(pk=qnr).exists():
            self.bulk_create([self.model(unit_id=qnr)], ignore_conflicts=True)
            unit = mine.first()
        if unit is not None:
            unit.wake(timezone.now())
        return unit

    def get_locked(self, qnr: str) -> "SimulatedUnit":
        """The same for a unit that exists."""
        unit = self.locked(qnr)
        if unit is None:
            raise self.model.DoesNotExist(qnr)
        return unit

    def lock_free(self, qnrs: Iterable[str | None]) -> Self:
        """Lock these, except those that somebody else has locked. Their cars are as they were left."""
        mine = self.with_vehicle().filter(pk__in=[*qnrs]).order_by("pk")
        return mine.select_for_update(of=("self",), skip_locked=True)

    def with_vehicle(self) -> Self:
        return self.annotate(
            vehicle_id=models.F("unit__vehicle"), vehicle_vin=models.F("unit__vehicle__vin")
        )

    def in_vehicles(self) -> Self:
        return self.filter(unit__vehicle__isnull=False)

    def silent_since(self, moment: datetime) -> Self:
        """Mounted units whose last message is older: their heartbeat is due."""
        return self.in_vehicles().filter(
            models.Q(sent_at__isnull=True) | models.Q(sent_at__lt=moment)
        )
