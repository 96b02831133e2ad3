"""The operator: through the admin's pages, a provider with its fleet, the fleet's manager, and units."""

import re

from demo.story.browser import Browser
from demo.story.line import Broke
from demo.story.page import Page
from demo.story.plot import SPARE, Plot
from demo.story.progress import Progress

ADMIN = "/admin/"
CONTINUE = ("_continue", "1")


class Operator:
    def __init__(self, plot: Plot):
        self.plot, self.browser = plot, Browser(plot.site)
        page = self.browser.sign_in(plot.operator, plot.password, ADMIN)
        if "Needs care" not in page.root.text:
            raise Broke(f"{plot.operator} does not get into the admin site")

    def set_up_fleet(self) -> str:
        """A new provider with a fleet, and its manager invited; the fleet's id."""
        provider = self._made(self._add("accounts/mobilityprovider", name=self.plot.fleet_name))
        boss = f"boss@fleet-{self.plot.run}.example"
        fleet = self._made(
            self._add(
                "accounts/fleet",
                provider=provider,
                name="Berlin",
                first_admin=boss,
            )
        )
        self._add(
            "accounts/invitation",
            email=self.plot.manager,
            fleet=fleet,
            role="MANAGER",
        )
        return fleet

    def add_units(self, fleet: str, progress: Progress) -> None:
        """One form a unit, as a person who scans them would do it: save and add another."""
        page = self.browser.open(f"{ADMIN}telematics/unit/add/")
        for number in range(self.plot.jobs + SPARE):
            fault, persistence = self.plot.fault(number)
            simulated = {
                "seed": number + 1,
                "fault": fault,
                "persistence": persistence,
            }
            simulated_fields = {f"simulated-0-{name}": value for name, value in simulated.items()}
            page = self.browser.submit(
                page,
                "qnr",
                qnr=self.plot.qnr(number),
                fleet=fleet,
                button=("_addanother", "1"),
                **{"simulated-TOTAL_FORMS": 1, **simulated_fields},
            )
            progress.step()

    def _add(self, what: str, **typed: object) -> Page:
        page = self.browser.open(f"{ADMIN}{what}/add/")
        return self.browser.submit(page, next(iter(typed)), button=CONTINUE, **typed)

    @staticmethod
    def _made(page: Page) -> str:
        """The key of the row whose page follows "save and continue"."""
        found = re.search(r"/([^/]+)/change/", page.url)
        if found is None:
            raise Broke(f"expected the page of a new row, got {page.url}")
        return found[1]
