"""A maintenance job in an installer's hands: the car is in the fleet already, sometimes it gets another unit."""

from demo.story.promises import Promises
from demo.story.work import Work


class Upkeep(Work):
    counted = "maintenance jobs"

    def do(self) -> None:
        self.called = dict(self.job["vehicle"])
        self.vehicle = self.called.pop("vehicle_id")
        Promises(self).job_is_called_as_its_vehicle()
        super().do()

    def units_to_link(self, qnr: str) -> dict[str, str]:
        """The new unit, and the one that it replaces."""
        return {"qnr": qnr, "removed_qnr": self.job["unit"]["qnr"]}

    def work(self) -> None:
        if self.job["task"] == "REPLACE_UNIT":
            self.build_in(self.shelf.spares.popleft())
        self.finish(self.prove())
