"""What the demo world's history is played with: who works where, which units and vehicles there are, and the dice."""

from dataclasses import dataclass, field
from datetime import datetime

from accounts.models import Company, Fleet, User
from demo.world.cars import Dealer
from demo.world.diary import Diary
from demo.world.people import Cast
from demo.world.stock import Shelf
from jobs.models import Job
from telematics.models import Place, Vehicle
from telematics.simulator.clock import dice

SEED = "the demo world"


@dataclass(frozen=True)
class Crew:
    """Who writes a fleet's jobs and who does them."""

    desk: list[User]
    company: Company | None = None
    office: User | None = None
    installers: list[User] = field(default_factory=list)


class Stage:
    def __init__(self, cast: Cast, shelves: dict[str, Shelf]):
        self.cast, self.shelves, self.diary = cast, shelves, Diary()
        self.dice = dice(SEED)
        self.dealer = Dealer(self.dice)
        self.vehicles: list[tuple[datetime, Vehicle]] = []  # since when each is in its fleet
        self.busy: set[str] = set()  # vehicles with work under way today
        self.failed: list[Job] = []
        manager = cast["manager@appdrive.example"]
        admin = cast["admin@appdrive.example"]
        garage = cast["garage@appdrive.example"]
        installers = [cast[f"installer{number}@quickinstall.example"] for number in (1, 2)]
        self.crews = {
            cast.berlin.pk: Crew(
                [manager, manager, admin],
                cast.quickinstall,
                cast["admin@quickinstall.example"],
                installers,
            ),
            cast.munich.pk: Crew([manager, garage], cast.garage, garage, [garage]),
            cast.hamburg.pk: Crew([cast["manager@otherfleet.example"]]),
        }

    def vehicle_of(self, fleet: Fleet, at: datetime) -> Vehicle:
        """One that stood in the fleet at that time and that has no work under way today."""
        there = [
            vehicle
            for since, vehicle in self.vehicles
            if since < at and vehicle.fleet_id == fleet.pk
        ]
        vehicle = self.dice.choice([vehicle for vehicle in there if vehicle.pk not in self.busy])
        vehicle.refresh_from_db()
        return vehicle

    def next_place(self, fleet: Fleet) -> Place:
        """In turn, so that each place has vehicles."""
        places = list(Place.objects.filter(fleet=fleet))
        return places[len(self.vehicles) % len(places)]

    def park(self, fleet: Fleet, at: datetime) -> None:
        """A vehicle that the fleet created."""
        car = self.dealer.car(fleet)
        self.diary.step(at)
        unit = self.shelves[fleet.pk].to_mount()
        vehicle = Vehicle.objects.create_with(
            unit,
            fleet=fleet,
            place=self.next_place(fleet),
            **car.identity,
            **car.master_data,
            **car.setup,
        )
        self.vehicles.append((at, vehicle))
