"""Managers of a fleet: they write, import, assign, stop, ask back and delete, alone and many at once."""

from functools import partial
from typing import ClassVar

from tests.torture.people import ID
from tests.torture.players.base import AtDesk, Stage, as_uuid, collide, ulid


class Manager(AtDesk):
    acts: ClassVar = {
        "write_many": 16, "write_drafts": 4, "write_upkeep": 8, "stop_access": 3, "allow_access": 12,
        "ask_back": 4, "assign": 6, "delete": 4, "use_and_delete_template": 2, "remove_partner": 1,
        "assign_and_delete": 4, "bulk_ask_back": 2, "import_jobs": 4, "write_very_many": 1,
        "delete_all": 1,
    }  # fmt: skip
    MOST_ASSIGNED = 25
    # More than one request writes itself: a worker goes on, in batches.
    VERY_MANY = 1050

    def __init__(self, stage: Stage, email: str, fleet: str):
        super().__init__(stage, email)
        self.fleet, self.home = fleet, f"/fleetcontrol/{fleet}/"

    def job(self, *statuses: str, where: str = "true") -> str | None:
        found = self.peek.one_of(
            f"SELECT id FROM jobs_job WHERE fleet_id = %s AND status = ANY(%s) AND {where}"
            " ORDER BY id DESC LIMIT 30",
            self.fleet,
            list(statuses),
        )
        return ulid(found[0]) if found else None

    def partner(self) -> str | None:
        found = self.peek.one_of(
            "SELECT company_id FROM accounts_partnership WHERE fleet_id = %s AND status = 'ACCEPTED'"
            " AND ended_at IS NULL",
            self.fleet,
        )
        return found[0] if found else None

    def _create(self, number: int, partner: str | None, template: str | None = None) -> bool:
        data = {
            "template": template or self.template(self.fleet),
            "number": number,
            "confirmed": "1",
        }
        if partner:
            data["company"] = partner
        return self.post("create_many", f"{self.home}jobs/new/many/", writes=number, **data)

    def write_many(self) -> None:
        partner = self.partner()
        if self._count("ASSIGNED") < self.MOST_ASSIGNED and partner:
            self._create(self.dice.randint(2, 8), partner)

    def write_drafts(self) -> None:
        self._create(self.dice.randint(2, 6), None)

    def write_upkeep(self) -> None:
        found = self.peek.one_of(
            "SELECT vehicle_id FROM telematics_vehicle v WHERE fleet_id = %s AND archived_at IS NULL"
            " AND unit_id IS NOT NULL AND NOT EXISTS (SELECT FROM jobs_job j WHERE"
            " j.vehicle_id = v.vehicle_id AND j.status IN ('PENDING', 'ASSIGNED', 'RUNNING'))",
            self.fleet,
        )
        partner = self.partner()
        if found and partner:
            task = self.dice.choice(["INSPECTION", "REPLACE_UNIT"])
            about = {"vehicle": found[0], "task": task}
            self.post(
                *("write_upkeep", f"{self.home}jobs/new/?kind=MAINTENANCE&vehicle={found[0]}"),
                **about,
                company=partner,
                confirmed="1",
                writes=1,
            )

    def import_jobs(self) -> None:
        """A file, confirmed twice at the same moment."""
        if self._count("ASSIGNED") >= self.MOST_ASSIGNED:
            return
        rows = self.dice.randint(2, 9)
        names = "".join(f"Pool {self.dice.randrange(10**9)}\n" for _row in range(rows))
        at = f"{self.home}jobs/import/"
        options = {"template": self.template(self.fleet), "company": self.partner() or ""}
        preview = self.window.upload(at, "cars.csv", f"custom_name\n{names}".encode(), **options)
        found = ID.findall(preview or "")
        if not found:
            return
        ((version,),) = self.peek.rows(
            "SELECT version FROM jobs_jobimport WHERE id = %s", as_uuid(found[-1])
        )
        sure = {"version": version, "confirmed": "1"}
        confirm = partial(self.post, "confirm_import", f"{at}{found[-1]}/confirm/", **sure)
        collide(partial(confirm, writes=rows), confirm)

    def write_very_many(self) -> None:
        if self._count("PENDING") < self.VERY_MANY:
            self._create(self.VERY_MANY, None)

    def delete_all(self) -> None:
        """All drafts there are just now, while others assign and write some."""
        newest = self.peek.rows(
            "SELECT id FROM jobs_job WHERE fleet_id = %s ORDER BY id DESC LIMIT 1", self.fleet
        )
        if newest and (movable := self._count("PENDING")):
            about = {"all": "1", "until": ulid(newest[0][0]), "movable": movable}
            at = f"{self.home}jobs/installation/bulk/delete/"
            self.post("bulk_delete", at, step="confirmed", **about)

    def _count(self, status: str) -> int:
        ((number,),) = self.peek.rows(
            "SELECT count(*) FROM jobs_job WHERE fleet_id = %s AND status = %s",
            *(self.fleet, status),
        )
        return number

    def stop_access(self) -> None:
        """At the same moment as the installer sends a command, or whatever they do just now."""
        if job := self.job("RUNNING", where="vehicle_id IS NOT NULL AND access_stopped_at IS NULL"):
            self.post("stop_access", f"{self.home}jobs/{job}/access/stop/", job, reason="Stop.")

    def allow_access(self) -> None:
        if job := self.job("RUNNING", where="access_stopped_at IS NOT NULL"):
            self.post("allow_access", f"{self.home}jobs/{job}/access/allow/", job)

    def ask_back(self) -> None:
        if job := self.job("ASSIGNED"):
            at = f"{self.home}jobs/{job}/handback/"
            self.post("request_handback", at, job, reason="Please.")

    def assign(self) -> None:
        job, partner = self.job("PENDING"), self.partner()
        if job and partner:
            self.post("assign", f"{self.home}jobs/{job}/assign/", job, company=partner)

    def delete(self) -> None:
        if job := self.job("PENDING"):
            self.post("delete", f"{self.home}jobs/{job}/delete/", job)

    def assign_and_delete(self) -> None:
        """The same drafts, assigned and deleted at the same moment, alone and together."""
        jobs = [
            ulid(job)
            for (job,) in self.peek.rows(
                "SELECT id FROM jobs_job WHERE fleet_id = %s AND status = 'PENDING' LIMIT 6",
                self.fleet,
            )
        ]
        partner = self.partner()
        if not jobs or not partner:
            return
        at = f"{self.home}jobs/installation/bulk/"
        many = {"select": jobs, "step": "confirmed"}
        collide(
            lambda: self.post("bulk_assign", f"{at}assign/", **many, company=partner),
            lambda: self.post("bulk_delete", f"{at}delete/", **many),
            lambda: self.post("delete", f"{self.home}jobs/{jobs[0]}/delete/", jobs[0]),
        )

    def bulk_ask_back(self) -> None:
        jobs = [
            ulid(job)
            for (job,) in self.peek.rows(
                "SELECT id FROM jobs_job WHERE fleet_id = %s AND status = 'ASSIGNED' LIMIT 3",
                self.fleet,
            )
        ]
        if jobs:
            about = {"select": jobs, "step": "confirmed", "reason": "All of them, please."}
            self.post("bulk_handback", f"{self.home}jobs/installation/bulk/handback/", **about)

    def use_and_delete_template(self) -> None:
        template = self.template(self.fleet)
        name = f"Copy {self.dice.randrange(10**9)}"
        at = f"{self.home}templates/"
        if template is None or not self.post(
            "duplicate_template", f"{at}{template}/duplicate/", name=name
        ):
            return
        found = self.peek.rows(
            "SELECT id FROM jobs_jobtemplate WHERE fleet_id = %s AND id <> %s"
            " ORDER BY created_at DESC LIMIT 1",
            *(self.fleet, as_uuid(template)),
        )
        if not found:
            return
        copy = ulid(found[0][0])
        collide(
            lambda: self._create(3, self.partner(), copy),
            lambda: self.post("delete_template", f"{at}{copy}/delete/"),
        )

    def remove_partner(self) -> None:
        """Remove one, which takes all its jobs back, and invite it again."""
        if not self.stage.removal.acquire(blocking=False):
            return
        try:
            found = self.peek.one_of(
                "SELECT p.id, c.email FROM accounts_partnership p JOIN accounts_company c"
                " ON c.partner_id = p.company_id WHERE p.fleet_id = %s AND p.status = 'ACCEPTED'"
                " AND p.ended_at IS NULL",
                self.fleet,
            )
            if found is None:
                return
            self.post("end_partnership", f"{self.home}partners/{found[0]}/remove/")
            self.post("invite_partner", f"{self.home}partners/invite/", email=found[1])
        finally:
            self.stage.removal.release()
