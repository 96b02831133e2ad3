"""`./bin/drill`: what operators must be able to do on a bad day, done while people work."""

import argparse
import signal
import sys
from pathlib import Path
from typing import Any

from tests.drill import alerts, loss, release, rotation
from tests.drill.report import Report, show

PARTS = {"loss": loss, "rotation": rotation, "release": release, "alerts": alerts}


def main(wanted: argparse.Namespace) -> int:
    report = Report()
    for name in wanted.parts or PARTS:
        part = PARTS[name]
        with report.part(part.TITLE):
            part.run(report)
    if wanted.write:
        report.write(wanted.write)
    show("\nEverything holds." if report.is_clean else "\nNot everything holds.")
    return 0 if report.is_clean else 1


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="bin/drill", description=__doc__)
    parser.add_argument("parts", nargs="*", choices=[*PARTS, []], help="without names: all of it")
    parser.add_argument("--write", type=Path, help="the page that gets the tables")
    return parser.parse_args()


def end(*_: Any) -> None:
    """Once: a second signal would interrupt the taking down."""
    for sign in (signal.SIGTERM, signal.SIGINT):
        signal.signal(sign, signal.SIG_IGN)
    raise KeyboardInterrupt


if __name__ == "__main__":
    for sign in (signal.SIGTERM, signal.SIGINT):
        signal.signal(sign, end)
    try:
        sys.exit(main(arguments()))
    except KeyboardInterrupt:
        sys.exit(130)
