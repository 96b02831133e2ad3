"""The sign of life of a worker: while it runs, its queues have a worker in `/readyz`."""

import logging
from threading import Event, Thread
from typing import Any

from celery import bootsteps
from redis.exceptions import RedisError

from core import queues

log = logging.getLogger(__name__)


class Presence(bootsteps.StartStopStep):
    """A thread of its own, because all others may be waiting."""

    requires = ("celery.worker.components:Pool",)

    def __init__(self, parent: Any, **options: Any):
        super().__init__(parent, **options)
        self._stopped = Event()

    def start(self, parent: Any) -> None:
        served = list(parent.app.amqp.queues.consume_from)
        Thread(target=self._sign, args=(served,), name="presence", daemon=True).start()

    def stop(self, parent: Any) -> None:
        self._stopped.set()

    terminate = stop

    def _sign(self, served: list[str]) -> None:
        while not self._stopped.is_set():
            try:
                queues.sign(served)
            except RedisError as error:
                log.info("not signed: %s", error)
            self._stopped.wait(queues.SIGN_EVERY)
