"""CONNECTIVITY, SUPPLY_VOLTAGE and GNSS: tests of the unit itself."""

from datetime import datetime, timedelta

from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from jobs.procedures import thresholds
from jobs.procedures.base import GATEWAY_HINTS, Probe, Procedure
from telematics.gateway import GatewayError, Reading

NO_SIGNAL = _(
    "There is no reception here. Move the vehicle outdoors, check the antenna, then retry."
)
NO_HEARTBEAT = _(
    "The unit has not reported for too long. Check its power and reception, then retry."
)
TOO_LOW = _(
    "The voltage is too low. Check that the connector is firmly in place and the battery is charged, then retry."
)
NO_FIX = _(
    "The unit finds no position. Check the antenna, move the vehicle under open sky, then retry."
)


def answers(probe: Probe) -> None:
    """Require several readings in a row. A unit that cannot be reached is evidence too."""
    for _reading in range(thresholds.CONNECTIVITY_READINGS):
        try:
            reading = probe.read()
        except GatewayError as error:
            probe.check("heartbeat", error.code, ok=False, hint=GATEWAY_HINTS[error.code])
    bars = reading.value("cellular_signal_quality", 0)
    enough = bars >= thresholds.LEAST_SIGNAL
    probe.check(
        "cellular_signal_quality",
        bars,
        least=thresholds.LEAST_SIGNAL,
        ok=enough,
        hint=NO_SIGNAL,
    )
    age = minutes_since(reading.heartbeat_at)
    probe.check(
        "heartbeat",
        age,
        unit="min",
        most=thresholds.HEARTBEAT_MINUTES,
        ok=age is not None and age <= thresholds.HEARTBEAT_MINUTES,
        hint=NO_HEARTBEAT,
    )


def has_power(probe: Probe) -> None:
    volts = probe.read().value("board_voltage", 0)
    enough = volts >= thresholds.LEAST_VOLTAGE
    probe.check(
        "board_voltage",
        volts,
        unit="V",
        least=thresholds.LEAST_VOLTAGE,
        ok=enough,
        hint=TOO_LOW,
    )


def has_fix(probe: Probe) -> None:
    reading = probe.wait_for(
        lambda reading: age_of_fix(reading) <= thresholds.FIX_SECONDS,
        thresholds.WAIT_FOR_FIX_SECONDS,
    )
    age = age_of_fix(reading)
    probe.check(
        "position",
        round(age) if age != NEVER else None,
        unit="s",
        most=thresholds.FIX_SECONDS,
        ok=age <= thresholds.FIX_SECONDS,
        hint=NO_FIX,
    )
    probe.check("satellites", satellites_of(reading), ok=True)


NEVER = float("inf")


def age_of_fix(reading: Reading) -> float:
    """Seconds since the position was found."""
    at = reading.timestamp("gnss") or reading.timestamp("position")
    if at is None:
        return NEVER
    return max((timezone.now() - at).total_seconds(), 0)


def satellites_of(reading: Reading) -> int | None:
    """By how many satellites the position was found; the position itself is no evidence."""
    fix = reading.value("gnss") or reading.value("position")
    return fix.get("satellites")


def minutes_since(moment: datetime | None) -> float | None:
    """None for a unit that was never heard."""
    if moment is None:
        return None
    return round((timezone.now() - moment) / timedelta(minutes=1), 1)


CONNECTIVITY = Procedure((answers,))
SUPPLY_VOLTAGE = Procedure((has_power,))
GNSS = Procedure((has_fix,))
