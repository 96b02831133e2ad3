"""A simulated unit: its state is a row, so that every worker sees the same unit. Tests judge by its log."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from random import Random
from typing import Any

from django.db import models
from django.db.models.functions import Now
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from core import context
from core.ulid import ULIDField
from telematics.gateway import Reading
from telematics.models.vehicle_model import VehicleModel
from telematics.models.vehicle_state import Device
from telematics.simulator import clock, physics, wiring
from telematics.simulator.unit_queryset import SimulatedUnitQuerySet

KEEP_DROPPED = timedelta(days=2)
DEVICE_MODEL = "CloudBoxx 4"
FIRMWARES = ("4.1.7", "4.2.0", "4.2.3")


class Persistence(models.TextChoices):
    MENDABLE = "MENDABLE", _("Mended when the test is repeated")
    PERSISTENT = "PERSISTENT", _("Stays")


class SimulatedUnit(models.Model):
    unit = models.OneToOneField(
        "telematics.Unit",
        verbose_name=_("unit"),
        on_delete=models.CASCADE,
        related_name="simulated",
        primary_key=True,
    )
    seed = models.PositiveIntegerField(_("seed"), default=1)
    fault = models.CharField(
        _("fault"),
        max_length=24,
        choices=wiring.Fault,
        blank=True,
    )
    persistence = models.CharField(
        _("persistence"), max_length=12, choices=Persistence, default=Persistence.MENDABLE
    )
    healed_at = models.DateTimeField(
        _("mended"),
        null=True,
        blank=True,
        editable=False,
    )
    contacts = models.PositiveBigIntegerField(_("contacts"), default=0, editable=False)
    car = models.JSONField(_("car"), default=dict, editable=False)
    setup = models.JSONField(_("setup"), default=dict, editable=False)
    # The number of its setup. The unit refuses a lower one.
    sequence = models.BigIntegerField(
        _("sequence number"),
        default=0,
        db_default=0,
        editable=False,
    )
    keys = models.JSONField(_("keys"), default=dict, editable=False)
    dropped = models.JSONField(_("dropped keys"), default=dict, editable=False)
    signals = models.JSONField(_("signals"), default=dict, editable=False)
    changes = models.JSONField(_("changes"), default=list, editable=False)
    sent_at = models.DateTimeField(
        _("last message"),
        null=True,
        blank=True,
        editable=False,
    )
    # When the car takes the next step of its own; null for one that others move. See traffic.py.
    moves_at = models.DateTimeField(_("next step"), null=True, blank=True, editable=False)

    # The vehicle that the unit is in, and its VIN: annotations of a row that was loaded `locked`.
    vehicle_id: str | None = None
    vehicle_vin: str | None = None

    objects = SimulatedUnitQuerySet.as_manager()

    class Meta:
        app_label = "simulator"
        db_table = "telematics_simulatedunit"
        verbose_name = _("simulated unit")
        verbose_name_plural = _("simulated units")
        ordering = ("pk",)
        indexes = [
            models.Index(
                fields=("moves_at",),
                condition=models.Q(moves_at__isnull=False),
                name="simulated_unit_moves",
            )
        ]

    def __str__(self) -> str:
        return str(self.pk)

    # --- what is wrong with it ---------------------------------------------------------------------------------------
    @property
    def active_fault(self) -> str:
        if self.healed_at is None:
            return self.fault
        return ""

    @property
    def effect(self) -> wiring.Effect | None:
        """The effect of the active fault on calls and commands."""
        if self.active_fault:
            return wiring.EFFECTS[wiring.Fault(self.active_fault)]
        return None

    def afflict(self, fault: str, persistence: str = Persistence.MENDABLE) -> None:
        """Set another fault, or none. Writes nothing of the car, which may change meanwhile."""
        self.fault = fault
        self.persistence = persistence
        self.healed_at = None
        self.save(update_fields=("seed", "fault", "persistence", "healed_at"))

    def mend(self, kind: str | None = None) -> None:
        """Repair the fault, if it can be repaired and shows in this kind of test; None is any kind."""
        effect = self.effect
        if effect is None or self.persistence != Persistence.MENDABLE:
            return
        if kind is None or kind in effect.shows_in:
            self.healed_at = timezone.now()

    # --- what goes on at the car -------------------------------------------------------------------------------------
    def wake(self, now: datetime) -> None:
        """Bring the car up to now: what its plan lists has happened, each step at its own time."""
        if not self.car:
            self.car = physics.new_car(self.dice("car"))
        self.car["vin"] = self.vin_on_the_bus
        for at, changes in physics.due(self.car, now):
            self.set(at, **changes)
        self.report(now)

    @property
    def vin_on_the_bus(self) -> str | None:
        """The VIN of the car: as the fleet knows it, unless a person has made it another one for this vehicle."""
        other = self.car.get("other_vin")
        if other and other["vehicle_id"] == self.vehicle_id:
            return other["vin"]
        return self.vehicle_vin or None

    def set_vin(self, vin: str, at: datetime) -> None:
        """Make the VIN of the car another one as long as the unit is in this vehicle; "" for the fleet's again."""
        self.car["other_vin"] = {"vehicle_id": self.vehicle_id, "vin": vin} if vin else None
        self.set(at, vin=self.vin_on_the_bus)

    def install(self, setup: Mapping[str, Any], at: datetime) -> None:
        """Take over a setup. It has the id of the vehicle model; the firmware knows what the model can do."""
        self.setup = {**setup, "capabilities": []}
        if model_id := setup.get("vehicle_model"):
            known = VehicleModel.objects.filter(pk=model_id).first()
            self.setup["capabilities"] = known.capabilities if known else []
        self.set(at, configured_at=at.isoformat())

    def set(self, at: datetime, **changes: Any) -> None:
        self.car.update(changes)
        self.report(at)

    def report(self, at: datetime) -> None:
        """Update the signals that have changed, with the time of the change."""
        heard = wiring.heard(physics.values(self.car, at), self.setup, self.active_fault)
        for name, value in heard.items():
            if name in physics.CONTINUOUS:
                self.signals[name] = {"value": value, "timestamp": value["time"]}
            elif name not in self.signals or self.signals[name]["value"] != value:
                self.signals[name] = {"value": value, "timestamp": at.isoformat()}
                self.changes.append(
                    {
                        "signal": name,
                        "value": value,
                        "timestamp": at.isoformat(),
                    }
                )
        for name in set(self.signals) - set(heard):
            del self.signals[name]
        self.changes = self.changes[-physics.KEPT_CHANGES :]

    @property
    def device(self) -> Device:
        """The same unit always has the same firmware."""
        return Device(DEVICE_MODEL, FIRMWARES[int(self.unit_id, 16) % len(FIRMWARES)])

    def reading(self, now: datetime) -> Reading:
        return Reading(self.signals, self.heartbeat_at(now), tuple(self.changes))

    def heartbeat_at(self, now: datetime) -> datetime | None:
        """The latest heartbeat; None while nothing gets through."""
        if self.active_fault == wiring.Fault.NO_COVERAGE:
            return None
        return physics.heartbeat_at(self.car, now)

    # --- keys --------------------------------------------------------------------------------------------------------
    def knows_key(self, key_id: str, now: datetime) -> bool:
        """Added, not dropped and not past its end."""
        ends_at = self.keys.get(key_id)
        return bool(ends_at) and now < datetime.fromisoformat(ends_at)

    def learn_key(self, key_id: str, ends_at: datetime) -> None:
        if key_id not in self.dropped:
            self.keys[key_id] = ends_at.isoformat()

    def forget_key(self, key_id: str, now: datetime) -> None:
        """Drop a key, and remember that for as long as a late delivery could come, so that it changes nothing."""
        forgotten = (now - KEEP_DROPPED).isoformat()
        self.keys.pop(key_id, None)
        self.dropped = {key: at for key, at in self.dropped.items() if at > forgotten}
        self.dropped[key_id] = now.isoformat()

    # --- chance ------------------------------------------------------------------------------------------------------
    def dice(self, *words: object) -> Random:
        return clock.dice(self.pk, self.seed, *words)

    def next_contact(self) -> Random:
        """Count a call to the unit and return the dice for it."""
        self.contacts += 1
        return self.dice("contact", self.contacts)

    def record(self, action: str, *, key_id: str | None = None, at: datetime | None = None) -> None:
        SimulatorLog.objects.create(
            unit_id=self.pk,
            action=action,
            key_id=key_id,
            at=at or timezone.now(),
            request_id=context.request_id(),
        )


class SimulatorLog(models.Model):
    """One action that the unit carried out, appended under the unit's lock. Tests and operators read it."""

    id = ULIDField(primary_key=True, verbose_name=_("ID"))
    unit = models.ForeignKey(
        "telematics.Unit",
        verbose_name=_("unit"),
        on_delete=models.CASCADE,
        related_name="simulator_log",
    )
    action = models.CharField(_("action"), max_length=40, db_column="act")
    key_id = ULIDField(_("key"), null=True, blank=True)
    request_id = models.CharField(
        _("request ID"), max_length=64, blank=True, default="", db_default=""
    )
    at = models.DateTimeField(_("at"))
    recorded_at = models.DateTimeField(_("recorded"), db_default=Now())

    class Meta:
        app_label = "simulator"
        db_table = "telematics_simulatorlog"
        verbose_name = _("line of a unit's own log")
        verbose_name_plural = _("units' own logs")
        ordering = ("-id",)
        indexes = [models.Index(fields=("unit", "-id"), name="simulator_log_of_unit")]

    def __str__(self) -> str:
        return f"{self.action} {self.unit_id}"
