"""Whether two versions answer the same: `./bin/bench answers --tree PATH [--world FILE]`.

PATH is a checkout of the older version. It builds the demo world in an SQLite database; this
version migrates a copy. Then each version answers the same requests on its own database, and the
answers are compared byte for byte: every read of both APIs by every demo login, what is refused,
and dry runs of the import. Texts may differ and are counted; nothing else may.

`--world FILE` keeps the demo world, or reads the one that is there. `--show NUMBER` limits the
differences that are shown, `--login EMAIL` the people who ask.
"""

import argparse
import base64
import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

HERE = Path(__file__).resolve().parent.parent
PASSWORD = "installer-jobs-demo"  # noqa: S105 - of the demo world
CLIENT_ID = "appdrive-demo"
SMARTCONTROL = "/api/smartcontrol/v1/"
ONEAPI = "/api/oneapi/v1/"
MISSING_JOB = "01J00000000000000000000000"
FOREIGN_JOBS = 10  # of each login, beside all jobs that it sees
# What people read. Texts may change from one version to the next.
TEXTS = {
    "title",
    "detail",
    "label",
    "text",
    "hint",
    "message",
    "suggestion",
    "error",
    "reason",
    "errors",
}
CODE = re.compile(r"[A-Z_]+|[a-z_]+")  # a `reason` or `error` that is a word of the API and no text


# --- the two versions ---------------------------------------------------------------------------------------------
class Version:
    """One checkout with a database of its own."""

    def __init__(self, tree: Path, place: Path):
        self.tree = tree
        self.var = place
        (place / "static").mkdir(parents=True)
        self.database = place / "world.sqlite3"

    def manage(self, *words: str) -> None:
        self.run("manage.py", *words)

    def answers(self, logins: list[str]) -> dict[str, dict]:
        found = self.var / "answers.json"
        chosen = [word for login in logins for word in ("--login", login)]
        self.run("-P", str(HERE / "bench" / "answers.py"), "--record", str(found), *chosen)
        return json.loads(found.read_text())

    def run(self, *words: str) -> None:
        done = subprocess.run(
            [sys.executable, *words], cwd=self.tree, env=self.environment(), text=True
        )
        if done.returncode:
            sys.exit(f"{' '.join(words)} failed in {self.tree}.")

    def environment(self) -> dict[str, str]:
        inherited = {
            name: value for name, value in os.environ.items() if name in ("PATH", "HOME", "LANG")
        }
        return {
            **inherited,
            "ALLOWED_HOSTS": "testserver",
            "BASE_URL": "http://127.0.0.1:8000",
            "BROKER_URL": "memory://",
            "CACHE_URL": "locmem://",
            "DATABASE_URL": f"sqlite:///{self.database}",
            "DEMO": "true",
            "DEMO_PASSWORD": PASSWORD,
            "DJANGO_SETTINGS_MODULE": "config.settings",
            "EMAIL_URL": "dummymail://",
            "LOG_LEVEL": "ERROR",
            "PYTHONPATH": str(self.tree),
            "SECRET_KEY": "the same for both versions, because cursors are signed with it",
            "TELEMATICS_GATEWAY": "telematics.simulator.gateway.SimulatorGateway",
            "VAR_DIR": str(self.var),
        }


def build_world(older: Version, kept: Path | None) -> None:
    """Fill the older version's database, with the kept world if there is one."""
    if kept and kept.exists():
        shutil.copy(kept, older.database)
        return
    older.manage("migrate", "--verbosity=0")
    older.manage("demo")
    leave_one_file(older.database)
    if kept:
        shutil.copy(older.database, kept)


def leave_one_file(database: Path) -> None:
    """Move what is in SQLite's write-ahead log into the database, so that one file can be copied."""
    import sqlite3

    connection = sqlite3.connect(database)
    connection.execute("PRAGMA journal_mode=DELETE")
    connection.close()


