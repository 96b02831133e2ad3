"""The history of a fleet's settings: who changed what, with the values before and after."""

from typing import TYPE_CHECKING, Any

from django.db import models
from django.utils.translation import gettext_lazy as _

from accounts.models.user import person_of
from core.moves import Event, by_flow

if TYPE_CHECKING:
    from accounts.models.authority import Actor
    from accounts.models.fleet import Fleet


class FleetEvent(Event):
    fleet = models.ForeignKey(
        "accounts.Fleet", models.PROTECT, related_name="events", verbose_name=_("fleet")
    )

    class Meta:
        verbose_name = _("fleet event")
        verbose_name_plural = _("fleet events")
        ordering = ["fleet", "seq"]
        indexes = [by_flow("fleetevent_by_flow")]
        constraints = [
            models.UniqueConstraint(fields=["fleet", "seq"], name="fleetevent_once_a_version")
        ]

    def __str__(self) -> str:
        return f"{self.fleet_id} {self.seq} {self.verb}"

    @classmethod
    def record(cls, fleet: "Fleet", *, by: "Actor", changes: dict[str, Any]) -> None:
        """Append a line. Call it under the fleet's lock."""
        cls.objects.create(
            fleet=fleet,
            verb="change_settings",
            seq=fleet.settings_version + 1,
            actor=person_of(by),
            data={"changes": changes},
            **cls.circumstances(),
        )
