"""Operators: they suspend and reinstate, withdraw and stop, and close a company for good."""

from typing import ClassVar

from tests.torture.players.base import AtDesk, ulid


class Operator(AtDesk):
    """Suspends and reinstates a while later; withdraws and stops from outside."""

    pause = (4.0, 10.0)
    acts: ClassVar = {"suspend": 3, "withdraw": 2, "stop_access": 1, "hand_back": 1}
    ROWS: ClassVar = {
        "user": "SELECT id FROM accounts_user WHERE email LIKE 'installer%'",
        "company": "SELECT partner_id FROM accounts_company",
        "fleet": "SELECT fleet_id FROM accounts_fleet",
        "mobilityprovider": "SELECT provider_id FROM accounts_mobilityprovider",
        "apiclient": "SELECT id FROM accounts_apiclient WHERE revoked_at IS NULL",
    }

    def suspend(self) -> None:
        (what,) = self.dice.choices(list(self.ROWS), [8, 2, 2, 1, 4])
        row = self.peek.one_of(self.ROWS[what])
        assert row
        at, about = f"/admin/accounts/{what}/", {"_selected_action": row[0], "reason": "Torture."}
        try:
            self.post("suspend", at, action="suspend", **about)
            self.stage.over.wait(self.dice.uniform(0.5, 3))
        finally:
            self.post("reinstate", at, action="reinstate", **about)

    def reinstate_all(self) -> None:
        for what, sql in self.ROWS.items():
            rows = [row[0] for row in self.peek.rows(sql)]
            self.post(
                *("reinstate", f"/admin/accounts/{what}/"),
                action="reinstate",
                _selected_action=rows,
                reason="Enough.",
            )

    def _move(self, verb: str, status: str) -> None:
        found = self.peek.one_of(
            "SELECT id FROM jobs_job WHERE status = %s ORDER BY id DESC LIMIT 30", status
        )
        if found:
            job = ulid(found[0])
            about = {"action": verb, "_selected_action": job, "reason": "Torture."}
            self.post(verb, "/admin/jobs/job/", job, **about)

    def withdraw(self) -> None:
        self._move("withdraw", "RUNNING")

    def stop_access(self) -> None:
        self._move("stop_access", "RUNNING")

    def hand_back(self) -> None:
        self._move("hand_back", "ASSIGNED")