# --- recording, in the process of one version -----------------------------------------------------------------------
class Recorder:
    """Sends requests, one login after the other, and keeps what is answered."""

    def __init__(self) -> None:
        self.answers: dict[str, dict] = {}
        self.login = ""
        self.headers: dict[str, str] = {}

    def get(self, path: str, **headers: str) -> Any:
        return self.send("get", path, headers=headers)

    def send(
        self,
        method: str,
        path: str,
        data: Any = None,
        *,
        name: str = "",
        headers: dict | None = None,
    ) -> Any:
        from django.test import Client

        client = Client(raise_request_exception=False)
        response = getattr(client, method)(path, data, headers={**self.headers, **(headers or {})})
        call = f"{self.login} {method.upper()} {path} {name or headers or ''}".rstrip()
        kept = ("Content-Type", "ETag", "Cache-Control", "Retry-After", "WWW-Authenticate", "Allow")
        self.answers[call] = {
            "status": response.status_code,
            "headers": {header: response[header] for header in kept if header in response},
            "body": normalised(response.content.decode()),
        }
        return response.json() if response.content else None


def normalised(body: str) -> str:
    return re.sub(r'("flow_id": ?)"[^"]*"', r'\1"…"', body)


def record(to: Path, logins: list[str]) -> None:
    import django

    django.setup()
    recorder = Recorder()
    record_smartcontrol(recorder, logins)
    record_oneapi(recorder)
    to.write_text(json.dumps(recorder.answers, ensure_ascii=False))


