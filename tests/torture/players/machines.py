"""The program of a fleet that keeps its vehicles by OneAPI, while people at the desk change the same ones."""

from collections.abc import Callable
from functools import partial
from typing import Any, ClassVar

from demo.story.phone import Refused
from tests.torture.machines import Machine, Seat
from tests.torture.people import Line
from tests.torture.players.base import Moody, Stage, collide
from tests.torture.players.installers import Stock
from tests.torture.players.vehicles import VERBS, Found, Vehicles, one_of_many


class ApiProgram(Moody):
    """A program with a client of its own. `seat` is where an admin puts new credentials."""

    pause = (0.6, 2.0)

    def __init__(self, stage: Stage, seat: Seat, name: str):
        super().__init__(stage, f"{name} {seat.fleet}")
        self.fleet = seat.fleet
        self.machine = Machine(stage.line, seat)
        self.vehicles = Vehicles(self.peek, seat.fleet, self.dice)
        self.stock = Stock(self.peek, seat.fleet)

    def sign_in_again(self) -> None:
        """Revoked or suspended: an admin gives it a new client, or an operator reinstates it."""
        self.stage.over.wait(1)


class VehicleProgram(ApiProgram):
    acts: ClassVar = {
        "add": 6, "add_many": 2, "rename": 6, "write_fields": 4, "tag": 4, "set_status": 4,
        "write_fields_of_many": 3, "archive": 3, "restore": 3, "assign_unit": 6, "swap_unit": 3,
        "take_out_unit": 3, "command": 10, "command_at_once": 6, "command_and_lose_unit": 4,
        "rename_at_once": 3,
    }  # fmt: skip

    def change(
        self, act: str, vehicle: Found, verb: str, method: str, part: str, body: Any, **more: Any
    ) -> Any:
        """A change of one vehicle, whose event has the verb and the mark."""
        at = f"/vehicles/{vehicle.id}{part}"
        return self.machine.act(act, method, at, body, vehicle=vehicle.id, verb=verb, **more)

    # --- new ones ---------------------------------------------------------------------------------------------------
    def _new(self, mark: str, share: float = 0.6) -> dict[str, Any]:
        """A `share` has a VIN, a unit."""
        body: dict[str, Any] = {"master_data": {"custom_name": mark}, "tags": ["fleet"]}
        if self.dice.random() < share:
            body["master_data"]["vin"] = self.vehicles.vin()
        if self.dice.random() < share:
            body["telematics_unit_id"] = self.stock.popleft()
            body["vehicle_model_id"] = self.vehicles.model()
        return body

    def add(self) -> None:
        mark = one_of_many(self.dice)
        self.machine.act("add_vehicle", "POST", "/vehicles", self._new(mark), mark=mark)

    def add_many(self) -> None:
        """All or none: a unit or a VIN that is taken meanwhile refuses them all."""
        mark = one_of_many(self.dice)
        rows = [self._new(f"{mark} {number}", 0.15) for number in range(self.dice.randint(2, 8))]
        body = {"vehicles": rows}
        about = {"mark": mark, "rows": len(rows)}
        self.machine.act("add_vehicles", "POST", "/vehicles/bulk", body, **about)

    # --- their values -----------------------------------------------------------------------------------------------
    def rename(self) -> None:
        vehicle, mark = self.vehicles.of_fleet(), one_of_many(self.dice)
        body = {"custom_name": mark, "license_plate": f"B {self.dice.randrange(10**4)}"}
        if self.dice.random() < 0.3:
            body["vin"] = self.vehicles.vin()
        self._rename(vehicle, mark, body)

    def _rename(self, vehicle: Found, mark: str, body: dict[str, str]) -> None:
        """Only in the version that was read: nothing comes between."""
        match = {"headers": {"If-Match": f'"{vehicle.version}"'}, "expected": vehicle.version}
        about = {"mark": mark, **match}
        self.change("edit_vehicle", vehicle, "edit", "PATCH", "/master-data", body, **about)

    def rename_at_once(self) -> None:
        """Two threads of the program have read the same version: one of them is too late."""
        vehicle = self.vehicles.of_fleet()
        marks = [one_of_many(self.dice) for _thread in range(2)]
        collide(
            *(partial(self._rename, vehicle, mark, {"custom_name": mark}) for mark in marks),
        )

    def write_fields(self) -> None:
        vehicle, mark = self.vehicles.of_fleet(), one_of_many(self.dice)
        body = {f"Field {self.dice.randrange(5)}": mark, f"Field {self.dice.randrange(5, 9)}": None}
        about = {"verb": "set_custom_fields", "mark": mark}
        self.change(
            "set_fields", vehicle, method="PATCH", part="/custom-fields", body=body, **about
        )

    def tag(self) -> None:
        vehicle, mark = self.vehicles.of_fleet(), one_of_many(self.dice)
        old = self.peek.rows(
            "SELECT tags FROM telematics_vehicle WHERE vehicle_id = %s", vehicle.id
        )
        body = {"add": [mark], "remove": old[0][0][:2] if old else []}
        self.change("set_tags", vehicle, "set_tags", "PATCH", "/tags", body, mark=mark)

    def set_status(self) -> None:
        vehicle, mark = self.vehicles.one(), one_of_many(self.dice)
        status = self.dice.choice(["OPERATING", "GARAGE", "BROKEN", "OUT_OF_SERVICE"])
        body = {"operation_status": status, "remark": mark}
        about = {"verb": "set_operation_status", "mark": mark}
        self.change(
            "set_status", vehicle, method="PUT", part="/operation-status", body=body, **about
        )

    def write_fields_of_many(self) -> None:
        found = self.vehicles.several(f"archived_at IS NULL AND {Vehicles.OWN}", most=40)
        mark = one_of_many(self.dice)
        body = {"vehicle_ids": [one.id for one in found], "set": {"Sweep": mark}}
        if found:
            about = {"mark": mark, "rows": len(found)}
            self.machine.act("sweep_fields", "PATCH", "/vehicles/custom-fields", body, **about)

    # --- whether they are there -------------------------------------------------------------------------------------
    def archive(self) -> None:
        """At the same moment as a command to it."""
        vehicle = self.vehicles.of_fleet()
        collide(
            lambda: self.change("archive_vehicle", vehicle, "archive", "DELETE", "", None),
            lambda: self._send(vehicle, "lock-central-lock"),
        )

    def restore(self) -> None:
        vehicle = self.vehicles.one(f"archived_at IS NOT NULL AND {Vehicles.OWN}")
        self.change("restore_vehicle", vehicle, "restore", "POST", "/restore", None)

    # --- their units ------------------------------------------------------------------------------------------------
    def assign_unit(self) -> None:
        self._put(self.vehicles.empty(), self.stock.popleft())

    def swap_unit(self) -> None:
        self._put(self.vehicles.to_empty(), self.stock.popleft())

    def _put(self, vehicle: Found, qnr: str) -> None:
        body, about = {"telematics_unit_id": qnr}, {"verb": "change_unit", "mark": qnr}
        at = "/telematics-unit"
        self.change("change_unit", vehicle, method="PUT", part=at, body=body, **about)

    def take_out_unit(self) -> None:
        self._take_out(self.vehicles.to_empty())

    def _take_out(self, vehicle: Found) -> None:
        self.change("take_out_unit", vehicle, "change_unit", "DELETE", "/telematics-unit", None)

    # --- commands ---------------------------------------------------------------------------------------------------
    def _send(self, vehicle: Found, verb: str, *, at_once: bool = False) -> Any:
        headers = {"Prefer": "respond-async"} if at_once else {}
        at = f"/vehicles/{vehicle.id}/commands/{verb}"
        return self.machine.act("command", "POST", at, vehicle=vehicle.id, headers=headers)

    def command(self) -> None:
        self._send(self.vehicles.with_unit(), self.dice.choice(VERBS))

    def command_at_once(self) -> None:
        """Without waiting for the vehicle; what became of it is read until it is known."""
        sent = self._send(self.vehicles.with_unit(), self.dice.choice(VERBS), at_once=True)
        for _turn in range(5):
            if self.machine.get(f"/commands/{sent['id']}")["status"] not in ("QUEUED", "SENT"):
                return
            self.stage.over.wait(0.5)

    def command_and_lose_unit(self) -> None:
        """Commands, while the unit goes away."""
        vehicle = self.vehicles.to_empty()
        ends: list[Callable[[], Any]] = [
            lambda: self._take_out(vehicle),
            lambda: self._put(vehicle, self.stock.popleft()),
        ]
        collide(
            *(partial(self._send, vehicle, verb, at_once=True) for verb in VERBS[:3]),
            self.dice.choice(ends),
        )


