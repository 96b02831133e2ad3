"""Vehicles of OneAPI and FleetControl, a thousand and a million; `--vehicles 50000 --rounds 10` for a quick look."""

import argparse
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from typing import Any

from django.db import connection
from django.test.utils import CaptureQueriesContext

from bench.list import connect, copy_database, ratios, signed_in
from bench.machines import SELECTED, Machines, lists, one_vehicle, queries, tokens_of
from bench.measuring import Goal, Report, best_of, database, median_of
from bench.reading import Actions, Reader

ROUNDS = 40
FEW = 1_000
# Two statements less would be as wrong as two more: the plan depends on nothing but the request.
SAME = Goal(0, 0)
GROWTH = Goal(1.5, 1.2)
# Of a tenth of the vehicles about ten are found by these, which is no page of fifty.
SHORTEST = {"page_size": "10"}
# The lines about all vehicles and about one are compared with a thousand; a filter or search of so few would find no
# page, so these are compared with a tenth.
OF_ALL = (
    "list",
    "last page of list",
    "one vehicle",
    "state",
    "PATCH",
    f"custom fields of {SELECTED:,}",
    "table",
    "table: last page",
    "table: by plate",
    "table: by plate, last page",
)


def main(vehicles: int, rounds: int) -> None:
    from bench.server import cache, serving

    report = Report(f"{vehicles:,} vehicles in 1,000 fleets, one of them with a tenth, as ratios")
    bench = Bench(vehicles)
    with cache():
        bench.count(report)
        with serving(bench.large) as port, serving(bench.tenth) as ten, serving(bench.small) as few:
            bench.read(port, report, rounds)
            bench.write(port, report, rounds)
            bench.grow(port, ten, few, report, rounds)
    bench.change_many(report)
    report.leave()


