"""IGNITION, ODOMETER, ENERGY_LEVEL, KEY_FOB: what the unit hears of the car."""

from datetime import datetime

from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from jobs.procedures import thresholds
from jobs.procedures.base import Probe, Procedure, Step

NO_IGNITION = _("The unit did not see the ignition go on and off. Check the vehicle model and the wires, then repeat.")
NO_ODOMETER = _("The unit does not read the mileage as it should. Check the vehicle model in the job, then repeat.")
NO_ENERGY = _("The unit does not read fuel or charge as it should. Check the vehicle model in the job, then repeat.")
NO_FOB = _("The unit did not see the key fob leave and come back. Push it fully into the holder, then repeat.")


def seen_in_turn(signal: str, wanted: tuple, hint) -> Step:
    """A person moves it: the values have to be seen one after the other, the first where it begins."""

    def step(probe: Probe) -> None:
        began = timezone.now()
        first = probe.read(watch=(signal,)).value(signal)

        def values(reading):
            later = (change for change in reading.changes if change["signal"] == signal)
            return [first] + [
                change["value"] for change in later if datetime.fromisoformat(change["timestamp"]) >= began
            ]

        reading = probe.wait_for(
            lambda reading: contains(values(reading), wanted), thresholds.WAIT_FOR_PERSON_SECONDS, watch=(signal,)
        )
        seen = values(reading)
        probe.check(signal, words(seen[-5:]), threshold=words(wanted), ok=contains(seen, wanted), hint=hint)

    return step


def contains(seen: list, wanted: tuple) -> bool:
    """`wanted` in this order, whatever lies between."""
    rest = iter(seen)
    return all(any(value == one for value in rest) for one in wanted)


def words(values) -> str:
    return " – ".join({True: "on", False: "off"}.get(value, str(value)) for value in values)


def mileage_is_plausible(probe: Probe) -> None:
    kilometers = probe.read().value("mileage_in_kilometers")
    plausible = kilometers is not None and 0 <= kilometers <= thresholds.MOST_KILOMETERS
    threshold = f"0–{thresholds.MOST_KILOMETERS}"
    probe.check("mileage_in_kilometers", kilometers, unit="km", threshold=threshold, ok=plausible, hint=NO_ODOMETER)


def energy_is_present(probe: Probe) -> None:
    signal, (least, most) = "state_of_charge_or_fuel_level_in_percent", thresholds.ENERGY_PERCENT
    percent = probe.read().value(signal)
    present = percent is not None and least <= percent <= most
    probe.check(signal, percent, unit="%", threshold=f"{least}–{most}", ok=present, hint=NO_ENERGY)


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
