"""Fresh starts of the web under ten concurrent writers on PostgreSQL: none may hang. `--starts 10` for a quick look.

`--workers` as WEB_WORKERS; BROKER_URL and CACHE_URL as `--broker` and `--cache`, else in memory.
"""

import argparse
from collections import Counter

from bench.measuring import Goal, Report, database


def main(wanted: argparse.Namespace) -> None:
    from tests.starts import WRITERS, Writers

    report = Report(
        f"{wanted.starts} fresh starts of the web, each under {WRITERS} concurrent writers"
    )
    variables = {
        "WEB_WORKERS": str(wanted.workers),
        "BROKER_URL": wanted.broker,
        "CACHE_URL": wanted.cache,
    }
    writers, statuses, slowest, hung = Writers(), Counter(), 0.0, 0
    for number in range(1, wanted.starts + 1):
        start = writers.meet(**variables)
        statuses.update(start.statuses)
        slowest = max(slowest, start.slowest)
        if start.hung:
            hung += 1
            report.note(f"start {number}: {start.hung} requests were not answered")
    report.note(f"answers: {dict(statuses)}; the slowest writer waited {slowest:.1f} s")
    report.line("starts that hung", hung, Goal(0, 0), "")
    report.line("answers other than 200", statuses.total() - statuses[200], Goal(0, 0), "")
    report.leave()


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--starts", type=int, default=100)
    parser.add_argument("--workers", type=int, default=1)
    parser.add_argument("--broker", default="memory://")
    parser.add_argument("--cache", default="locmem://")
    return parser.parse_args()


if __name__ == "__main__":
    wanted = arguments()
    with database():
        main(wanted)
