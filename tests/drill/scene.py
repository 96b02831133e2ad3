"""Where one part of the drill takes place: servers, a machine with two webs behind nginx, and people who work there."""

import json
import os
import secrets
import shutil
import tempfile
from base64 import urlsafe_b64encode
from contextlib import ExitStack
from pathlib import Path

from tests.drill.machine import BESIDE, THIS, WEBS, Machine, Release
from tests.drill.report import show
from tests.drill.servers import OWNER, RECEIVER, Broker, Database, Hook
from tests.drill.workday import Workday
from tests.operation.nginx import Nginx
from tests.product import SIMULATED
from tests.servers import PLACES
from tests.torture.servers import Valkey

INSTALLERS = 3
HOST = "127.0.0.1"
# Prints the secret, which is shown once.
CONSUMER = """
from accounts.models import EventConsumer, Fleet
from core.outbox.topics import TOPICS
consumer = EventConsumer.objects.add(
    fleet=Fleet.objects.get(pk={fleet!r}), kind="WEBHOOK", name="Drill", topics=list(TOPICS),
    url={url!r}, by=None,
)
print(consumer.shown_secret)
"""


def field_key() -> str:
    return urlsafe_b64encode(secrets.token_bytes(32)).decode()


def secret_key() -> str:
    return secrets.token_urlsafe(64)


class Scene:
    """All of it ends with the block: `with Scene() as scene: …`."""

    def __init__(self) -> None:
        self.home = Path(tempfile.mkdtemp(prefix="installer-jobs-drill-"))
        self.stack = ExitStack()
        self.stack.callback(shutil.rmtree, self.home, ignore_errors=True)
        self.people: dict = {}
        self.number = 0

    def __enter__(self) -> "Scene":
        try:
            self._build()
        except BaseException:
            self.stack.close()
            raise
        return self

    def __exit__(self, kind: object, *_: object) -> None:
        if kind:
            log = self.nginx.home / "error.log"
            show("\n".join(log.read_text().splitlines()[-20:]) if log.exists() else "")
        self.stack.close()

    def _build(self) -> None:
        self.database = Database()
        self.stack.callback(self.database.stop)
        self.password = self.database.add_owner()
        self.hook = self.stack.enter_context(Hook(self.home / "hook"))
        self.machine = self.new_machine()

    # --- machines ---------------------------------------------------------------------------------------------------
    def new_machine(self, **secrets_of_another: str) -> Machine:
        """A machine with empty places of its own: database, VAR_DIR, cache, virtual host, nginx."""
        self.number += 1
        home = self.home / f"machine{self.number}"
        home.mkdir()
        name = f"fleet{self.number}"
        self.database.create(name)
        self.valkey = Valkey(home)
        self.stack.callback(self.valkey.kill)
        broker_url = os.environ.get("RABBITMQ_URL", PLACES["RABBITMQ_URL"][0])
        self.broker = Broker(broker_url, f"drill-{os.getpid()}-{self.number}")
        self.stack.callback(self.broker.leave)
        machine = Machine(home / "var", {})
        self.stack.callback(machine.kill)
        ports = (machine.ports[WEBS[0]], machine.ports[WEBS[1]])
        self.nginx = self.stack.enter_context(Nginx(home / "nginx", ports, HOST))
        os.environ["SSL_CERT_FILE"] = str(self.nginx.authority)
        machine.settings = {
            "BASE_URL": self.site,
            "SECRET_KEY": secret_key(),
            "FIELD_KEYS": field_key(),
            "METRICS_TOKEN": secrets.token_urlsafe(32),
            "DATABASE_URL": self.database.url_of(name, OWNER, self.password),
            "BROKER_URL": self.broker.add_user("a"),
            "CACHE_URL": f"unix://{self.valkey.address}?db=1",
            "TRUSTED_PROXIES": "1",
            "DATABASE_POOL": "16",
            "TELEMATICS_TIME_SCALE": "0.05",
            **SIMULATED,
            **secrets_of_another,
        }
        self.name = name
        return machine

    @property
    def site(self) -> str:
        return f"https://{HOST}:{self.nginx.tls}"

    @property
    def administrator(self) -> str:
        """The database, whoever's password it has."""
        return self.database.administrator_of(self.name)

    # --- from nothing to a working day ------------------------------------------------------------------------------
    def prepare(self, release: Release = THIS) -> None:
        """Tables, files and people."""
        machine = self.machine
        machine.manage(release, "collectstatic", "--noinput", "-v0")
        machine.manage(release, "migrate", "-v0")
        found = machine.run(release, "-m", "tests.torture.world", str(INSTALLERS))
        self.people = json.loads(found)

    def add_consumer(self) -> None:
        """A webhook that is notified of everything in the first fleet."""
        receiver = {"OUTBOUND_ALLOWED": RECEIVER, "OUTBOUND_CA_FILE": str(self.hook.authority)}
        self.machine.settings |= receiver
        fleet = self.people["desks"][0]["fleet"]
        script = CONSUMER.format(fleet=fleet, url=self.hook.url)
        self.hook.secret = self.machine.manage(THIS, "shell", "-v0", "-c", script).strip()

    def start(self, release: Release = THIS) -> None:
        self.machine.start(release, *WEBS, *BESIDE)

    def workday(self) -> Workday:
        return Workday(self.site, self.administrator, self.home, self.people)
