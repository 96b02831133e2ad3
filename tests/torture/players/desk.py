"""People of a fleet at the vehicles that its programs change, and the admins of those programs."""

import re
from functools import partial
from typing import Any, ClassVar

from tests.torture.machines import Seat
from tests.torture.players.base import AtDesk, Stage, collide
from tests.torture.players.installers import Stock
from tests.torture.players.vehicles import VERBS, Found, Vehicles, as_fields, one_of_many

EVERYTHING = (
    "vehicles:read", "vehicles:write", "commands:read", "commands:write", "jobs:read", "jobs:write",
)  # fmt: skip
SHOWN = re.compile(r'<code id="(client-id|secret)">([^<]+)</code>')


class Dispatcher(AtDesk):
    """Somebody who edits vehicles, sends commands from *Inspect* and hands units over."""

    pause = (0.8, 2.5)
    acts: ClassVar = {
        "rename": 6, "set_status": 4, "command": 8, "archive": 2, "restore": 2, "change_unit": 4,
        "take_out_unit": 2, "hand_over": 3, "receive": 3, "rename_at_once": 2,
    }  # fmt: skip

    def __init__(self, stage: Stage, email: str, fleet: str):
        super().__init__(stage, email, f"dispatcher {fleet}")
        self.fleet, self.home = fleet, f"/fleetcontrol/{fleet}/"
        self.vehicles = Vehicles(self.peek, fleet, self.dice)
        self.stock = Stock(self.peek, fleet)

    def _change(
        self, act: str, vehicle: Found, page: str, verb: str, mark: str, **data: Any
    ) -> bool:
        about = {"vehicle": vehicle.id, "verb": verb, "mark": mark}
        at = f"{self.home}vehicles/{vehicle.id}/{page}/"
        return self.window.post(act, at, about=about, **data)

    def rename(self) -> None:
        self._rename(self.vehicles.of_fleet(), one_of_many(self.dice))

    def _rename(self, vehicle: Found, mark: str) -> bool:
        data = as_fields(vehicle, mark) | {"expected": vehicle.version}
        return self._change("edit_vehicle", vehicle, "edit/data", "edit", mark, **data)

    def rename_at_once(self) -> None:
        """Two tabs that have read the same version."""
        vehicle = self.vehicles.of_fleet()
        marks = [one_of_many(self.dice) for _tab in range(2)]
        collide(*(partial(self._rename, vehicle, mark) for mark in marks))

    def set_status(self) -> None:
        vehicle, mark = self.vehicles.one(), one_of_many(self.dice)
        status = self.dice.choice(["OPERATING", "GARAGE", "BROKEN"])
        data = {"operation_status": status, "operation_status_remark": mark}
        data["expected"] = vehicle.version
        self._change("set_status", vehicle, "edit/status", "set_operation_status", mark, **data)

    def archive(self) -> None:
        """At the same moment as a command to it."""
        vehicle = self.vehicles.of_fleet()
        collide(
            partial(self._question, vehicle, "archive"),
            partial(self._command, vehicle, "lock-central-lock"),
        )

    def restore(self) -> None:
        self._question(self.vehicles.one(f"archived_at IS NOT NULL AND {Vehicles.OWN}"), "restore")

    def _question(self, vehicle: Found, verb: str) -> bool:
        about = {"expected": vehicle.version}
        return self._change(f"{verb}_vehicle", vehicle, verb, verb, "", **about)

    def change_unit(self) -> None:
        if self.dice.random() < 0.6:
            vehicle, page = self.vehicles.empty(), "unit/assign"
        else:
            vehicle, page = self.vehicles.to_empty(), "unit/swap"
        qnr = self.stock.popleft()
        self._change("change_unit", vehicle, page, "change_unit", qnr, unit=qnr)

    def take_out_unit(self) -> None:
        """At the same moment as a command to it."""
        vehicle = self.vehicles.to_empty()
        collide(
            partial(self._change, "take_out_unit", vehicle, "unit/remove", "change_unit", ""),
            partial(self._command, vehicle, "unlock-central-lock"),
        )

    def command(self) -> None:
        self._command(self.vehicles.with_unit(), self.dice.choice(VERBS))

    def _command(self, vehicle: Found, verb: str) -> bool:
        at = f"{self.home}vehicles/{vehicle.id}/command/"
        return self.window.post("desk_command", at, about={"vehicle": vehicle.id}, command=verb)

    def hand_over(self) -> None:
        found = self.peek.one_of(
            "SELECT company_id FROM accounts_partnership WHERE fleet_id = %s"
            " AND status = 'ACCEPTED' AND ended_at IS NULL",
            self.fleet,
        )
        if found:
            at = f"{self.home}units/{self.stock.popleft()}/hand-over/"
            self.post("hand_over", at, company=found[0])

    def receive(self) -> None:
        found = self.peek.one_of(
            "SELECT c.unit_id FROM telematics_custody c JOIN telematics_unit u ON u.qnr = c.unit_id"
            " WHERE u.fleet_id = %s AND c.ended_at IS NULL",
            self.fleet,
        )
        if found:
            self.post("receive", f"{self.home}units/{found[0]}/receive/")


class ClientAdmin(AtDesk):
    """An admin, who takes rights and secrets from the programs while they work, and gives them new ones."""

    pause = (5.0, 12.0)
    acts: ClassVar = {"renew_secret": 4, "narrow": 4, "replace": 3}

    def __init__(self, stage: Stage, email: str, seats: list[Seat]):
        super().__init__(stage, email)
        self.seats = seats
        self.home = f"/fleetcontrol/{seats[0].fleet}/settings/api-clients/"

    def act(self) -> None:
        seat = self.dice.choice(self.seats)
        sql = "SELECT id, name FROM accounts_apiclient WHERE client_id = %s AND revoked_at IS NULL"
        if found := self.peek.rows(sql, seat.client_id):
            (name,) = self.dice.choices(list(self.acts), list(self.acts.values()))
            getattr(self, name)(seat, *found[0])
        else:
            self._issue(seat, "Program")

    def renew_secret(self, seat: Seat, client: int, _name: str) -> None:
        """The former one ends at once, or in a day."""
        at, former = f"{self.home}{client}/secret/", self.dice.choice(["now", "later"])
        self._sit(seat, self.window.reveal("renew_secret", at, SHOWN, former=former))

    def narrow(self, _seat: Seat, client: int, name: str) -> None:
        """Take a right away for a while."""
        lost = self.dice.choice(["commands:", "vehicles:write", "jobs:write"])
        less = [right for right in EVERYTHING if not right.startswith(lost)]
        at = f"{self.home}{client}/edit/"
        self.window.post("narrow_rights", at, says_nothing=True, name=name, rights=less)
        self.stage.over.wait(self.dice.uniform(1, 4))
        self.window.post("widen_rights", at, says_nothing=True, name=name, rights=EVERYTHING)

    def replace(self, seat: Seat, client: int, name: str) -> None:
        """Revoke it, and issue another one in its place."""
        self.post("revoke_client", f"{self.home}{client}/revoke/")
        self._issue(seat, name.partition(" ")[0])

    def _issue(self, seat: Seat, name: str) -> None:
        data = {"name": f"{name} {self.dice.randrange(10**9)}", "rights": EVERYTHING}
        self._sit(seat, self.window.reveal("issue_client", f"{self.home}new/", SHOWN, **data))

    @staticmethod
    def _sit(seat: Seat, shown: dict[str, str]) -> None:
        if shown:
            seat.client_id, seat.secret = shown["client-id"], shown["secret"]
