"""One line of a vehicle's history: what the fleet itself did to it. What a job does stands in the job's."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from core.moves import Event


class VehicleEvent(Event):
    vehicle = models.ForeignKey("telematics.Vehicle", models.PROTECT, related_name="events")
    client = models.ForeignKey("accounts.ApiClient", models.PROTECT, null=True, blank=True, related_name="+")

    class Meta:
        verbose_name, verbose_name_plural = _("vehicle event"), _("vehicle events")
        ordering = ["vehicle", "seq"]
        constraints = [models.UniqueConstraint(fields=["vehicle", "seq"], name="vehicleevent_once_a_version")]

    def __str__(self) -> str:
        return f"{self.vehicle_id} {self.seq} {self.verb}"

    @classmethod
    def record(cls, vehicle, verb: str, *, by, **data) -> None:
        """`seq` is the vehicle's version, which has just risen; call it under the vehicle's lock."""
        who = {"actor": by if by.is_person else None, "client": None if by.is_person else by}
        cls.objects.create(vehicle=vehicle, verb=verb, seq=vehicle.version, data=data, **who, **cls.circumstances())
