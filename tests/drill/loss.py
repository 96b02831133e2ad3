"""Everything is lost, and a backup is restored elsewhere."""

import json
import shutil
import time
from pathlib import Path

import psycopg

from tests.drill.machine import BESIDE, THIS, WEBS
from tests.drill.report import Failed, Report, expect
from tests.drill.scene import Scene
from tests.drill.workday import PATIENCE, Workday
from tests.torture.invariants import INVARIANTS, photos_in, prepare

TITLE = "Total loss, and a restore elsewhere"
KEPT_ELSEWHERE = ("SECRET_KEY", "FIELD_KEYS", "METRICS_TOKEN")
# What is acknowledged before the backup begins, each so often at least.
BEFORE = {"take": 5, "add_photo": 4, "fill_in": 4, "create_many": 2, "add_vehicle": 4}
AFTER = 10  # seconds in which people go on after the backup
SEARCHES = ("acknowledged", "photos have their files")


def run(report: Report) -> None:
    with Scene() as scene:
        with report.step("a machine with two webs, three workers, beat and relay is set up"):
            scene.prepare()
            scene.start()
        with scene.workday() as day:
            with report.step("people work") as step:
                day.wait_until(BEFORE, PATIENCE)
                step.result = f"{day.acknowledged} actions acknowledged"
            backup = scene.home / "fleet.tar"
            began = time.time()
            with report.step("backup, while they work on") as step:
                step.result = scene.machine.manage(THIS, "backup", str(backup)).partition(": ")[2]
                step.result = step.result.strip()
            time.sleep(AFTER)
        expect(day.faults(), scene.machine.faults())
        visitors = signed_in(day)
        lose(report, scene)
        restore(report, scene, backup)
        compare(report, scene, began)
        go_on(report, scene, visitors)


def signed_in(day: Workday) -> list[dict[str, str]]:
    """What shows the product who somebody is: of phones their token, of browsers their cookies."""
    found = []
    for player in day.players:
        if phone := getattr(player, "phone", None):
            found.append({"X-Session-Token": phone.client.headers["X-Session-Token"]})
        elif client := getattr(player, "client", None):
            cookies = "; ".join(f"{one.name}={one.value}" for one in client.cookies.jar)
            found.append({"Cookie": cookies})
    return found


def lose(report: Report, scene: Scene) -> None:
    machine, home = scene.machine, scene.machine.var.parent
    with report.step("total loss: processes killed, database, files, cache and queues deleted"):
        machine.kill()
        scene.nginx.__exit__()
        scene.valkey.kill()
        scene.broker.leave()
        scene.database.execute(f"DROP DATABASE {scene.name} WITH (FORCE)")
        shutil.rmtree(home)


def restore(report: Report, scene: Scene, backup: Path) -> None:
    """By docs/operation/backup.md."""
    kept = {name: scene.machine.settings[name] for name in KEPT_ELSEWHERE}
    began = time.monotonic()
    with report.step("another machine: other database, VAR_DIR, virtual host, cache and ports"):
        scene.machine = machine = scene.new_machine(**kept)
    with report.step("restore --check, restore, migrate, collectstatic, check --deploy") as step:
        machine.manage(THIS, "restore", "--check", str(backup))
        step.result = machine.manage(THIS, "restore", str(backup)).strip()
        machine.manage(THIS, "migrate", "-v0")
        machine.manage(THIS, "collectstatic", "--noinput", "-v0")
        machine.manage(THIS, "check", "--deploy")
    with report.step("start of all processes, until /readyz is 200") as step:
        machine.start(THIS, *WEBS, *BESIDE)
        step.result = f"{time.monotonic() - began:.0f} s after the loss"


def compare(report: Report, scene: Scene, began: float) -> None:
    """By the statements of the torture on what was acknowledged, which know none of the product's code."""
    with report.step("what was acknowledged before the backup is there") as step:
        lines = [*_lines(scene.home / "ledger.jsonl", began)]
        number = sum(line["what"] == "kept" for line in lines)
        photos = list(photos_in(scene.machine.var / "photos"))
        missing = []
        with psycopg.connect(scene.administrator) as connection:
            prepare(connection, lines, [], photos)
            for invariant in INVARIANTS:
                if invariant.name.startswith(SEARCHES):
                    rows = connection.execute(invariant.sql.encode()).fetchall()
                    missing += [f"{invariant.name}: {row}" for row in rows]
        expect(missing)
        if not number or not photos:
            raise Failed("nothing was acknowledged, or no photo was added")
        step.result = f"{number} actions, {len(photos)} photos; nothing is missing"


def _lines(ledger: Path, began: float) -> list[dict]:
    """All that was sent, and of what was acknowledged that before the backup began."""
    found = [json.loads(line) for line in ledger.read_text().splitlines()]
    return [line for line in found if line["what"] == "sent" or line["at"] < began]


def go_on(report: Report, scene: Scene, visitors: list[dict[str, str]]) -> None:
    with report.step("everybody is still signed in") as step:
        for visitor in visitors:
            api = "X-Session-Token" in visitor
            path = "/api/smartcontrol/v1/me/" if api else "/accounts/profile/"
            status, _headers, _body = scene.nginx.ask("GET", path, **visitor)
            if status != 200:
                raise Failed(f"{path} answered {status}")
        step.result = f"{len(visitors)} phones and browsers"
    with report.step("people work there") as step, scene.workday() as day:
        day.wait_until({"take": 3, "succeed": 1}, PATIENCE)
        step.result = f"{day.acknowledged} actions acknowledged"
    expect(day.faults(), scene.machine.faults())
