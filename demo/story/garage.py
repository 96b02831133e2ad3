"""The installers and their phones, each for himself: the oldest job that is there, and then the next one."""

import threading
from collections import deque

from demo.story.phone import Phone, Refused
from demo.story.plot import Plot
from demo.story.progress import Progress
from demo.story.tally import Tally
from demo.story.upkeep import Upkeep
from demo.story.work import Work


class Shelf:
    """The boxes on the bench, in everybody's reach."""

    def __init__(self, plot: Plot):
        self.units, self.spares = deque(plot.units), deque(plot.spares)
        self.numbers = iter(range(10**9))
        self._lock = threading.Lock()

    def number(self) -> int:
        with self._lock:
            return next(self.numbers)


class Garage(threading.Thread):
    def __init__(
        self,
        plot: Plot,
        email: str,
        shelf: Shelf,
        models: list[dict],
        tally: Tally,
        progress: Progress,
    ):
        super().__init__(name=email, daemon=True)
        self.plot = plot
        self.shelf = shelf
        self.tally = tally
        self.progress = progress
        self.models = {model["id"]: model for model in models}
        self.phone = Phone(plot.site, email, plot.secret)
        self.error: BaseException | None = None

    def run(self) -> None:
        try:
            while (job := self._take()) is not None:
                work = Upkeep if job["kind"] == "MAINTENANCE" else Work
                with self.tally.timed("a job, from take to end"):
                    work(self, job).do()
                self.progress.step()
        except BaseException as error:  # raised by the thread that waits for this one
            self.error = error

    def _take(self) -> dict | None:
        """The oldest job that no other installer takes at the same moment; None when there is none left."""
        while True:
            available = self.phone.get("jobs/", category="available", page_size=100)["results"]
            if not available:
                return None
            for row in reversed(available):
                try:
                    return self.phone.send("POST", f"jobs/{row['id']}/assignment/")
                except Refused as refused:
                    if refused.code != "wrong_status":
                        raise
                    self.tally.count("takes that a colleague won", "")