def record_smartcontrol(recorder: Recorder, logins: list[str]) -> None:
    from accounts.models import User
    from jobs.models import Job
    from telematics.models import Command, Vehicle

    every_job = list(Job.objects.order_by("pk").values_list("pk", flat=True))
    vehicles = list(Vehicle.objects.order_by("pk").values_list("pk", flat=True))
    commands = list(Command.objects.order_by("pk").values_list("pk", "vehicle_id"))
    everybody = User.objects.filter(is_demo=True).order_by("pk").values_list("email", flat=True)
    for login in logins or everybody:
        recorder.login = login
        recorder.headers = {"X-Session-Token": session_token(login)}
        seen = record_lists(recorder)
        foreign = [key for key in every_job if str(key) not in seen]
        for key in [*sorted(seen), *foreign[:: max(1, len(foreign) // FOREIGN_JOBS)], MISSING_JOB]:
            record_job(recorder, str(key))
        for key in [*vehicles, "ZZZZZ"]:
            recorder.get(f"{SMARTCONTROL}vehicles/{key}/state/")
        for command, vehicle in commands[:: max(1, len(commands) // 50)]:
            recorder.get(f"{SMARTCONTROL}vehicles/{vehicle}/commands/{command}/")
        record_refusals(recorder)
    for login, headers in (("nobody", {}), ("a wrong token", {"X-Session-Token": "wrong"})):
        recorder.login = login
        recorder.headers = headers
        record_refusals(recorder)


def session_token(login: str) -> str:
    from django.test import Client

    path = "/_allauth/app/v1/auth/login"
    answer = Client().post(
        path, {"email": login, "password": PASSWORD}, content_type="application/json"
    )
    return answer.json()["meta"]["session_token"]


def record_lists(recorder: Recorder) -> set[str]:
    """The person's lists, page by page, and back again; the ids of all jobs that they see."""
    recorder.get(f"{SMARTCONTROL}me/")
    recorder.get(f"{SMARTCONTROL}jobs/counts/")
    for query in ("", "?page_size=10", "?search=golf", "?search=v"):
        pages(recorder, f"{SMARTCONTROL}vehicle-models/{query}")
    rows = pages(recorder, f"{SMARTCONTROL}jobs/")
    pages(recorder, f"{SMARTCONTROL}jobs/?page_size=7")
    for category in ("available", "mine", "running", "finished"):
        pages(recorder, f"{SMARTCONTROL}jobs/?category={category}")
    for row in rows[:3]:
        for word in (row["license_plate"], (row["vin"] or "")[-6:], row["custom_name"]):
            recorder.get(f"{SMARTCONTROL}jobs/?search={word}")
    fleets = {row["fleet"]["fleet_id"]: row["fleet"]["provider"]["provider_id"] for row in rows}
    for fleet, provider in sorted(fleets.items()):
        recorder.get(f"{SMARTCONTROL}jobs/?fleet={fleet}&category=finished")
        recorder.get(f"{SMARTCONTROL}jobs/?provider={provider}&page_size=5")
    return {row["id"] for row in rows}


def pages(recorder: Recorder, path: str) -> list[dict]:
    rows: list[dict] = []
    last = None
    while path:
        answer = recorder.get(path)
        if "results" not in answer:
            return rows
        rows += answer["results"]
        last = answer["previous"]
        path = answer["next"]
    if last:
        recorder.get(last)
    return rows


def record_job(recorder: Recorder, key: str) -> None:
    job = f"{SMARTCONTROL}jobs/{key}/"
    for path in (job, f"{job}tests/", f"{job}tests/?attempts=all", f"{job}tests/?attempts=latest"):
        recorder.get(path)


def record_refusals(recorder: Recorder) -> None:
    """Requests that are wrong, and calls that write nothing because they are refused."""
    for path in (
        "",
        "me",
        "me/",
        "nothing/",
        "jobs/",
        "jobs/nothing/",
        "jobs/counts/",
        "vehicle-models/",
        "jobs/?cursor=x",
        "jobs/?page_size=0",
        "jobs/?page_size=101",
        "jobs/?page_size=x",
        "jobs/?category=x",
        "jobs/?fleet=nothing",
        "jobs/?search=",
        f"jobs/?search={'x' * 101}",
        "vehicle-models/?cursor=x",
        f"jobs/{MISSING_JOB}/",
        f"jobs/{MISSING_JOB}/tests/?attempts=x",
        "vehicles/AAAAA/state/",
        "vehicles/AAAAA/commands/x/",
    ):
        recorder.get(SMARTCONTROL + path)
    recorder.get(f"{SMARTCONTROL}me/", Accept="application/xml")
    for method, path in (
        ("put", "me/"),
        ("delete", "jobs/"),
        ("post", "jobs/counts/"),
        ("patch", "nothing/"),
    ):
        recorder.send(method, SMARTCONTROL + path)
    for path in (
        "assignment/",
        "handback/",
        "access/",
        "outcome/",
        "tests/",
        "tests/CENTRAL_LOCK/confirmation/",
    ):
        recorder.send("post", f"{SMARTCONTROL}jobs/{MISSING_JOB}/{path}")
    recorder.send("put", f"{SMARTCONTROL}jobs/{MISSING_JOB}/unit/")
    recorder.send("patch", f"{SMARTCONTROL}jobs/{MISSING_JOB}/fields/")


FILES = {
    "good.csv": "vin,license_plate,custom_name,location\nWVWZZZ1KZAW000123,B AB 123,Bus,Depot\n,B AB 124,,\n",
    "bad.csv": "vin,license_plate,fuel_type,year_of_production,tracking\nWVW,,WATER,1900,perhaps\n,,,,\n",
    "unknown-column.csv": "vin,colour\nWVWZZZ1KZAW000123,red\n",
    "no-header.csv": "",
}
OPTIONS: tuple[dict[str, str], ...] = (
    {},
    {"valid_rows_only": "true"},
    {"template_id": "nothing"},
    {"assigned_installer_company_id": "AAAAA"},
)


def record_oneapi(recorder: Recorder) -> None:
    from django.core.files.uploadedfile import SimpleUploadedFile

    for login, headers in (
        ("machine", {"Authorization": f"Bearer {access_token()}"}),
        ("no machine", {}),
    ):
        recorder.login = login
        recorder.headers = headers
        for path in ("", "nothing", "job-imports", "job-imports/"):
            recorder.get(ONEAPI + path)
        for name, content in FILES.items():
            for options in OPTIONS:
                file = SimpleUploadedFile(name, content.encode())
                form = {"file": file, "dry_run": "true", **options}
                recorder.send("post", f"{ONEAPI}job-imports", form, name=f"{name} {options}")
        recorder.send("post", f"{ONEAPI}job-imports", {"dry_run": "true"}, name="no file")
        recorder.send(
            "post", f"{ONEAPI}job-imports", {"dry_run": "perhaps", "colour": "red"}, name="bad form"
        )
        recorder.send(
            "post",
            f"{ONEAPI}job-imports",
            {"file": SimpleUploadedFile("a.csv", b"vin\n")},
            name="no key",
        )


def access_token() -> str:
    from django.test import Client

    secret = base64.b64encode(f"{CLIENT_ID}:{PASSWORD}".encode()).decode()
    call = {"grant_type": "client_credentials", "scope": "jobs:read jobs:write"}
    return (
        Client()
        .post("/oauth/token", call, headers={"Authorization": f"Basic {secret}"})
        .json()["access_token"]
    )


# --- comparing ------------------------------------------------------------------------------------------------------
def compare(old: dict[str, dict], new: dict[str, dict], show: int) -> int:
    """Print what differs; the number of answers that differ in more than texts."""
    changed: list[str] = []
    texts: dict[str, None] = {}
    for call in [*old, *(call for call in new if call not in old)]:
        if old.get(call) == new.get(call):
            continue
        found = list(differences(old.get(call), new.get(call)))
        serious = [line for line, is_text in found if not is_text]
        if serious or not found:
            changed.append("\n    ".join([call, *(serious or ["the order of its members"])]))
        texts |= {line: None for line, is_text in found if is_text}
    by_status = Counter(answer["status"] for answer in old.values())
    print(f"{len(old)} answers by status: {dict(sorted(by_status.items()))}")
    print(f"{len(changed)} differ in more than texts, {len(texts)} texts differ.")
    for line in changed[:show]:
        print(f"  {line}")
    for line in list(texts)[:show]:
        print(f"  text: {line}")
    return len(changed)


def differences(old: dict | None, new: dict | None) -> Iterator[tuple[str, bool]]:
    """Each difference in words, and whether it is one of texts."""
    if old is None or new is None:
        yield "called in one version only", False
        return
    for name in ("status", "headers"):
        if old[name] != new[name]:
            yield f"{name}: {old[name]} → {new[name]}", False
    try:
        yield from differing(json.loads(old["body"]), json.loads(new["body"]), "")
    except ValueError:
        if old["body"] != new["body"]:
            yield "the body, which is no JSON", False


def differing(old: Any, new: Any, path: str) -> Iterator[tuple[str, bool]]:
    if isinstance(old, dict) and isinstance(new, dict) and list(old) == list(new):
        for name in old:
            yield from differing(old[name], new[name], f"{path}.{name}")
    elif isinstance(old, list) and isinstance(new, list) and len(old) == len(new):
        for number, (before, after) in enumerate(zip(old, new, strict=True)):
            yield from differing(before, after, f"{path}[{number}]")
    elif old != new:
        yield f"{path}: {old!r} → {new!r}", is_text(path, old, new)


def is_text(path: str, old: Any, new: Any) -> bool:
    if not isinstance(old, str) or not isinstance(new, str):
        return False
    names = set(re.findall(r"\w+", path))
    return bool(names & TEXTS) and not CODE.fullmatch(old) and not CODE.fullmatch(new)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--tree", type=Path, help="a checkout of the older version")
    parser.add_argument(
        "--world", type=Path, help="an SQLite file that keeps the demo world between two runs"
    )
    parser.add_argument("--show", type=int, default=20, help="how many differences are shown")
    parser.add_argument(
        "--login", action="append", default=[], help="one demo login; repeat it for more"
    )
    parser.add_argument("--record", type=Path, help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.record:
        record(options.record, options.login)
        return
    if options.tree is None:
        print("answers: nothing to compare with; name an older checkout with --tree.")
        return
    with tempfile.TemporaryDirectory() as place:
        older = Version(options.tree.resolve(), Path(place) / "older")
        newer = Version(HERE, Path(place) / "newer")
        build_world(older, options.world)
        shutil.copy(older.database, newer.database)
        newer.manage("migrate", "--verbosity=0")
        changed = compare(older.answers(options.login), newer.answers(options.login), options.show)
    sys.exit(1 if changed else 0)


if __name__ == "__main__":
    main()
