"""The fleet's manager in FleetControl: invites the partner, writes and assigns the jobs, and reads the results."""

import re
from dataclasses import dataclass
from typing import Any

from demo.story.browser import Browser
from demo.story.line import Broke, wait_for
from demo.story.mailbox import Mailbox
from demo.story.page import Form, Page
from demo.story.plot import Plot
from demo.story.progress import Progress

# Of the jobs so many are written one by one; the others from the template.
BY_FORM = 0.2
TEMPLATE = "Sharing"


@dataclass
class ShownJob:
    """What the manager reads about one job."""

    status: str
    history: list[str]
    accesses: int
    ended: int
    commands: list[str]
    attempts: int


class Desk:
    def __init__(self, plot: Plot, fleet: str, mails: Mailbox):
        self.plot, self.browser, self.home = plot, Browser(plot.site), f"/fleetcontrol/{fleet}/"
        page = self.browser.open(mails.invitation(plot.manager))
        self.browser.submit(
            page,
            first_name="Mara",
            last_name="Winter",
            password=plot.secret,
        )

    # --- partner ------------------------------------------------------------------------------------------------------
    def invite_partner(self) -> None:
        page = self.browser.open(f"{self.home}partners/invite/")
        self.browser.submit(page, email=self.plot.partner)

    # --- jobs ---------------------------------------------------------------------------------------------------------
    def write_jobs(self, progress: Progress) -> None:
        """Some without company and assigned afterwards, some saved and assigned at once, the others from a template."""
        single = max(2, round(self.plot.jobs * BY_FORM))
        for number in range(min(single, self.plot.jobs)):
            self._write(number)
            progress.step()
        many = self.plot.jobs - single
        if many > 0:
            self._write_many(many)
            progress.step(many)
        wait_for(
            lambda: self.number_of("ASSIGNED") == self.plot.jobs or None, "the jobs to be assigned"
        )

    def _write(self, number: int) -> None:
        page = self.browser.open(f"{self.home}jobs/new/")
        form = self._form(page, "custom_name", "vehicle_model")
        typed: dict[str, Any] = {
            "custom_name": f"Car {number + 1}",
            "location": "Yard 3",
            "contact": "Front desk",
        }
        if number % 3 != 2:  # else the installer decides
            typed |= self._model(form)
        if number == 0:
            typed |= {"save_as_template": "on", "template_name": TEMPLATE}
        if number % 2:
            question = self.browser.send(page, form, company=self._partner(form), **typed)
            self.browser.confirm(question, button=("confirmed", "1"))
        else:
            self._assign(self.browser.send(page, form, **typed))

    def _assign(self, listed: Page) -> None:
        """The list opens with the new job beside it."""
        found = re.search(r"[?&]job=(\w{26})", listed.url)
        if found is None:
            raise Broke(f"expected the list with the new job, got {listed.url}")
        page = self.browser.open(f"{self.home}jobs/{found[1]}/assign/")
        self.browser.confirm(page, company=self._partner(page.question))

    def _write_many(self, number: int) -> None:
        page = self.browser.open(f"{self.home}jobs/new/many/")
        form = self._form(page, "template", "number")
        template = next(
            value for value, text in form.options("template").items() if TEMPLATE in text
        )
        question = self.browser.send(
            page, form, template=template, number=number, company=self._partner(form)
        )
        self.browser.confirm(question, button=("confirmed", "1"))

    def write_upkeep(self, finished: list[str], progress: Progress) -> None:
        """For the cars of these jobs, by way of their page *Inspect*; every second one gets another unit."""
        for number, job in enumerate(finished):
            address = f"{self.home}jobs/new/?kind=MAINTENANCE&vehicle={self._vehicle_of(job)}"
            page = self.browser.open(address)
            form = self._form(page, "vehicle", "task")
            task = "REPLACE_UNIT" if number % 2 else "INSPECTION"
            question = self.browser.send(page, form, task=task, company=self._partner(form))
            self.browser.confirm(question, button=("confirmed", "1"))
            progress.step()

    def _vehicle_of(self, job: str) -> str:
        page = self.browser.open(f"{self.home}jobs/{job}/")
        for link in page.root.all("a"):
            if found := re.search(r"/vehicles/(\w+)/", link.attrs.get("href", "")):
                return found[1]
        raise Broke(f"job {job} has no link to its vehicle")

    @staticmethod
    def _form(page: Page, *names: str) -> Form:
        form = page.form(*names)
        if form is None:
            raise Broke(f"{page.url} has no form with {', '.join(names)}")
        return form

    def _partner(self, form: Form | None) -> str:
        offered = form.options("company") if form else {}
        if len(offered) != 1:
            raise Broke(f"the new fleet has one partner, the form offers {list(offered.values())}")
        return next(iter(offered))

    def _model(self, form: Form) -> dict[str, object]:
        return {"vehicle_model": self.plot.dice.choice(sorted(form.options("vehicle_model")))}

    # --- results ------------------------------------------------------------------------------------------------------
    def number_of(self, status: str, kind: str = "installation") -> int:
        """The number on the status tab."""
        page = self.browser.open(f"{self.home}jobs/{kind}/")
        for tab in page.root.all("nav", css="tabs"):
            for link in tab.all("a"):
                if f"status={status}" in link.attrs.get("href", ""):
                    return int(re.sub(r"\D", "", next(link.all(css="count")).text) or 0)
        raise Broke(f"the list of jobs has no tab {status}")

    def read(self, job: str) -> ShownJob:
        page = self.browser.open(f"{self.home}jobs/{job}/")
        accesses = list(page.root.all(css="access"))
        return ShownJob(
            status=next(page.root.all(css="panel-head")).text,
            history=[
                entry.text
                for entries in page.root.all("ol", css="history")
                for entry in entries.all("li")
            ],
            accesses=len(accesses),
            ended=sum("Ended" in access.text for access in accesses),
            commands=[
                line.text
                for access in accesses
                for lines in access.all("ul", css="commands")
                for line in lines.all("li")
            ],
            attempts=sum(1 for _attempt in page.root.all(css="attempt")),
        )
