"""The story from the operator's login to the manager's last look."""

from collections.abc import Callable
from contextlib import AbstractContextManager

from demo.story.desk import Desk
from demo.story.garage import Garage, Shelf
from demo.story.mailbox import Mailbox
from demo.story.office import Office
from demo.story.operator import Operator
from demo.story.phone import Phone
from demo.story.plot import SPARE, Plot
from demo.story.progress import Progress
from demo.story.promises import check_job_page
from demo.story.tally import Tally
from demo.story.upkeep import Upkeep
from demo.story.work import Work


class Play:
    def __init__(self, plot: Plot, log: Callable[[str], None]):
        self.plot, self.tally, self.progress = plot, Tally(), Progress(log)
        self.mails = Mailbox(plot.mails)

    def through(self, title: str, total: int = 1) -> AbstractContextManager[Progress]:
        return self.progress.through(title, total, self.tally)

    def perform(self) -> Tally:
        with self.through("operator: fleet, manager"):
            operator = Operator(self.plot)
            fleet = operator.set_up_fleet()
        with self.through("operator: units", self.plot.jobs + SPARE) as progress:
            operator.add_units(fleet, progress)
        with self.through("manager: invites the partner"):
            desk = Desk(self.plot, fleet, self.mails)
            desk.invite_partner()
        with self.through("partner: registers, accepts"):
            office = Office(self.plot, self.mails)
            office.register()
        with self.through("partner: installers join"):
            office.invite_crew()
            office.let_crew_join()
        with self.through("manager: jobs", self.plot.jobs) as progress:
            desk.write_jobs(progress)
        shelf = Shelf(self.plot)
        phone = Phone(self.plot.site, self.plot.crew[0], self.plot.secret)
        with self.through("installers: jobs", self.plot.jobs) as progress:
            self.work(shelf, phone, progress)
        done = [
            row["id"]
            for row in phone.every("jobs/", category="finished")
            if row["status"] == "SUCCEEDED"
        ]
        upkeep = done[: self.plot.upkeep]
        with self.through("manager: maintenance", len(upkeep)) as progress:
            desk.write_upkeep(upkeep, progress)
        with self.through("installers: maintenance", len(upkeep)) as progress:
            self.work(shelf, phone, progress)
        number = self.plot.jobs + len(upkeep)
        with self.through("manager: looks at each job", number) as progress:
            self.compare(desk, phone, number, progress)
        return self.tally

    def work(self, shelf: Shelf, phone: Phone, progress: Progress) -> None:
        models = phone.every("vehicle-models/")
        crew = [
            Garage(self.plot, email, shelf, models, self.tally, progress)
            for email in self.plot.crew
        ]
        for installer in crew:
            installer.start()
        for installer in crew:
            installer.join()
        for installer in crew:
            if installer.error:
                raise installer.error

    def compare(self, desk: Desk, phone: Phone, number: int, progress: Progress) -> None:
        """Everything has ended, and the manager reads what the installers have done."""
        counts = phone.get("jobs/counts/")
        finished = phone.every("jobs/", category="finished")
        self.tally.promise(
            counts
            == {
                "available": 0,
                "mine": 0,
                "running": 0,
                "finished": number,
            },
            f"in the end the phone counts {counts}",
        )
        for kind, counted in (("installation", Work.counted), ("maintenance", Upkeep.counted)):
            for status in ("SUCCEEDED", "FAILED"):
                shown = desk.number_of(status, kind)
                done = self.tally.of(counted)[status]
                self.tally.promise(
                    shown == done,
                    f"FleetControl counts {shown} {counted} {status}, the installers {done}",
                )
        for row in finished:
            check_job_page(phone, row, desk.read(row["id"]), self.tally)
            progress.step()
