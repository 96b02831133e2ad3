"""The stock: the vehicle models, and units of which some have something wrong with them."""

from accounts.models import Fleet
from demo.world.people import Cast
from telematics import catalogue
from telematics.models import Unit
from telematics.simulator.models import Persistence, SimulatedUnit
from telematics.simulator.wiring import Fault

# How many units of each fleet are in stock after the history has been played, and how many are in vehicles.
STOCK = (30, 15, 15)
MOUNTED = (13, 3, 4)
# The lowest ones are sound; of those above, every second one has a fault, every third fault stays.
SOUND = 6


class Shelf:
    """The units of one fleet: the history mounts from the upper end, plans from the middle, keeps off the lower end."""

    def __init__(self, fleet: Fleet, number: int, in_stock: int, mounted: int):
        qnrs = [
            f"7C0D1A{number:02X}{0x10000 + serial * 0x1D:08X}"
            for serial in range(in_stock + mounted)
        ]
        self.units = Unit.objects.bulk_create(Unit(qnr=qnr, fleet=fleet) for qnr in qnrs)
        self._upper = self.units[in_stock:]
        self._middle = self.units[SOUND:in_stock:2]
        SimulatedUnit.objects.bulk_create(
            self._simulated(place, in_stock) for place in range(len(self.units))
        )

    def _simulated(self, place: int, in_stock: int) -> SimulatedUnit:
        unit = SimulatedUnit(unit=self.units[place])
        odd = place - SOUND
        if odd >= 0 and place < in_stock and odd % 2:
            unit.fault = Fault.values[odd // 2 % len(Fault.values)]
            unit.persistence = Persistence.PERSISTENT if odd // 2 % 3 == 2 else Persistence.MENDABLE
        return unit

    def to_mount(self) -> Unit:
        """A sound one; a unit that a failed job gave back serves again."""
        return self._upper.pop()

    def give_back(self, unit: Unit) -> None:
        self._upper.append(unit)

    def to_plan(self) -> Unit:
        return self._middle.pop()


def fill(cast: Cast) -> dict[str, Shelf]:
    """The shelf of each fleet, by the fleet's id."""
    catalogue.load()
    sizes = zip(cast.fleets, STOCK, MOUNTED, strict=True)
    return {fleet.pk: Shelf(fleet, number, *size) for number, (fleet, *size) in enumerate(sizes)}
