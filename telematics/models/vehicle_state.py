"""What a vehicle last said of itself: one row a vehicle, replaced by every message."""

from django.db import models
from django.utils.translation import gettext_lazy as _

SIGNALS = (
    "ignition",
    "central_lock",
    "driving_enabled",
    "doors",
    "key_fob",
    "mileage_in_kilometers",
    "state_of_charge_or_fuel_level_in_percent",
    "board_voltage",
    "speed_in_kilometers_per_hour",
    "position",
    "cellular_signal_quality",
    "bluetooth_connected",
    "alarm_input",
)


class VehicleState(models.Model):
    vehicle = models.OneToOneField(
        "telematics.Vehicle",
        verbose_name=_("vehicle"),
        on_delete=models.CASCADE,
        related_name="state",
        primary_key=True,
    )
    signals = models.JSONField(_("signals"), default=dict)
    received_at = models.DateTimeField(_("received"))

    class Meta:
        verbose_name = _("vehicle state")
        verbose_name_plural = _("vehicle states")

    def __str__(self):
        return str(self.vehicle_id)

    @classmethod
    def receive(cls, unit, signals, at):
        """Every gateway brings every message here. A late message never overwrites a newer one."""
        from telematics.models.vehicle import Vehicle

        vehicle_id = Vehicle.objects.filter(unit=unit).values_list("pk", flat=True).first()
        if vehicle_id is None:  # a unit in stock speaks for nobody
            return
        older = VehicleState.objects.filter(pk=vehicle_id, received_at__lte=at)
        if not older.update(signals=signals, received_at=at):
            fresh = VehicleState(vehicle_id=vehicle_id, signals=signals, received_at=at)
            VehicleState.objects.bulk_create([fresh], ignore_conflicts=True)
            older.update(signals=signals, received_at=at)

    @classmethod
    def public(cls, vehicle):
        """`{"name": {"value", "timestamp"}}` of what the vehicle's capabilities allow; empty before the first message."""
        row = cls.objects.filter(pk=vehicle.pk).first()
        return limited(row.signals, vehicle.vehicle_model) if row else {}


def limited(signals, vehicle_model):
    """Of all that a unit says, the public signals that the model has; nothing while the model is not known."""
    if vehicle_model is None:
        return {}
    return {name: signals[name] for name in SIGNALS if name in signals and vehicle_model.supports(name)}