class Bench:
    def __init__(self, vehicles: int):
        from bench.world import World

        self.world = World()
        self.fleet = self.world.fleets[0]
        self.tokens = tokens_of(self.fleet)
        self.session = signed_in(self.world.manager)
        self.large = connection.settings_dict["NAME"]
        self.tenth = f"{self.large}_tenth"
        self.small = f"{self.large}_small"
        for copy in (self.tenth, self.small):
            copy_database(self.large, copy)
        self.fill(self.large, vehicles)
        self.fill(self.tenth, vehicles // 10)
        self.fill(self.small, FEW, share=1)
        self.path = f"/fleetcontrol/{self.fleet.pk}/vehicles/"

    def fill(self, name: str, vehicles: int, **share: float) -> None:
        from bench.vehicle_rows import fill_vehicles

        with connect(name) as filled:
            cursor = filled.cursor()
            fill_vehicles(cursor, vehicles, **share, **self.world.ids)
            cursor.execute("VACUUM telematics_vehicle, telematics_unit, telematics_vehiclestate")

    def page(self, port: int, path: str = "", **query: Any) -> Callable[[], Any]:
        return Reader(port, self.session).page(path or self.path, **query)

    def table(self, port: int) -> Actions:
        """FleetControl's list of vehicles."""
        wanted = {
            "table": {},
            "table: last page": {"cursor": "last"},
            "table: without a unit": {"tab": "WITHOUT_UNIT"},
            "table: archived": {"tab": "ARCHIVED"},
            "table: few out of service": {"operation_status": "OUT_OF_SERVICE", **SHORTEST},
            "table: tag of few": {"tag": "recall", **SHORTEST},
            "table: search": {"search": "WVW"},
            "table: by plate": {"sort": "license_plate"},
            "table: by plate, last page": {"sort": "license_plate", "cursor": "last"},
        }
        return {name: self.page(port, **query) for name, query in wanted.items()}

    # --- ratios ---------------------------------------------------------------------------------------------------
    def read(self, port: int, report: Report, rounds: int) -> None:
        machines = Machines(port, self.tokens)
        page = self.page(port)
        size = len(page().body)
        self.floor = self.page(port, f"/bench/b1/{size}/")
        one = one_vehicle(machines, self.fleet)
        p50 = median_of(
            rounds,
            {
                "B1": self.floor,
                "DRF": lambda: machines.call("/bench/drf/vehicles/"),
                "list": machines.get("/vehicles"),
                "table": page,
                "one vehicle": one["one vehicle"],
                "state": one["state"],
            },
        )
        ratio = ratios(p50, report)
        report.note(" · ".join(f"{name} {p50[name] * 1000:.1f} ms" for name in p50))
        ratio("list", "DRF", Goal(1.5, 1))
        ratio("table", "B1", Goal(7, 3.5))
        ratio("one vehicle", "B1", Goal(4, 3))
        ratio("state", "B1", Goal(4, 3))

    def write(self, port: int, report: Report, rounds: int) -> None:
        actions = one_vehicle(Machines(port, self.tokens), self.fleet)
        p50 = median_of(rounds, {"B1": self.floor, "PATCH": actions["PATCH"]})
        ratios(p50, report)("PATCH", "B1", Goal(4, 3))

    def grow(self, port: int, ten: int, few: int, report: Report, rounds: int) -> None:
        large = self.everything(port)
        with database_of_process(self.tenth):
            smaller = self.everything(ten)
        with database_of_process(self.small):
            smallest = self.everything(few)
        smaller |= {name: smallest[name] for name in OF_ALL}
        both = {**large, **{f"small {name}": action for name, action in smaller.items()}}
        p50 = median_of(rounds, both)
        for name in large:
            since = "since 1,000" if name in OF_ALL else "ten times as many"
            report.line(f"{since}: {name}", p50[name] / p50[f"small {name}"], GROWTH)

    def everything(self, port: int) -> Actions:
        machines = Machines(port, self.tokens)
        return lists(machines, self.world) | one_vehicle(machines, self.fleet) | self.table(port)

    # --- statements -----------------------------------------------------------------------------------------------
    def count(self, report: Report) -> None:
        many = self.statements()
        with database_of_process(self.small):
            few = self.statements()
        for name, number in many.items():
            report.line(f"statements more at a million: {name}", number - few[name], SAME, "")
        report.note(f"statements: {', '.join(f'{name} {many[name]}' for name in ONCE)}")

    def statements(self) -> dict[str, int]:
        """How many statements each list and the parts of one vehicle send."""
        from rest_framework.test import APIClient

        from telematics.models import Vehicle

        bearer = {"Authorization": f"Bearer {self.tokens[0]}"}
        machine = APIClient(headers=bearer, SERVER_NAME="localhost")
        chosen = Vehicle.objects.filter(fleet=self.fleet).exclude(unit=None).first()
        wanted = {name: ("", query) for name, query in queries(self.world).items()}
        wanted |= {"one vehicle": (f"/{chosen.pk}", {}), "state": (f"/{chosen.pk}/state", {})}
        machine.get("/api/oneapi/v1/vehicles")
        calls = {
            name: partial(machine.get, f"/api/oneapi/v1/vehicles{path}", query)
            for name, (path, query) in wanted.items()
        }
        return {name: counted(call) for name, call in calls.items()}

    def change_many(self, report: Report) -> None:
        """Against one UPDATE of the same ids, as the bulk actions of jobs."""
        from bench.bulk import undone
        from telematics.models import Vehicle
        from telematics.models.many_edits import set_custom_fields

        rows = Vehicle.objects.filter(fleet=self.fleet, archived_at=None).order_by("pk")
        ids = list(rows.values_list("pk", flat=True)[:SELECTED])
        given = {"round": "1"}
        actions = {
            "U": lambda: Vehicle.objects.filter(pk__in=ids, archived_at=None).update(
                custom_fields=given
            ),
            "custom": lambda: set_custom_fields(
                self.fleet, ids, given=given, by=self.world.manager
            ),
        }
        best = best_of(10, {name: undone(action) for name, action in actions.items()})
        report.line(
            f"custom fields of {SELECTED:,} ÷ one UPDATE of them",
            best["custom"] / best["U"],
            Goal(4, 2),
        )


ONCE = ("list", "one vehicle", "state")


def counted(action: Callable[[], Any]) -> int:
    with CaptureQueriesContext(connection) as captured:
        answer = action()
    assert answer.status_code == 200, answer.content
    return len(captured)


@contextmanager
def database_of_process(name: str) -> Iterator[None]:
    """Let this process itself read another database."""
    usual = connection.settings_dict["NAME"]
    connection.close()
    connection.settings_dict["NAME"] = name
    try:
        yield
    finally:
        connection.close()
        connection.settings_dict["NAME"] = usual


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--vehicles", type=int, default=1_000_000)
    parser.add_argument("--rounds", type=int, default=ROUNDS)
    return parser.parse_args()


if __name__ == "__main__":
    wanted = arguments()
    with database():
        main(wanted.vehicles, wanted.rounds)
