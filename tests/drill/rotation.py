"""Every secret is replaced while people work, by docs/operations.md. Nobody is signed out."""

import json
import secrets
import time

from tests.drill.machine import THIS, WEBS
from tests.drill.report import Failed, Report, expect
from tests.drill.scene import Scene, field_key, secret_key
from tests.drill.servers import OWNER, SECOND, password
from tests.drill.workday import PATIENCE, Workday

TITLE = "Every secret is replaced while people work"
WORKED = {"take": 1, "create_many": 1, "edit_vehicle": 1, "open_page": 15}
# Which keys seal what is stored: an event consumer that any other key has sealed cannot be opened.
SECRETS = """
from accounts.models import EventConsumer
print([consumer.secrets for consumer in EventConsumer.objects.filter(kind="WEBHOOK")])
"""
KEYS_OF_TOKENS = """
from django.conf import settings
import json
print(json.dumps([name for name in dir(settings) if "PRIVATE_KEY" in name and getattr(settings, name)]))
"""


def run(report: Report) -> None:
    with Scene() as scene:
        with report.step("a machine with two webs, three workers, beat and relay is set up"):
            scene.prepare()
            scene.add_consumer()
            scene.start()
        with scene.workday() as day:
            rotation = Rotation(report, scene, day)
            rotation.everybody_works()
            rotation.add_new_ones()
            rotation.use_new_ones()
            rotation.everybody_works()
            rotation.close_former_ones()
            rotation.everybody_works()
            with report.step("nobody was signed out, and nobody saw an error") as step:
                day.end()
                expect(day.faults(), scene.machine.faults(), scene.hook.faults)
                step.result = (
                    f"{day.requests} requests, {day.acknowledged} actions acknowledged, "
                    f"{scene.hook.verified} webhooks verified with the secret from before"
                )


class Rotation:
    def __init__(self, report: Report, scene: Scene, day: Workday):
        self.report, self.scene, self.day = report, scene, day
        self.machine = scene.machine
        self.settings = scene.machine.settings

    def everybody_works(self) -> None:
        """Everybody has used their session, and webhooks arrive."""
        with self.report.step("people work") as step:
            self.day.wait_for_more(WORKED, PATIENCE)
            hook, until = self.scene.hook, time.monotonic() + PATIENCE
            before = hook.verified
            while hook.verified == before:
                if time.monotonic() > until:
                    raise Failed("no webhook arrives")
                time.sleep(0.2)
            step.result = f"{self.day.acknowledged} actions acknowledged"

    def roll(self, text: str) -> None:
        with self.report.step(f"{text}; every process is restarted, one web after the other"):
            self.machine.roll(THIS)
        expect(self.day.faults(), self.machine.faults(), self.scene.hook.faults)

    def add_new_ones(self) -> None:
        """What is made with a new key is understood everywhere before anybody makes it."""
        database, broker = self.scene.database, self.scene.broker
        self.old, self.new = (
            dict(self.settings),
            {
                "SECRET_KEY": secret_key(),
                "FIELD_KEYS": field_key(),
                "METRICS_TOKEN": secrets.token_urlsafe(32),
            },
        )
        self.sealed = self.machine.manage(THIS, "shell", "-v0", "-c", SECRETS)
        with self.report.step("second logins of the database and of the broker"):
            secret = password()
            database.execute(f"CREATE ROLE {SECOND} LOGIN PASSWORD '{secret}' IN ROLE {OWNER}")
            database.execute(f"ALTER ROLE {SECOND} SET role TO {OWNER}")
            self.settings["DATABASE_URL"] = database.url_of(self.scene.name, SECOND, secret)
            self.settings["BROKER_URL"] = broker.add_user("b")
        self.settings["SECRET_KEY_FALLBACKS"] = self.new["SECRET_KEY"]
        self.settings["FIELD_KEYS"] = f"{self.old['FIELD_KEYS']},{self.new['FIELD_KEYS']}"
        self.roll(
            "the second logins; the new `SECRET_KEY` is a fallback, the new `FIELD_KEYS` open"
        )

    def use_new_ones(self) -> None:
        self.settings |= {
            "SECRET_KEY": self.new["SECRET_KEY"],
            "SECRET_KEY_FALLBACKS": self.old["SECRET_KEY"],
            "FIELD_KEYS": f"{self.new['FIELD_KEYS']},{self.old['FIELD_KEYS']}",
            "METRICS_TOKEN": self.new["METRICS_TOKEN"],
        }
        self.roll(
            "the new `SECRET_KEY` signs, the new `FIELD_KEYS` seal, the new `METRICS_TOKEN` reads"
        )
        with self.report.step("`manage.py reseal`") as step:
            step.result = self.machine.manage(THIS, "reseal").strip()
        with self.report.step("`METRICS_TOKEN`: the new one reads, the old one is refused"):
            for web in WEBS:
                statuses = [
                    self.machine.answer(web, "/metrics", Authorization=f"Bearer {token}")
                    for token in (self.new["METRICS_TOKEN"], self.old["METRICS_TOKEN"])
                ]
                if statuses != [200, 403]:
                    raise Failed(f"{web} answers the new and the old token with {statuses}")
        with self.report.step("OAuth and OIDC: no key signs tokens, they are random") as step:
            found = json.loads(self.machine.manage(THIS, "shell", "-v0", "-c", KEYS_OF_TOKENS))
            if found:
                raise Failed(f"there are {', '.join(found)}, which this drill does not replace")
            step.result = "nothing to replace; tokens from before are still good"

    def close_former_ones(self) -> None:
        with self.report.step("the former logins of the database and of the broker are closed"):
            database = self.scene.database
            database.execute(f"ALTER ROLE {OWNER} NOLOGIN PASSWORD NULL")
            if database.has(f"SELECT FROM pg_stat_activity WHERE usename = '{OWNER}'"):
                raise Failed("somebody is still connected by the former login")
            self.scene.broker.delete_user("a")
        del self.settings["SECRET_KEY_FALLBACKS"]
        self.settings["FIELD_KEYS"] = self.new["FIELD_KEYS"]
        self.roll("the old `SECRET_KEY` and `FIELD_KEYS` are removed")
        with self.report.step("what the old key had sealed is opened by the new one"):
            if self.machine.manage(THIS, "shell", "-v0", "-c", SECRETS) != self.sealed:
                raise Failed("the secrets of event consumers are others now")
