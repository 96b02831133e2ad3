"""IGNITION, ODOMETER, ENERGY_LEVEL and KEY_FOB: signals that the unit reads from the vehicle."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from jobs.procedures import thresholds
from jobs.procedures.base import Probe, Procedure, Step
from telematics.gateway import Reading

NO_IGNITION = _(
    "The unit did not see the ignition go on and off. Check the vehicle model and the wiring, then retry."
)
NO_ODOMETER = _(
    "The mileage is missing or implausible. Check the vehicle model of the job, then retry."
)
NO_ENERGY = _(
    "The fuel level or charge is missing or implausible. Check the vehicle model of the job, then retry."
)
NO_FOB = _(
    "The unit did not see the key fob leave and come back. Push it fully into the holder, then retry."
)


def seen_in_turn(signal: str, wanted: tuple, hint: Any) -> Step:
    """Wait until a person has moved it through all `wanted` values in this order, beginning with the present one."""

    def step(probe: Probe) -> None:
        began = timezone.now()
        first = probe.read(watch=(signal,)).value(signal)

        def values(reading: Reading) -> list[Any]:
            seen = [first]
            for change in reading.changes:
                if (
                    change["signal"] == signal
                    and datetime.fromisoformat(change["timestamp"]) >= began
                ):
                    seen.append(change["value"])
            return seen

        def is_done(reading: Reading) -> bool:
            return contains(values(reading), wanted)

        seen = values(probe.wait_for(is_done, thresholds.WAIT_FOR_PERSON_SECONDS, watch=(signal,)))
        probe.check(
            signal, words(seen[-5:]), threshold=words(wanted), ok=contains(seen, wanted), hint=hint
        )

    return step


def contains(seen: list, wanted: tuple) -> bool:
    """Whether `seen` has the `wanted` values in this order, with any others between them."""
    rest = iter(seen)
    return all(any(value == one for value in rest) for one in wanted)


def words(values: Iterable[Any]) -> str:
    return " – ".join(word(value) for value in values)


def word(value: Any) -> str:
    if value is True:
        return "on"
    if value is False:
        return "off"
    return str(value)


def mileage_is_plausible(probe: Probe) -> None:
    kilometers = probe.read().value("mileage_in_kilometers")
    plausible = kilometers is not None and 0 <= kilometers <= thresholds.MOST_KILOMETERS
    probe.check(
        "mileage_in_kilometers",
        kilometers,
        unit="km",
        least=0,
        most=thresholds.MOST_KILOMETERS,
        ok=plausible,
        hint=NO_ODOMETER,
    )


def energy_is_present(probe: Probe) -> None:
    signal = "state_of_charge_or_fuel_level_in_percent"
    least, most = thresholds.ENERGY_PERCENT
    percent = probe.read().value(signal)
    present = percent is not None and least <= percent <= most
    probe.check(
        signal,
        percent,
        unit="%",
        least=least,
        most=most,
        ok=present,
        hint=NO_ENERGY,
    )


IGNITION = Procedure(
    (seen_in_turn("ignition", (False, True, False), NO_IGNITION),),
    instruction=_("Turn the ignition on and off again."),
)
ODOMETER = Procedure((mileage_is_plausible,))
ENERGY_LEVEL = Procedure((energy_is_present,))
KEY_FOB = Procedure(
    (seen_in_turn("key_fob", ("in", "out", "in"), NO_FOB),),
    instruction=_("Take the key fob out of its holder and put it back."),
)
