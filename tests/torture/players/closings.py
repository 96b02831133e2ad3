"""Companies that are closed for good while they work."""

from functools import partial

from tests.torture.people import Window
from tests.torture.players.base import Player, Stage, collide
from tests.torture.world import PASSWORD

JOBS = 3


class Closing(Player):
    """One company after the other accepts a fleet, gets jobs, takes one, and is closed as it takes the others."""

    pause = (15.0, 40.0)

    def __init__(
        self, stage: Stage, companies: list[dict[str, str]], operator: str, desk: dict[str, str]
    ):
        super().__init__(stage, "closing")
        self.companies, self.fleet = list(companies), desk["fleet"]
        self.operator: Window = stage.line.window(operator, PASSWORD)
        self.desk: Window = stage.line.window(desk["email"], PASSWORD)
        for one in companies:  # an account that is closed gives its address up
            stage.line.ledger.write("person", email=one["installer"], id=one["id"])

    def act(self) -> None:
        if not self.companies:
            return
        company = self.companies.pop()
        self._accept(company)
        self._write_jobs(company["company"])
        phone = self.stage.line.phone(company["installer"], PASSWORD)
        jobs = phone.get("jobs/", category="available")["results"]
        takes = [partial(phone.send, "POST", f"jobs/{job['id']}/assignment/") for job in jobs]
        if takes:
            takes.pop()()
        collide(partial(self._close, company), *takes)

    def _accept(self, company: dict[str, str]) -> None:
        office = self.stage.line.window(company["admin"], PASSWORD)
        for (client,) in self.peek.rows(
            "SELECT id FROM accounts_partnership WHERE company_id = %s AND ended_at IS NULL",
            company["company"],
        ):
            office.post("accept_client", f"/installers/clients/{client}/accept/")

    def _write_jobs(self, company: str) -> None:
        at = f"/fleetcontrol/{self.fleet}/jobs/new/many/"
        about = {"template": self.template(self.fleet), "number": JOBS, "company": company}
        self.desk.post("create_many", at, writes=JOBS, confirmed="1", **about)

    def _close(self, company: dict[str, str]) -> None:
        about = {"_selected_action": company["company"], "name": company["name"], "why": "Torture."}
        at = "/admin/accounts/company/"
        self.operator.post("close_company", at, action="close", **about)
