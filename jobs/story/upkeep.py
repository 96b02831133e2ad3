"""A maintenance job in an installer's hands: the car is in the fleet already, sometimes it gets another unit."""

from jobs.story.promises import Promises
from jobs.story.work import Work


class Upkeep(Work):
    counted = "maintenance jobs"

    def do(self) -> None:
        self.called = dict(self.job["vehicle"])
        self.vehicle = self.called.pop("vehicle_id")
        Promises(self).job_is_called_as_its_vehicle()
        super().do()

    def work(self) -> None:
        if self.job["task"] == "REPLACE_UNIT":
            self.build_in(self.shelf.spares.popleft())
        self.finish(self.prove())
