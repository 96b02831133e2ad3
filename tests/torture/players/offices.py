"""The admins of companies, and companies that are closed for good while they work."""

from typing import ClassVar

from demo.story.browser import Browser
from demo.story.mailbox import Mailbox
from tests.torture.players.base import AtDesk, Stage, collide, ulid
from tests.torture.world import PASSWORD


class Office(AtDesk):
    """The admin of a company."""

    acts: ClassVar = {
        "accept_clients": 8, "withdraw": 2, "hand_back": 2, "answer_request": 4, "reserve": 2,
        "replace_installer": 2,
    }  # fmt: skip

    def __init__(self, stage: Stage, email: str, company: str):
        super().__init__(stage, email)
        self.company, self.mails = company, Mailbox(stage.mails)
        self.temporary: str | None = None

    def job(self, status: str, where: str = "true") -> str | None:
        found = self.peek.one_of(
            f"SELECT id FROM jobs_job j WHERE company_id = %s AND status = %s AND {where}"
            " ORDER BY id DESC LIMIT 30",
            *(self.company, status),
        )
        return ulid(found[0]) if found else None

    def accept_clients(self) -> None:
        for (client,) in self.peek.rows(
            "SELECT id FROM accounts_partnership WHERE company_id = %s AND status = 'PENDING'"
            " AND ended_at IS NULL",
            self.company,
        ):
            self.post("accept_client", f"/installers/clients/{client}/accept/")

    def withdraw(self) -> None:
        if job := self.job("RUNNING"):
            self.post("withdraw", f"/installers/jobs/{job}/withdraw/", job, reason="Not today.")

    def hand_back(self) -> None:
        """At the same moment as somebody of the company takes the job."""
        if job := self.job("ASSIGNED"):
            self.post("hand_back", f"/installers/jobs/{job}/handback/", job, reason="Too far away.")

    def answer_request(self) -> None:
        open_one = (
            "EXISTS (SELECT FROM jobs_handbackrequest r WHERE r.job_id = j.id AND status = 'OPEN')"
        )
        if job := self.job("ASSIGNED", open_one):
            at = f"/installers/jobs/{job}/handback/"
            collide(
                lambda: self.post("hand_back", at, job, reason="As you asked."),
                lambda: self.post("refuse_handback", f"{at}refuse/", job, reason="We keep it."),
            )

    def reserve(self) -> None:
        found = self.peek.one_of(
            "SELECT user_id FROM accounts_companymembership WHERE company_id = %s"
            " AND ended_at IS NULL",
            self.company,
        )
        job = self.job("ASSIGNED")
        if found and job and self.dice.random() < 0.5:
            self.post("reserve", f"/installers/jobs/{job}/reservation/", job, user=found[0])

    def replace_installer(self) -> None:
        """Somebody who was invited and holds a job is removed; somebody else is invited."""
        if self.temporary:
            found = self.peek.rows(
                "SELECT m.id FROM accounts_companymembership m JOIN accounts_user u ON u.id = m.user_id"
                " WHERE u.email = %s AND m.ended_at IS NULL",
                self.temporary,
            )
            if found:
                self.post("remove_user", f"/installers/users/{found[0][0]}/remove/")
            self.temporary = None
            return
        email = f"temp{self.dice.randrange(10**9)}@torture.example"
        if self.post("invite_user", "/installers/users/invite/", email=email, role="INSTALLER"):
            browser = Browser(self.stage.line.site)
            page = browser.open(self.mails.invitation(email))
            browser.submit(page, first_name="Temporary", last_name="Help", password=PASSWORD)
            self.temporary = email
            ((person,),) = self.peek.rows("SELECT id FROM accounts_user WHERE email = %s", email)
            self.stage.line.ledger.write("person", email=email, id=person)
            phone = self.stage.line.phone(email, PASSWORD)
            for job in phone.get("jobs/", category="available")["results"][:2]:
                phone.send("POST", f"jobs/{job['id']}/assignment/")
