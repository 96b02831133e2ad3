"""The release before is replaced by this one under load, and comes back."""

import json

from tests.drill.machine import BESIDE, THIS, WEBS, Machine, Release
from tests.drill.report import Report, expect
from tests.drill.scene import Scene
from tests.drill.workday import PATIENCE, Workday
from tests.upgrade import before

TITLE = "A release comes and goes under load"
# The torture's people of a release before may have no programs: these are two of each fleet.
PROGRAMS = """
import json, os, django
os.environ["DJANGO_SETTINGS_MODULE"] = "config.settings"
django.setup()
from accounts.models import ApiClient, Fleet
rights = {
    "Vehicles": ["vehicles:read", "vehicles:write", "commands:read", "commands:write"],
    "Orders": ["jobs:read", "jobs:write"],
}
found = []
for fleet in Fleet.objects.all():
    for name, scopes in rights.items():
        client, secret = ApiClient.objects.issue(
            fleet=fleet, name=f"Drill {name}", scopes=scopes, by=None
        )
        found.append(
            {"fleet": fleet.pk, "name": name, "client_id": client.client_id, "secret": secret}
        )
print(json.dumps(found))
"""
WORKED = {
    "open_page": 15, "take": 1, "create_many": 1, "edit_vehicle": 1, "create_job": 1,
}  # fmt: skip


def run(report: Report) -> None:
    with Scene() as scene:
        old = Release("before", before.unpack(scene.home / "before"))
        with report.step(f"the release before ({before.COMMIT[:7]}) is set up"):
            scene.prepare(old)
            scene.people["programs"] = json.loads(scene.machine.run(old, "-c", PROGRAMS))
            scene.start(old)
        with scene.workday() as day:
            change = Change(report, scene, day)
            change.people_work("on the release before")
            change.install()
            change.people_work("on the release before, with the tables of this one")
            change.workers("workers of this release", THIS)
            change.webs("webs of this release", THIS)
            change.people_work("on this release")
            change.webs("back: webs of the release before", old)
            change.workers("back: workers of the release before", old)
            change.people_work("on the release before again")
            change.workers("workers of this release once more", THIS)
            change.webs("webs of this release once more", THIS)
            change.people_work("on this release")
            with report.step("nobody was signed out, and nobody saw an error") as step:
                day.end()
                expect(day.faults(), scene.machine.faults())
                step.result = f"{day.requests} requests, {day.acknowledged} actions acknowledged"


class Change:
    """By docs/operation/deploy.md."""

    def __init__(self, report: Report, scene: Scene, day: Workday):
        self.report, self.day = report, day
        self.machine: Machine = scene.machine
        self.home = scene.home

    def check(self) -> None:
        expect(self.day.faults(), self.machine.faults())

    def people_work(self, where: str) -> None:
        with self.report.step(f"people work {where}") as step:
            began = self.day.acknowledged
            self.day.wait_for_more(WORKED, PATIENCE)
            step.result = f"{self.day.acknowledged - began} actions acknowledged"
        self.check()

    def install(self) -> None:
        with self.report.step("backup, by the release before it where it has the command") as step:
            made = self.machine.manage(THIS, "backup", str(self.home / "before.tar"))
            step.result = made.partition(": ")[2].strip()
        with self.report.step("migrate and collectstatic of this release, while they work"):
            self.machine.manage(THIS, "migrate", "-v0")
            self.machine.manage(THIS, "collectstatic", "--noinput", "-v0")
        self.check()

    def webs(self, text: str, release: Release) -> None:
        with self.report.step(f"{text}, one after the other"):
            for web in WEBS:
                self.machine.restart(release, web)
        self.check()

    def workers(self, text: str, release: Release) -> None:
        with self.report.step(f"{text}, with beat and relay"):
            self.machine.restart(release, *BESIDE)
        self.check()
