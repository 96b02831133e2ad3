"""Preview and confirmation of a file of 1,000 rows × 20 columns, against what cannot be saved of either."""

import argparse
import csv
import gc
import io
import random
import re
import tracemalloc
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path

from bench.measuring import Goal, Report, best_of, database

ROWS = 1_000
HEADER = (
    "license_plate vin custom_name vehicle_model_id brand fuel_type year_of_production vehicle_type transmission "
    "installation_variant central_lock_connection_type auto_immo_control driving_events damage_detection tracking "
    "planned_service_date location contact instructions external_reference"
).split()


def main(rounds: int) -> None:
    from tests.factories.accounts import FleetMembershipFactory
    from tests.factories.telematics import VehicleModelFactory

    as_in_a_web_worker()
    member = FleetMembershipFactory()
    models = [VehicleModelFactory().pk for _ in range(40)]
    bench = Bench(member.fleet, member.user, models, rounds)
    # First: later rounds would find the jobs of all earlier ones, with the same VINs.
    memory = bench.memory()
    resident = bench.resident()
    report = Report(f"Import of {ROWS:,} rows × {len(HEADER)} columns, as ratios to their floors")
    best = best_of(rounds, bench.actions())
    report.note(" · ".join(f"{name} {seconds * 1000:.1f} ms" for name, seconds in best.items()))
    report.line(
        "preview ÷ parse and validate", best["preview"] / best["parse and validate"], Goal(6, 3)
    )
    report.line(
        "preview, one cell in ten wrong ÷ parse, validate and name",
        best["wrong"] / best["parse, validate and name"],
        Goal(6, 3),
    )
    report.line(
        "confirm ÷ parse, validate, duplicates and COPY",
        best["confirm"] / best["floor"],
        Goal(5, 3),
    )
    for rows in (100, 1_000):
        previewed, confirmed = bench.statements(rows)
        report.line(f"statements of the preview of {rows:,} rows", previewed, Goal(20, 10), "")
        report.line(f"statements of the confirmation of {rows:,} rows", confirmed, Goal(20, 10), "")
    report.line("memory above what was there before: Python's", memory, Goal(50, 25), "MB")
    if resident is not None:
        report.line(
            "memory above what was there before: the process's", resident, Goal(50, 25), "MB"
        )
    report.leave()


