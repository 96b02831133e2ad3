"""The history of what the fleet itself did to a vehicle. What a job does to it is in the job's history."""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from django.db import models
from django.utils.translation import gettext_lazy as _

from accounts.models import ApiClient, User
from accounts.models.user import person_of
from core.many_rows import insert_rows
from core.moves import Event, by_flow
from core.ulid import new_ulid

if TYPE_CHECKING:
    from telematics.models.vehicle import Vehicle


COLUMNS = (
    "id",
    "vehicle",
    "verb",
    "seq",
    "actor",
    "client",
    "channel",
    "request_id",
    "data",
    "reason",
)


class VehicleEvent(Event):
    vehicle = models.ForeignKey(
        "telematics.Vehicle", models.PROTECT, related_name="events", verbose_name=_("vehicle")
    )
    client = models.ForeignKey(
        "accounts.ApiClient",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("client"),
    )

    class Meta:
        verbose_name = _("vehicle event")
        verbose_name_plural = _("vehicle events")
        ordering = ["vehicle", "seq"]
        indexes = [by_flow("vehicleevent_by_flow")]
        constraints = [
            models.UniqueConstraint(fields=["vehicle", "seq"], name="vehicleevent_once_a_version")
        ]

    def __str__(self) -> str:
        return f"{self.vehicle_id} {self.seq} {self.verb}"

    @classmethod
    def record(
        cls, vehicle: "Vehicle", verb: str, *, by: User | ApiClient | None, **data: Any
    ) -> None:
        """Append an event after a change, under the vehicle's lock. The version of the vehicle numbers it."""
        cls.record_all({vehicle: data}, verb, by=by)

    @classmethod
    def record_all(
        cls,
        data: "Mapping[Vehicle, dict[str, Any]]",
        verb: str,
        *,
        by: User | ApiClient | None,
        reason: str = "",
    ) -> None:
        """The same for many vehicles, each with its data, in one statement and without an instance of each."""
        actor = person_of(by)
        client = by if isinstance(by, ApiClient) else None
        who = (actor and actor.pk, client and client.pk)
        where = tuple(cls.circumstances().values())
        rows = [
            (new_ulid(), vehicle.pk, verb, vehicle.version, *who, *where, about, reason)
            for vehicle, about in data.items()
        ]
        insert_rows(VehicleEvent, COLUMNS, rows)
