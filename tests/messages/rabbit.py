"""The RabbitMQ of a run, with a way for the relays and one for the readers, which can be cut."""

from concurrent.futures import Executor

from tests.messages.queue_reader import QueueReader
from tests.product import wait_for
from tests.rabbitmq import Server, program
from tests.torture.ways import Roads, Way

# What the queue that nobody reads takes.
FULL = 20
HOST = "%2F"
ACCOUNT = "guest:guest"


class Rabbit:
    def __init__(self, roads: Roads, starter: Executor, patience: float):
        self.server, self._starter = Server(patience), starter
        behind = ("127.0.0.1", self.server.amqp)
        self.of_relays, self.of_readers = Way(roads, behind), Way(roads, behind)
        self.readers: list[QueueReader] = []

    @classmethod
    def started(cls, roads: Roads, starter: Executor, patience: float) -> "Rabbit | None":
        """None where there is no RabbitMQ."""
        return cls(roads, starter, patience) if program() else None

    @property
    def variables(self) -> dict[str, str]:
        return {
            "MESSAGES_AMQP_URL": f"amqp://{ACCOUNT}@127.0.0.1:{self.of_relays.port}/{HOST}",
            "MESSAGES_MANAGEMENT_URL": self.server.management_url,
        }

    # --- the readers ----------------------------------------------------------------------------------------------
    def reader(self, name: str, account: dict[str, str]) -> QueueReader:
        """The program of a consumer, not started yet."""
        url = f"amqp://{ACCOUNT}@127.0.0.1:{self.of_readers.port}/{HOST}"
        reader = QueueReader(name, url, account["user"], account["secret"], account["queue"])
        self.readers.append(reader)
        return reader

    # --- what can be done to it -----------------------------------------------------------------------------------
    def cut_relays(self) -> None:
        self.of_relays.cut()

    def cut_readers(self) -> None:
        self.of_readers.cut()

    def restart(self) -> None:
        self.server.stop()
        self._starter.submit(self.server.start).result()

    def delete(self, queue: str) -> None:
        """While it is in use, but nothing waits in it: what does is lost with a queue, and no relay could know."""
        path = f"queues/{HOST}/{queue}?if-empty=true"
        wait_for(lambda: self.server.ask("DELETE", path).is_success, 60, "an empty queue")

    def fill(self, queue: str) -> None:
        """From now on it refuses more than a few, by a policy of the operator."""
        policy = {
            "pattern": f"^{queue.replace('.', '[.]')}$",
            "apply-to": "queues",
            "priority": 10,
            "definition": {"max-length": FULL, "overflow": "reject-publish"},
        }
        self.server.ask("PUT", f"policies/{HOST}/full", policy).raise_for_status()

    def let_flow(self) -> None:
        self.server.ask("DELETE", f"policies/{HOST}/full").raise_for_status()

    def stop(self) -> None:
        for reader in self.readers:
            reader.over.set()
        self.server.stop()
