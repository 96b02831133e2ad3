"""The state of a vehicle as *Inspect* shows it: does its unit report, what state is it in, where is it."""

from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any, NamedTuple

from django.utils import timezone
from django.utils.dateparse import parse_datetime
from django.utils.functional import cached_property
from django.utils.translation import gettext as _

from telematics import maps
from telematics.life import SILENT_AFTER, LifeStatus, last_contact, life_status
from telematics.models import Vehicle, VehicleModel, VehicleState
from telematics.models.vehicle_state import POSITION, shown_of
from telematics.signal_words import SIGNALS, in_words

SIGNAL_QUALITY = "cellular_signal_quality"
# What a manager looks for first. The signal quality is part of the health.
ORDER = (
    "central_lock",
    "driving_enabled",
    "ignition",
    "doors",
    POSITION,
    "speed_in_kilometers_per_hour",
    "state_of_charge_or_fuel_level_in_percent",
    "mileage_in_kilometers",
    "board_voltage",
    "key_fob",
    "bluetooth_connected",
    "alarm_input",
)


class Tile(NamedTuple):
    """One signal. `at` is when its value changed, for a position when it was measured."""

    name: str
    label: str
    value: str
    at: datetime | None = None
    is_outdated: bool = False
    is_missing: bool = False
    map_url: str = ""


class Tiles:
    """The signals that the vehicle's model and features allow."""

    def __init__(self, vehicle: Vehicle):
        self.vehicle = vehicle
        self.contact = last_contact(vehicle)
        self.life: LifeStatus = life_status(vehicle)

    @property
    def model(self) -> VehicleModel | None:
        return self.vehicle.vehicle_model

    @cached_property
    def signals(self) -> dict[str, Mapping[str, Any]]:
        """The state as OneAPI returns it."""
        state: VehicleState | None = getattr(self.vehicle, "state", None)
        return dict(shown_of(self.vehicle, state.signals)) if state else {}

    @property
    def signal_quality(self) -> Any:
        """From 0 to 5; None where the unit does not report it."""
        return self.signals.get(SIGNAL_QUALITY, {}).get("value")

    @property
    def quality_in_words(self) -> str:
        return in_words(SIGNAL_QUALITY, self.signal_quality)

    @cached_property
    def shown(self) -> list[Tile]:
        if not self.signals or self.model is None:
            return []
        return list(self._tiles(self.model))

    @property
    def outdated(self) -> list[str]:
        return [tile.name for tile in self.shown if tile.is_outdated]

    def _tiles(self, model: VehicleModel) -> Iterator[Tile]:
        for name in ORDER:
            if name in self.signals:
                yield self._tile(name, self.signals[name])
            elif model.supports(name):
                yield Tile(name, str(SIGNALS[name]), self._why_missing(name), is_missing=True)

    def _tile(self, name: str, signal: Mapping[str, Any]) -> Tile:
        at = parse_datetime(signal.get("timestamp") or "")
        value = signal["value"]
        return Tile(
            name,
            str(SIGNALS[name]),
            in_words(name, value),
            at,
            self._is_outdated(name, at),
            map_url=maps.of_position(value) if name == POSITION and value else "",
        )

    def _is_outdated(self, name: str, at: datetime | None) -> bool:
        """Whether the vehicle may no longer be in this state.

        A message carries the whole state, so a value is as fresh as the last message, and a position as its fix.
        """
        if self.life != LifeStatus.ONLINE:
            return True
        return name == POSITION and at is not None and at < timezone.now() - SILENT_AFTER

    def _why_missing(self, name: str) -> str:
        if name == POSITION and not self.vehicle.may_be_located:
            return _("Tracking is off")
        return _("Not reported")