def as_in_a_web_worker() -> None:
    """The collector's settings of config/gunicorn.py."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(50_000, 20, 20)


class Bench:
    def __init__(self, fleet, manager, models: list[str], rounds: int):
        from tests.factories.accounts import FleetFactory, FleetMembershipFactory

        self.fleet = fleet
        self.manager = manager
        self.models = models
        self.rounds = rounds
        # In the past, each row would have a warning.
        self.planned = str((datetime.now(UTC) + timedelta(days=30)).date())
        self.content, self.wrong = self.file(ROWS), self.file(ROWS, wrong=True)
        # Previews are measured where no VIN is known yet.
        self.empty = FleetMembershipFactory(user=manager, fleet=FleetFactory()).fleet

    def actions(self) -> dict:
        return {
            "parse and validate": partial(floor, self.content, set(self.models)),
            "parse, validate and name": partial(naming_floor, self.wrong, set(self.models)),
            "floor": self.copied,
            "preview": partial(self.previewed, self.content),
            "wrong": partial(self.previewed, self.wrong),
            "confirm": self.confirmed,
        }

    def previewed(self, content: bytes) -> None:
        """Read, checked and kept for the confirmation."""
        from jobs.models import JobImport

        JobImport.objects.preview(self.manager, fleet=self.empty, name="jobs.csv", content=content)

    def draft(self, content: bytes):
        from jobs.models import JobImport

        draft = JobImport.objects.preview(
            self.manager, fleet=self.fleet, name="jobs.csv", content=content
        )
        return JobImport.objects.select_related("fleet").get(pk=draft.pk)

    def confirmed(self) -> None:
        self.waiting.pop().confirm(by=self.manager)

    def copied(self) -> None:
        """The floor of the confirmation: the file read and judged, and its rows in the jobs' table,
        with nothing beside them.
        """
        from django.db import connection, transaction
        from django.utils import timezone

        from jobs.models import Job

        rows = floor(self.content, set(self.models))
        columns = {field.column: field for field in Job._meta.concrete_fields}
        sample = Job(
            fleet=self.fleet,
            created_by=self.manager,
            created_at=timezone.now(),
            updated_at=timezone.now(),
        )
        blank = {
            name: field.get_db_prep_save(getattr(sample, field.attname), connection)
            for name, field in columns.items()
        }
        with (
            transaction.atomic(),
            connection.cursor() as cursor,
            cursor.copy(f"COPY jobs_job ({', '.join(columns)}) FROM STDIN") as copy,
        ):
            for row in rows:
                cells = dict(zip(HEADER, row, strict=True))
                keys = {
                    name: columns[name].get_db_prep_save(key, connection)
                    for name, key in key_columns(cells)
                }
                copy.write_row((blank | cells | keys).values())

    @property
    def waiting(self) -> list:
        if not getattr(self, "_waiting", None):
            self._waiting = [self.draft(self.content) for _round in range(self.rounds)]
        return self._waiting

    def statements(self, rows: int) -> tuple[int, int]:
        """Of the preview and of the confirmation."""
        from django.db import connection
        from django.test.utils import CaptureQueriesContext

        content = self.file(rows)
        with CaptureQueriesContext(connection) as previewed:
            self.previewed(content)
        draft = self.draft(content)
        with CaptureQueriesContext(connection) as confirmed:
            draft.confirm(by=self.manager)
        return len(previewed), len(confirmed)

    def memory(self) -> float:
        tracemalloc.start()
        self.draft(self.content).confirm(by=self.manager)
        peak = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
        return peak / 1024 / 1024

    def resident(self) -> float | None:
        """What the process itself grows by at its peak, as Linux reports it; nothing elsewhere."""
        if not RESET.exists():
            return None
        self.draft(self.file(10)).confirm(by=self.manager)  # whatever is loaded once
        RESET.write_text("5")
        before = megabytes_of("VmRSS")
        self.draft(self.content).confirm(by=self.manager)
        return megabytes_of("VmHWM") - before

    def file(self, rows: int, *, wrong: bool = False) -> bytes:
        chance = random.Random(rows)
        out = io.StringIO()
        writer = csv.writer(out)
        writer.writerow(HEADER)
        for number in range(rows):
            row = self.row(number, chance)
            writer.writerow([f"{c}\x01" if wrong and chance.random() < 0.1 else c for c in row])
        return out.getvalue().encode()

    def row(self, number: int, chance: random.Random) -> list[str]:
        vin = "WVWZZZ" + "".join(chance.choices("ABCDEFGHJKLMNPRSTUVWXYZ0123456789", k=11))
        words = "PETROL 2024 CAR MANUAL WIRED SKM on off on off".split()
        notes = [f"Hall {number % 20}", f"+49 30 {number}", f"Keys {number}", f"PO-{number}"]
        return [
            f"B QX {number}",
            vin,
            f"Name {number}",
            chance.choice(self.models),
            "Audi",
            *words,
            self.planned,
            *notes,
        ]


RESET, STATUS = Path("/proc/self/clear_refs"), Path("/proc/self/status")


def megabytes_of(name: str) -> float:
    return int(re.search(rf"{name}:\s+(\d+)", STATUS.read_text())[1]) / 1024


def key_columns(cells: dict[str, str]) -> list[tuple[str, str]]:
    from core.ulid import new_ulid

    return [("id", new_ulid()), ("vehicle_model_id", cells["vehicle_model_id"])]


PRINTABLE = re.compile(r"[^\x00-\x1f\x7f-\x9f]*")
NOT_PRINTABLE = re.compile(r"[\x00-\x1f\x7f-\x9f]")
FLAGS, FEATURES = (
    {"on", "off", ""},
    ("auto_immo_control", "driving_events", "damage_detection", "tracking"),
)
RULES = {
    "license_plate": re.compile(r"(?:[^\W_]|[ .·•/-]){0,20}"),
    "vin": re.compile(r"[A-HJ-NPR-Z0-9]{17}"),
    "brand": re.compile(r"(?:[^\W_]|[ .,\-+/&'’()!]){0,100}"),
    "year_of_production": re.compile(r"19[89]\d|20\d\d"),
    "planned_service_date": re.compile(r"20\d\d-\d\d-\d\d"),
}


def floor(content: bytes, models: set[str]) -> list[list[str]]:
    """The least that reading and judging every cell of the file can cost: one access to each."""
    header, *rows = parsed(content)
    choices = choices_of(models)
    vins = set()
    for row in rows:
        for name, cell in zip(header, row, strict=True):
            allowed = choices.get(name)
            if not (cell in allowed if allowed else RULES.get(name, PRINTABLE).fullmatch(cell)):
                raise ValueError(cell)
        vins.add(row[1])
    if len(vins) != len(rows):
        raise ValueError("duplicates")
    return rows


def naming_floor(content: bytes, models: set[str]) -> list[tuple[int, str, str]]:
    """The same for a file with wrong cells: each is named, with its row, its column and what is wrong."""
    header, *rows = parsed(content)
    choices = choices_of(models)
    vins = set()
    wrong = []
    for number, row in enumerate(rows, start=2):
        for name, cell in zip(header, row, strict=True):
            allowed = choices.get(name)
            if not (cell in allowed if allowed else RULES.get(name, PRINTABLE).fullmatch(cell)):
                wrong.append((number, name, message(cell)))
        vins.add(row[1])
    if len(vins) != len(rows):
        raise ValueError("duplicates")
    return wrong


def message(cell: str) -> str:
    found = NOT_PRINTABLE.search(cell)
    if not found:
        return "This value is not allowed."
    return f"Character {found.start() + 1} is a control character (U+{ord(found[0]):04X})."


def parsed(content: bytes) -> Iterator[list[str]]:
    return csv.reader(io.StringIO(content.decode("utf-8-sig"), newline=""), strict=True)


def choices_of(models: set[str]) -> dict[str, set[str]]:
    return {
        "vehicle_model_id": models,
        "fuel_type": {"PETROL", "DIESEL", "ELECTRIC", ""},
        "vehicle_type": {"CAR", "VAN", ""},
        "transmission": {"MANUAL", "AUTOMATIC", ""},
        "installation_variant": {"WIRED", "OBD", ""},
        "central_lock_connection_type": {"SKM", "DIRECT", ""},
        **dict.fromkeys(FEATURES, FLAGS),
    }


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="bin/bench import", description=__doc__)
    parser.add_argument("--rounds", type=int, default=40, help="how often each is measured")
    return parser.parse_args()


if __name__ == "__main__":
    wanted = arguments()
    with database():
        main(wanted.rounds)
