"""The latest state of a vehicle: one row a vehicle, replaced by every message."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from functools import lru_cache
from typing import TYPE_CHECKING, Any, NamedTuple

from django.db import models, transaction
from django.utils.translation import gettext_lazy as _

from core.values.times import in_utc
from telematics import messages

if TYPE_CHECKING:
    from telematics.models.vehicle import Vehicle
    from telematics.models.vehicle_model import VehicleModel

Signals = Mapping[str, Mapping[str, Any]]
POSITION = "position"


class Device(NamedTuple):
    """What a unit says of itself with its state; empty where it says nothing."""

    model: str = ""
    firmware: str = ""


UNKNOWN_DEVICE = Device()
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
    POSITION,
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

    def __str__(self) -> str:
        return str(self.vehicle_id)

    @classmethod
    def receive(
        cls, unit: str, signals: Signals, at: datetime, *, device: Device = UNKNOWN_DEVICE
    ) -> None:
        """Keep a message of the unit with this QNR. Every gateway calls this; a late message changes nothing."""
        from telematics.models.received_states import Report, receive_all

        receive_all([Report(unit, signals, at, device)])

    @classmethod
    def public(cls, vehicle: "Vehicle") -> Signals:
        """The signals that model and features allow, `{"name": {"value", "timestamp"}}`; empty
        before the first message.
        """
        row = cls.objects.filter(pk=vehicle.pk).first()
        if row:
            return shown_of(vehicle, row.signals)
        return {}

    @classmethod
    @transaction.atomic
    def forget_position(cls, **vehicle: str) -> None:
        """Drop the positions of a vehicle whose tracking has been switched off, also from messages that are kept."""
        found = {f"vehicle__{name}": value for name, value in vehicle.items()}
        row = cls.objects.select_for_update(of=("self",), no_key=True).filter(**found).first()
        if row is not None and POSITION in row.signals:
            del row.signals[POSITION]
            row.save(update_fields=["signals"])
            messages.forget_signal(row.pk, POSITION)


def shown_of(vehicle: "Vehicle", signals: Signals) -> Signals:
    """Return the public signals that the vehicle's model has; none while the model is not known.

    With tracking off there is no position.
    """
    if vehicle.vehicle_model is None:
        return {}
    heard = traced(signals, located=vehicle.may_be_located)
    return public_signals(heard, public_names(vehicle.vehicle_model))


def public_names(model: "VehicleModel") -> Sequence[str]:
    """The signals that vehicles of this model have."""
    return [name for name in SIGNALS if model.supports(name)]


def public_signals(signals: Signals, names: Sequence[str]) -> Signals:
    return {name: _with_times_in_utc(signals[name]) for name in names if name in signals}


def _with_times_in_utc(signal: Mapping[str, Any]) -> dict[str, Any]:
    """Return a signal with its times as the APIs write them; a gateway may send another offset."""
    value = signal.get("value")
    if isinstance(value, dict) and value.get("time"):
        value = {**value, "time": _in_utc(value["time"])}
    return {**signal, "value": value, "timestamp": _in_utc(signal.get("timestamp"))}


@lru_cache(maxsize=1024)
def _in_utc(at: str | None) -> str | None:
    """Cached: the signals of a state mostly have the same time."""
    if at:
        return in_utc(datetime.fromisoformat(at))
    return None


def traced(signals: Signals, *, located: bool) -> Signals:
    """Return the signals, without the position where tracking is off."""
    if located:
        return signals
    return {name: one for name, one in signals.items() if name != POSITION}
