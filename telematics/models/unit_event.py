"""The history of a unit in the stock: entered, retired, brought back. Who held it is in its custodies."""

from collections.abc import Iterable
from typing import TYPE_CHECKING

from django.db import models
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from core.moves import Event

if TYPE_CHECKING:
    from telematics.models.unit import Unit


class UnitEvent(Event):
    unit = models.ForeignKey(
        "telematics.Unit", models.PROTECT, related_name="events", verbose_name=_("unit")
    )

    class Meta:
        verbose_name = _("unit event")
        verbose_name_plural = _("unit events")
        ordering = ["unit", "seq"]
        constraints = [
            models.UniqueConstraint(fields=["unit", "seq"], name="unitevent_once_a_version")
        ]

    def __str__(self) -> str:
        return f"{self.unit_id} {self.seq} {self.verb}"

    @classmethod
    def record_all(cls, units: "Iterable[Unit]", verb: str, *, by: User | None) -> None:
        """Append an event of each unit after the change, under its lock. The version of the unit numbers it."""
        circumstances = cls.circumstances()
        events = [
            UnitEvent(
                unit=unit,
                verb=verb,
                seq=unit.version,
                actor=by,
                data={"fleet": unit.fleet_id},
                **circumstances,
            )
            for unit in units
        ]
        UnitEvent.objects.bulk_create(events)
