"""What phones cost that check for changes: a check with nothing new, and a page of FleetControl beside 100 phones.

`bin/bench phone`; `--jobs 50000 --rounds 10` for a quick look.
"""

import argparse
import heapq
import itertools
import multiprocessing
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any

from bench.browser import Browser, expect, request
from bench.measuring import Goal, Report, database, median_of

ROUNDS, PHONES = 60, 100
API = "/api/smartcontrol/v1/"
ON_PHONE = 500  # jobs, about
# In seconds: how often the app checks its list and the open job, and how often a job where a test runs, as `Poll-After`
# says. Of every five phones one stands at such a job.
USUALLY, SOON, OF_THEM_SOON = 15, 2, 5

Call = Callable[[], Any]


class Bench:
    def __init__(self, jobs: int):
        from django.db import connection

        from bench.list import signed_in
        from bench.rows import fill
        from bench.world import World

        self.world = World(fleets=100, companies=50)
        with connection.cursor() as cursor:
            fill(cursor, jobs, **self.world.ids)
            cursor.execute("VACUUM ANALYZE jobs_job")
        self.database = connection.settings_dict["NAME"]
        self.manager = signed_in(self.world.manager)
        self.team, self.on_phone = self._team()
        self.sessions = [(person.pk, signed_in(person)) for person in self.team]
        self.path = f"/fleetcontrol/{self.world.fleets[0].pk}/jobs/installation/"

    def _team(self) -> tuple[list[Any], int]:
        """The people of the company that has about so many jobs as a phone keeps, and how many these are."""
        from bench.world import TEAM
        from jobs.models import Job

        sizes = {
            n: Job.objects.in_company(company).to_keep_on_phone().count()
            for n, company in enumerate(self.world.companies)
        }
        nearest = min(sizes, key=lambda n: abs(sizes[n] - ON_PHONE))
        return self.world.people[nearest * TEAM : (nearest + 1) * TEAM], sizes[nearest]

    def page(self, port: int) -> tuple[Call, Call]:
        """The manager's list, and B1 of its size."""
        browser, cookie = Browser(port), f"sessionid={self.manager}"
        wanted = request(self.path, Cookie=cookie)
        size = len(expect(browser.send(wanted), 200).body)
        floor = request(f"/bench/b1/{size}/", Cookie=cookie)
        return (
            lambda: expect(browser.send(wanted), 200),
            lambda: expect(browser.send(floor), 200),
        )


def checks_of(port: int, person: int, session: str) -> tuple[bytes, bytes]:
    """A phone's two checks for changes: of its list, and of the newest job that it has."""
    browser = Browser(port)
    headers = {"Cookie": f"sessionid={session}", "X_Person": str(person)}

    def with_tag(path: str) -> tuple[bytes, Any]:
        found = expect(browser.send(request(path, **headers)), 200)
        tag = found.header("ETag")
        return request(path, If_None_Match=tag, **headers), found

    index, found = with_tag(f"{API}jobs/index/")
    job, _sheet = with_tag(f"{API}jobs/{found.json()[0][0]}/")
    return index, job


def poll(port: int, phones: Sequence[tuple[bytes, bytes]]) -> None:
    """Check again and again, as phones do that are open at the same time. Never returns."""
    browser, number = Browser(port), itertools.count()
    due: list[tuple[float, int, float, bytes]] = []
    for n, (index, job) in enumerate(phones):
        for every, wanted in (
            (USUALLY, index),
            (USUALLY if n % OF_THEM_SOON else SOON, job),
        ):
            first = time.monotonic() + every * n / len(phones)
            heapq.heappush(due, (first, next(number), every, wanted))
    while True:
        at, _n, every, wanted = heapq.heappop(due)
        time.sleep(max(0, at - time.monotonic()))
        expect(browser.send(wanted), 304)
        heapq.heappush(due, (max(at + every, time.monotonic()), next(number), every, wanted))


@contextmanager
def polling(port: int, checks: Sequence[tuple[bytes, bytes]]) -> Iterator[None]:
    """A hundred phones in a process of their own."""
    phones = list(itertools.islice(itertools.cycle(checks), PHONES))
    process = multiprocessing.get_context("spawn").Process(
        target=poll, args=(port, phones), daemon=True
    )
    process.start()
    time.sleep(2)
    try:
        yield
        if not process.is_alive():
            raise RuntimeError("The phones have stopped: a check was not answered with 304.")
    finally:
        process.terminate()
        process.join()


def main(jobs: int, rounds: int) -> None:
    from bench.server import cache, serving

    bench = Bench(jobs)
    report = Report(f"{PHONES} phones with {bench.on_phone} jobs each, as ratios")
    with cache(), serving(bench.database) as port:
        page, floor = bench.page(port)
        checks = [checks_of(port, *session) for session in bench.sessions]
        browser = Browser(port)
        index, job = checks[0]
        p50 = median_of(
            rounds,
            {
                "B1": floor,
                "list": lambda: expect(browser.send(index), 304),
                "job": lambda: expect(browser.send(job), 304),
            },
        )
        report.note(" · ".join(f"{name} {p50[name] * 1000:.1f} ms" for name in p50))
        report.line("check of a job, 304 ÷ B1", p50["job"] / p50["B1"], Goal(1.3, 1.1))
        report.line("check of the list, 304 ÷ B1", p50["list"] / p50["B1"], Goal(1.3, 1.1))
        beside(port, report, rounds, page, checks)
    report.leave()


def beside(
    port: int,
    report: Report,
    rounds: int,
    page: Call,
    checks: Sequence[tuple[bytes, bytes]],
) -> None:
    """The page alone and beside the phones in turn, so that whatever else the machine does meets both."""
    alone, among = [], []
    for _turn in range(3):
        alone.append(median_of(rounds, {"page": page})["page"])
        with polling(port, checks):
            among.append(median_of(rounds, {"page": page})["page"])
    report.note(f"page alone {min(alone) * 1000:.1f} ms · beside {min(among) * 1000:.1f} ms")
    report.line(f"page beside {PHONES} phones ÷ without", min(among) / min(alone), Goal(1.5, 1.1))


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--jobs", type=int, default=200_000)
    parser.add_argument("--rounds", type=int, default=ROUNDS)
    return parser.parse_args()


if __name__ == "__main__":
    wanted = arguments()
    with database():
        main(wanted.jobs, wanted.rounds)
