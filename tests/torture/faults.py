"""What goes wrong, in an order that the seed decides: each fault waits for work that it hits, and counts only then."""

import signal
import threading
import time
from collections import Counter
from collections.abc import Callable
from typing import NamedTuple

from tests.torture.deliveries import SWEEPS, Deliveries
from tests.torture.ledger import Witness
from tests.torture.people import Peek
from tests.torture.players import Stage
from tests.torture.processes import Part, Product
from tests.torture.ways import Way

# Longer than a test or a push keeps its lease (45 s), and than PostgreSQL keeps a transaction of a web (30 s).
PAST_LEASE = 50
PAST_TRANSACTION = 34
# So long a fault waits for work to hit. A process is then left alone; of a server it happens, and does not count.
LOOKING = 6
IN_FLIGHT = 0.03  # seconds in which what a stopped process has sent comes through
IDLE = frozenset(task for tasks in SWEEPS.values() for task in tasks)
ACTIVE = """
    SELECT count(*) FROM pg_stat_activity WHERE backend_type = 'client backend' AND state <> 'idle'
    AND pid <> pg_backend_pid()"""


class Done(NamedTuple):
    """A fault that has happened."""

    at: float
    kind: str
    whom: str
    hit: str  # what it met, or nothing
    seconds: float


class Faults(threading.Thread):
    def __init__(self, product: Product, stage: Stage, witness: Witness, gap: float):
        super().__init__(name="faults", daemon=True)
        self.product, self.stage, self.witness, self.gap = product, stage, witness, gap
        self.dice = stage.dice("faults")
        self.peek = Peek(stage.database, self.dice)
        url = product.rabbit.url(product.rabbit.address[1])
        self.deliveries = Deliveries(url, self.peek, self.dice)
        self.done: list[Done] = []
        self.began = time.monotonic()
        self.background: list[threading.Thread] = []
        self.deck: list[str] = []

    # --- the order --------------------------------------------------------------------------------------------------
    KINDS: dict[str, int] = {
        "kill units": 4, "kill urgent": 3, "kill default": 2, "kill web": 3, "kill beat": 1,
        "freeze units": 2, "freeze urgent": 1, "freeze default": 1, "freeze web": 1,
        "kill relay": 2, "freeze relay": 1,
        "database cut": 2, "database restart": 1, "database crash": 1, "database freeze": 1,
        "database delay": 1,
        "broker cut": 2, "broker restart": 1, "broker without its messages": 1, "broker freeze": 1,
        "broker delay": 1,
        "cache cut": 1, "cache restart": 1, "cache freeze": 1, "cache delay": 1,
        "deliveries shuffled": 2, "deliveries repeated": 2,
    }  # fmt: skip

    def run(self) -> None:
        while not self.stage.over.wait(self.gap * self.dice.uniform(0.4, 1.4)):
            try:
                self._next()
            except Exception as error:  # a fault of the torture itself
                self.stage.errors.append(f"faults: {type(error).__name__}: {error}")
        for thread in self.background:
            thread.join(PAST_LEASE + 5)

    def _next(self) -> None:
        if not self.deck:
            self.deck = [kind for kind, number in self.KINDS.items() for _ in range(number)]
            self.dice.shuffle(self.deck)
        kind = self.deck.pop()
        what, _blank, how = kind.partition(" ")
        if what in ("kill", "freeze"):
            self._process(kind, what, how)
        elif what == "deliveries":
            self._deliver(kind, how)
        else:
            self._server(kind, what, how)

    def _note(self, kind: str, whom: str, hit: str, since: float) -> None:
        at = since - self.began
        self.done.append(Done(at, kind, whom, hit, time.monotonic() - since))
        self.stage.line.ledger.write("fault", kind=kind, whom=whom, hit=hit)

    # --- processes --------------------------------------------------------------------------------------------------
    def _process(self, kind: str, how: str, name: str) -> None:
        parts = [part for part in self.product.of(name) if not part.frozen and part.child.alive]
        if how == "freeze" and (len(parts) < 2 and name != "beat"):
            return self._process(f"kill {name}", "kill", name)  # the other one is frozen
        hit, part = self._caught(parts)
        if part is None:
            return self.deck.insert(0, kind)  # nothing to hit: later
        since = time.monotonic()
        if how == "kill":
            part.kill()
            return self._note(kind, part.name, hit, since)
        part.frozen = True
        seconds = PAST_TRANSACTION if name == "web" else PAST_LEASE

        def thaw_later() -> None:
            self.stage.over.wait(seconds)
            part.thaw()
            self._explained(since, time.monotonic()) if name == "web" else None
            self._note(kind, part.name, hit, since)

        thread = threading.Thread(target=thaw_later, daemon=True)
        self.background.append(thread)
        return thread.start()

    def _caught(self, parts: list[Part]) -> tuple[str, Part | None]:
        """One of them, stopped where it is in the middle of something; nobody where there is nothing to do."""
        until = time.monotonic() + LOOKING
        while parts:
            part = self.dice.choice(parts)
            if part.name == "beat" and (due := self._due()):
                part.freeze()
                return due, part
            if part.name.startswith("relay") and (waiting := self._unnumbered()):
                part.freeze()
                return waiting, part
            if _at_work(part):
                part.freeze()
                time.sleep(IN_FLIGHT)
                if work := _at_work(part):
                    return ", ".join(sorted(set(work))), part
                part.thaw()
            if time.monotonic() > until:
                break
            time.sleep(0.003)
        return "", None

    def _due(self) -> str:
        """What only a sweep would find."""
        ((number,),) = self.peek.rows(
            "SELECT (SELECT count(*) FROM core_mail WHERE status = 'QUEUED')"
            " + (SELECT count(*) FROM jobs_installationtest WHERE status IN ('QUEUED', 'RUNNING'))"
            " + (SELECT count(*) FROM telematics_key WHERE ended_at IS NOT NULL AND dropped_at IS NULL)"
        )
        return f"{number} rows wait" if number else ""

    def _unnumbered(self) -> str:
        """What no numberer has committed yet: one of the relays is about to, or in the middle of it."""
        ((number,),) = self.peek.rows(
            "SELECT count(*) FROM core_outboxmessage WHERE sequence IS NULL"
        )
        return f"{number} messages wait" if number else ""

    # --- servers ----------------------------------------------------------------------------------------------------
    def _server(self, kind: str, what: str, how: str) -> None:
        since = time.monotonic()
        hit = self._traffic(what)
        moment = time.monotonic()
        getattr(self, f"_{what}_{how.replace(' ', '_')}")()
        if what in ("database", "cache"):  # a sign-in needs the cache, which counts the attempts
            self._explained(moment, time.monotonic())
        self._note(kind, what, hit, since)

    def _traffic(self, what: str) -> str:
        until = time.monotonic() + LOOKING
        while time.monotonic() < until:
            if what == "database":
                ((active,),) = self.peek.rows(ACTIVE)
                if active:
                    return f"{active} statements"
            else:
                under_way = [work for part in self.product.parts for work in part.busy()]
                if under_way:
                    return f"{len(under_way)} requests and tasks"
            time.sleep(0.005)
        return ""

    def _explained(self, since: float, until: float) -> None:
        """A 503 in this time may be right."""
        now = time.time() - time.monotonic()
        self.witness.away.append((now + since, now + until))

    def _for(self, least: float, most: float) -> None:
        self.stage.over.wait(self.dice.uniform(least, most))

    def _delay(self, ways: list[Way], seconds: float) -> None:
        for way in ways:
            way.delay = seconds
        self._for(4, 8)
        for way in ways:
            way.delay = 0.0

    def _through(
        self, ways: list[Way], begin: Callable[[Way], None], end: Callable[[Way], None]
    ) -> None:
        for way in ways:
            begin(way)
        self._for(2, 7)
        for way in ways:
            end(way)

    def _database_cut(self) -> None:
        self.product.database.cut()

    def _database_delay(self) -> None:
        self._delay([self.product.database], 0.02)

    def _database_freeze(self) -> None:
        self.product.postgres.freeze()
        self._for(3, 8)
        self.product.postgres.thaw()

    def _database_restart(self, sign: signal.Signals = signal.SIGINT) -> None:
        self.product.postgres.stop(sign)
        self._for(0.5, 3)
        self.product.start_again(self.product.postgres.start)

    def _database_crash(self) -> None:
        self._database_restart(signal.SIGQUIT)

    def _broker_cut(self) -> None:
        for way in self.product.to_broker:
            way.cut()

    def _broker_restart(self) -> None:
        self._through(self.product.to_broker, Way.close, Way.open)

    def _broker_without_its_messages(self) -> None:
        for way in self.product.to_broker:
            way.close()
        time.sleep(0.5)  # what nobody has acknowledged is in the queues again
        self.deliveries.lose()
        for way in self.product.to_broker:
            way.open()

    def _broker_freeze(self) -> None:
        self._through(self.product.to_broker, Way.freeze, Way.thaw)

    def _broker_delay(self) -> None:
        self._delay(self.product.to_broker, 0.2)

    def _cache_cut(self) -> None:
        self.product.cache.cut()

    def _cache_restart(self) -> None:
        self.product.valkey.kill()
        self._for(0.5, 4)
        self.product.start_again(self.product.valkey.start)

    def _cache_freeze(self) -> None:
        self.product.valkey.freeze()
        self._for(2, 7)
        self.product.valkey.thaw()

    def _cache_delay(self) -> None:
        self._delay([self.product.cache], 0.2)

    # --- deliveries -------------------------------------------------------------------------------------------------
    def _deliver(self, kind: str, how: str) -> None:
        since = time.monotonic()
        if how == "repeated":
            number = self.deliveries.repeat()
        else:
            number, until = 0, since + LOOKING
            while not number and time.monotonic() < until:
                number = self.deliveries.shuffle()
        self._note(kind, "broker", f"{number} messages" if number else "", since)

    # --- the sum ----------------------------------------------------------------------------------------------------
    def table(self) -> dict[str, tuple[int, int]]:
        """Kind → how often, and how often it hit work."""
        all_of_it = Counter(done.kind for done in self.done)
        hits = Counter(done.kind for done in self.done if done.hit)
        return {kind: (all_of_it[kind], hits[kind]) for kind in self.KINDS if all_of_it[kind]}


def _at_work(part: Part) -> list[str]:
    """What a process is at, the sweeps left out, which find nothing most of the time; of a web, what it writes."""
    work = part.busy()
    if part.name.startswith("web"):
        return [asked for asked in work if not asked.startswith("GET")]
    return [task for task in work if task not in IDLE]
