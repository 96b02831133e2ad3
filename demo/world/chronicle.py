"""One job of the demo world as its moves: each step happens now and is noted with the moment it represents."""

from datetime import datetime, timedelta
from random import Random
from typing import Any

from django.utils import timezone

from accounts.models import Fleet
from core.context import Occurrence, acting
from demo.world import hours, pictures, words
from demo.world.cars import Car
from demo.world.stage import Stage
from jobs.models import Configuration, Job, JobPhoto
from jobs.models.columns import is_blank
from jobs.pictures import picture, storage
from telematics.models import Vehicle

Kind = Job.Kind
# Where people do what they do; everything else on the phone.
CHANNELS = {
    **dict.fromkeys(("edit", "assign", "request_handback"), "fleetcontrol"),
    **dict.fromkeys(("reserve", "withdraw", "hand_back"), "installers"),
}


class Chronicle:
    job: Job
    car: Car

    def __init__(self, stage: Stage, fleet: Fleet, at: datetime, place: int, of: int):
        self.stage = stage
        self.fleet = fleet
        self.at = at
        # the place of this job among those of its plot, from 0
        self.place = place
        self.of = of
        self.dice = stage.dice
        self.crew = stage.crews[fleet.pk]
        self.shelf = stage.shelves[fleet.pk]
        self.writer = self.dice.choice(self.crew.desk)

    # --- time ---------------------------------------------------------------------------------------------------------
    def later(self, **least_and_most: tuple[float, float]) -> "Chronicle":
        """Some time passes: `later(hours=(1, 3))`, in working hours and never beyond a moment ago."""
        passed = timedelta(
            **{unit: self.dice.uniform(*span) for unit, span in least_and_most.items()}
        )
        self.at = min(hours.working(self.at + passed), max(self.at, timezone.now() - hours.FRESH))
        return self

    def today(self, minutes: tuple[float, float]) -> "Chronicle":
        """So many minutes ago, whatever the hour."""
        self.at = timezone.now() - timedelta(minutes=self.dice.uniform(*minutes))
        return self

    def do(self, verb: str, *arguments: Any, **keywords: Any) -> None:
        self.stage.diary.step(self.at)
        with acting(channel=CHANNELS.get(verb, "smartcontrol")):
            getattr(self.job, verb)(*arguments, **keywords)

    # --- at the desk --------------------------------------------------------------------------------------------------
    def write(self, kind: str = Kind.INSTALLATION, **fields: Any) -> None:
        if self.dice.random() < 0.75:
            due = self.at + timedelta(days=self.dice.randint(4, 16))
            fields.setdefault("planned_service_date", due.date())
        self.stage.diary.step(self.at)
        notes = words.notes(self.dice, self.fleet)
        with acting(channel="fleetcontrol"):
            self.job = Job.objects.create_by(
                self.writer, fleet=self.fleet, kind=kind, **notes, **fields
            )

    def write_installation(self, *, much: bool, **more: Any) -> None:
        """Most fields planned, or only the model and a name."""
        car = self.car = self.stage.dealer.car(self.fleet)
        little = {
            "vehicle_model": car.model,
            "custom_name": car.name,
            "brand": car.model.brand,
            "model": car.model.model,
        }
        fields = {**car.identity, **car.master_data, **car.setup} if much else little
        self.write(**{**fields, **more})

    def write_for_vehicle(self, kind: str, **more: Any) -> None:
        vehicle = self.stage.vehicle_of(self.fleet, self.at)
        self.write(kind, vehicle=vehicle, **more)

    def assign(self) -> None:
        self.do("assign", self.crew.company, by=self.writer)

    # --- in the garage ------------------------------------------------------------------------------------------------
    def take(self) -> None:
        self.holder = self.crew.installers[self.place % len(self.crew.installers)]
        self.do("take", by=self.holder)
        if self.job.proof.latest_configuration:
            self.configure()

    def mount(self) -> None:
        self.unit = self.shelf.to_mount()
        self.do("link_unit", self.unit.pk, by=self.holder)
        self.configure()

    def fill_in(self) -> None:
        """All that the manager left open; where the partner may override, the papers of a car
        sometimes differ.
        """
        known = {
            **self.car.identity,
            **self.car.master_data,
            **self.car.setup,
        }
        open_ones = {
            name: value
            for name, value in known.items()
            if not is_blank(value) and is_blank(self.job.plain(name))
        }
        if self.job.allow_override and "year_of_production" in (self.job.planned or {}):
            open_ones["year_of_production"] = self.car.year - 1
        before = self.job.proof.latest_configuration
        self.do("fill_in", by=self.holder, **open_ones)
        if self.job.proof.latest_configuration != before:
            self.configure()

    def configure(self) -> None:
        """The unit took the setup over some seconds later."""
        self.at += timedelta(seconds=self.dice.uniform(2, 9))
        self.stage.diary.step(self.at)
        configuration = self.job.proof.latest_configuration
        assert configuration, "requested with the unit"
        configuration.settle(Configuration.Status.APPLIED)

    def photograph(self, *kinds: str) -> None:
        """The holder adds a photo of each kind."""
        for kind in kinds:
            self.stage.diary.step(self.at)
            drawn = pictures.draw(Random(f"{self.place} {kind}"), kind.lower())  # noqa: S311 - colours
            stored = storage.store(picture.read(drawn))
            with acting(channel="smartcontrol"):
                JobPhoto.objects.add_to(
                    self.job, stored, kind=kind, taken=Occurrence(), by=self.holder
                )

    def succeed(self, comment: str = "") -> None:
        self.do("succeed", by=self.holder, comment=comment)
        vehicle = Vehicle.objects.get(pk=self.job.vehicle_id)
        if self.job.vehicle_created:
            self.stage.vehicles.append((self.at, vehicle))

    def fail(self, reason: str) -> None:
        self.do(
            "fail", by=self.holder, comment=self.dice.choice(words.FAILED[reason]), reason=reason
        )
        self.stage.failed.append(self.job)
        if self.job.mounted:
            self.shelf.give_back(self.unit)
