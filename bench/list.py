"""Lists, and what is done from them, with a million jobs in a thousand fleets; `--jobs 50000` for a quick look."""

import argparse
from collections.abc import Callable
from datetime import date, timedelta
from functools import partial
from typing import Any

import psycopg

from bench.measuring import Goal, Report, best_of, database, median_of

ROUNDS, SMALLER = 40, 10


def main(jobs: int, rounds: int) -> None:
    from bench.server import cache, serving

    report = Report(
        f"Lists of {jobs:,} jobs in 1,000 fleets, one of them with a tenth of all, as ratios"
    )
    bench = Bench(jobs)
    with cache(), serving(bench.large) as port:
        bench.read(port, report, rounds)
        bench.poll(port, report, rounds)
        bench.moves(port, report, rounds)
        with serving(bench.small) as smaller:
            bench.grow(port, smaller, report, rounds)
    bench.move_many(report)
    report.leave()


class Bench:
    def __init__(self, jobs: int):
        from django.db import connection

        from bench.rows import fill, fill_tests
        from bench.world import World
        from tests.sessions import app_token

        self.world = World()
        office = [self.world.manager, self.world.roamer, self.world.operator]
        self.sessions = {person: signed_in(person) for person in office}
        self.sessions |= {person: app_token(person) for person in self.world.rivals}
        self.large = connection.settings_dict["NAME"]
        self.small = f"{self.large}_smaller"
        copy_database(self.large, self.small)
        with connection.cursor() as cursor, connect(self.small) as smaller:
            for filled, number in ((cursor, jobs), (smaller.cursor(), jobs // SMALLER)):
                fill(filled, number, **self.world.ids)
                filled.execute("VACUUM jobs_job")
                fill_tests(filled, self.world.fleets[0].pk)
        self.path = f"/fleetcontrol/{self.world.fleets[0].pk}/jobs/installation/"

    def reader(self, port: int, person: Any) -> Any:
        from bench.reading import Reader

        return Reader(port, self.sessions[person])

    def read(self, port: int, report: Report, rounds: int) -> None:
        from bench.reading import list_actions, operators_actions, phone_actions

        manager, phone = (
            self.reader(port, self.world.manager),
            self.reader(port, self.world.installers[0]),
        )
        size = len(manager.page(self.path)().body)
        self.floor = manager.page(f"/bench/b1/{size}/")
        actions = {
            "B0": self.reader(port, self.world.manager)._request(f"/bench/b0/{size}/"),
            "B1": self.floor,
            "A": manager.page(f"/bench/textbook/{self.world.fleets[0].pk}/"),
            "overview": self.overview(manager),
            "list right after a change": self.changed(manager.page(self.path)),
            "list of one with 1,000 fleets": self.reader(port, self.world.roamer).page(self.path),
            **list_actions(manager, self.path, self.world),
            **phone_actions(phone),
            **operators_actions(self.reader(port, self.world.operator)),
        }
        p50 = median_of(rounds, actions)
        ratio = ratios(p50, report)
        report.note(
            " · ".join(f"{name} {p50[name] * 1000:.1f} ms" for name in ("B0", "B1", "A", "list"))
        )
        ratio("list", "B1", Goal(7, 3.5))
        ratio("list", "A", Goal(0.25, 0.1))
        ratio("overview", "B1", Goal(3, 2))
        ratio("list right after a change", "B1", Goal(7, 3.5))
        ratio("list of one with 1,000 fleets", "list", Goal(1.5, 1.2))
        for name in (
            name for name in actions if name.startswith(("filter", "sort", "search", "last page"))
        ):
            ratio(name, "list", Goal(1.5, 1.2))
        report.line("size of the page", size / 1000, Goal(45, 30), "kB")
        ratio("phone", "phone of DRF", Goal(2.5, 1))
        for name in (name for name in actions if name.startswith("phone: ")):
            ratio(name, "phone", Goal(3, 1.5))
        for name in (name for name in actions if name.startswith("operators: ")):
            ratio(name, "operators' list", Goal(3, 1.5))

    def overview(self, manager: Any) -> Callable[[], Any]:
        """The overview of the largest fleet, by day, of the last calendar month."""
        until = date.today().replace(day=1) - timedelta(days=1)  # noqa: DTZ011 - near enough
        path = f"/fleetcontrol/{self.world.fleets[0].pk}/overview/"
        return manager.page(path, by="day", since=until.replace(day=1), until=until)

    def changed(self, action: Callable[[], Any]) -> Callable[[], Any]:
        """A job of the fleet has changed since the last check, so that nothing is cached."""
        from jobs.freshness import touch

        def read() -> Any:
            return action()

        read.before = partial(touch, self.world.fleets[0].pk)  # type: ignore[attr-defined]
        return read

    def poll(self, port: int, report: Report, rounds: int) -> None:
        """On its own: a page checks every three seconds, and all others between would make it a minute."""
        poll = self.reader(port, self.world.manager).poll(self.path)
        ratios(median_of(rounds * 3, {"B1": self.floor, "poll": poll}), report)(
            "poll", "B1", Goal(1.5, 1.1)
        )

    def moves(self, port: int, report: Report, rounds: int) -> None:
        from bench.acting import moving_actions, takes_at_once

        actions = moving_actions(port, self.world, self.sessions)
        p50 = median_of(rounds, {"B1": self.floor, **actions})
        ratio = ratios(p50, report)
        for name in actions:
            ratio(name, "B1", Goal(6, 4))
        answers = takes_at_once(port, self.world, self.sessions)
        report.line("50 takes at once: winners", answers.count(200), Goal(1, 1), "")
        report.line(
            "50 takes at once: neither 200 nor 409",
            len(answers) - sum(map(answers.count, (200, 409))),
            Goal(0, 0),
            "",
        )

    def grow(self, port: int, smaller: int, report: Report, rounds: int) -> None:
        from bench.reading import list_actions

        large = list_actions(self.reader(port, self.world.manager), self.path, self.world)
        small = list_actions(self.reader(smaller, self.world.manager), self.path, self.world)
        p50 = median_of(
            rounds, {**large, **{f"small {name}": action for name, action in small.items()}}
        )
        for name in large:
            report.line(
                f"ten times the jobs: {name}", p50[name] / p50[f"small {name}"], Goal(1.5, 1.2)
            )

    def move_many(self, report: Report) -> None:
        from bench.bulk import SELECTED, bulk_actions

        actions = bulk_actions(self.world)
        best = best_of(10, actions)
        for name in list(actions)[1:]:
            report.line(
                f"{name} of {SELECTED:,} ÷ one UPDATE of them",
                best[name] / best["floor of bulk"],
                Goal(4, 2),
            )


def ratios(p50: dict[str, float], report: Report) -> Callable[[str, str, Goal], None]:
    return lambda name, to, goal: report.line(f"{name} ÷ {to}", p50[name] / p50[to], goal)


def signed_in(person: Any) -> str:
    """The key of a session."""
    from django.test import Client

    browser = Client()
    browser.force_login(person)
    return browser.session.session_key


def connect(name: str) -> psycopg.Connection:
    from bench.server import url_of

    return psycopg.connect(url_of(name), autocommit=True, cursor_factory=psycopg.ClientCursor)


def copy_database(name: str, copy: str) -> None:
    from django.db import connection

    connection.close()
    with connect("postgres") as server:
        server.execute(f'DROP DATABASE IF EXISTS "{copy}"')
        server.execute(f'CREATE DATABASE "{copy}" TEMPLATE "{name}"')


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--jobs", type=int, default=1_000_000)
    parser.add_argument("--rounds", type=int, default=ROUNDS)
    return parser.parse_args()


if __name__ == "__main__":
    wanted = arguments()
    with database():
        main(wanted.jobs, wanted.rounds)
