"""The program of a fleet that writes its jobs by OneAPI."""

from functools import partial
from typing import Any, ClassVar

from tests.torture.machines import Seat
from tests.torture.players.base import Stage, collide, ulid
from tests.torture.players.machines import ApiProgram
from tests.torture.players.vehicles import one_of_many


class JobProgram(ApiProgram):
    pause = (2.0, 5.0)
    acts: ClassVar = {
        "create": 5, "create_many": 3, "import_jobs": 2, "assign": 3, "ask_back": 2, "stop_access": 2,
        "allow_access": 4, "delete": 2, "edit": 3,
    }  # fmt: skip
    MOST_ASSIGNED = 25

    def __init__(self, stage: Stage, seat: Seat):
        super().__init__(stage, seat, "orders")

    def job(self, status: str, where: str = "true") -> str:
        found = self.peek.one_of(
            "SELECT id FROM jobs_job WHERE fleet_id = %s AND status = %s"
            f" AND {where} ORDER BY id DESC LIMIT 20",
            *(self.fleet, status),
        )
        if found is None:
            raise IndexError("there is no such job")
        return ulid(found[0])

    def partner(self) -> str | None:
        """None where enough is assigned already."""
        ((assigned,),) = self.peek.rows(
            "SELECT count(*) FROM jobs_job WHERE fleet_id = %s AND status = 'ASSIGNED'", self.fleet
        )
        found = self.peek.one_of(
            "SELECT company_id FROM accounts_partnership WHERE fleet_id = %s"
            " AND status = 'ACCEPTED' AND ended_at IS NULL",
            self.fleet,
        )
        return found[0] if found and assigned < self.MOST_ASSIGNED else None

    def _new(self, reference: str, partner: str | None) -> dict[str, Any]:
        body = {"template_id": self.template(self.fleet), "external_reference": reference}
        return body | ({"assigned_installer_company_id": partner} if partner else {})

    def create(self) -> None:
        mark = one_of_many(self.dice)
        body = self._new(mark, self.partner())
        self.machine.act("create_job", "POST", "/jobs", body, references=[mark])

    def create_many(self) -> None:
        mark, partner = one_of_many(self.dice), self.partner()
        marks = [f"{mark} {number}" for number in range(self.dice.randint(2, 12))]
        body = {"jobs": [self._new(one, partner) for one in marks]}
        self.machine.act("create_jobs", "POST", "/jobs/bulk", body, references=marks)

    def import_jobs(self) -> None:
        mark = one_of_many(self.dice)
        marks = [f"{mark} {number}" for number in range(self.dice.randint(2, 8))]
        content = "external_reference\n" + "".join(f"{one}\n" for one in marks)
        data = {"template_id": self.template(self.fleet) or ""}
        options = {"data": data, "files": {"file": ("jobs.csv", content.encode(), "text/csv")}}
        about = {"references": marks, "options": options}
        self.machine.act("import_jobs", "POST", "/job-imports", **about)

    def _move(self, act: str, job: str, method: str, part: str, body: Any = None) -> Any:
        return self.machine.act(act, method, f"/jobs/{job}{part}", body, job=job)

    def assign(self) -> None:
        """At the same moment as it is deleted."""
        job, partner = self.job("PENDING"), self.partner()
        if partner:
            body = {"assigned_installer_company_id": partner}
            collide(
                partial(self._move, "assign", job, "POST", "/assignment", body),
                partial(self._move, "delete", job, "DELETE", ""),
            )

    def edit(self) -> None:
        """A draft, while somebody assigns it."""
        job = self.job("PENDING")
        body = {"instructions": one_of_many(self.dice)}
        collide(partial(self._move, "edit_job", job, "PATCH", "", body), self.assign)

    def delete(self) -> None:
        self._move("delete", self.job("PENDING"), "DELETE", "")

    def ask_back(self) -> None:
        body = {"reason": "Please, says the program."}
        self._move("request_handback", self.job("ASSIGNED"), "POST", "/handback-request", body)

    def stop_access(self) -> None:
        job = self.job("RUNNING", "vehicle_id IS NOT NULL AND access_stopped_at IS NULL")
        self._move(
            "stop_access", job, "POST", "/access-stop", {"reason": "Stop, says the program."}
        )

    def allow_access(self) -> None:
        job = self.job("RUNNING", "access_stopped_at IS NOT NULL")
        self._move("allow_access", job, "DELETE", "/access-stop")