class Follower(ApiProgram):
    """Reads what has changed, from the start to the end, and keeps the newest version of everything."""

    pause = (1.0, 3.0)
    LISTS: ClassVar = {"/vehicles": "vehicle_id", "/jobs": "id"}

    def __init__(self, stage: Stage, seat: Seat, since: str):
        super().__init__(stage, seat, "follower")
        line = stage.line  # a line of its own, which is open when all others have been closed
        self.machine = Machine(Line(line.site, line.ledger, line.witness), seat)
        self.since = dict.fromkeys(self.LISTS, since)
        self.seen: dict[str, dict[str, int]] = {path: {} for path in self.LISTS}

    def act(self) -> None:
        for path in self.LISTS:
            self.read(path)

    def read(self, path: str) -> None:
        page = self.machine.get(path, changed_after=self.since[path], limit=100)
        while True:
            for one in page["results"]:
                self.seen[path][one[self.LISTS[path]]] = one["version"]
            if not page["next"]:
                break
            about = {"changed_after": self.since[path], "limit": 100, "cursor": page["next"]}
            page = self.machine.get(path, **about)
        self.since[path] = page["next_changed_after"]

    def finish(self) -> None:
        """Read once more, when everything is quiet, and write down what it knows."""
        for _turn in range(10):
            try:
                self.act()
            except Refused:
                self.stage.line.witness.count("follow", "refused")
                continue
            break
        for path, versions in self.seen.items():
            about = {"fleet": self.fleet, "list": path.removeprefix("/"), "versions": versions}
            self.stage.line.ledger.write("followed", **about)
