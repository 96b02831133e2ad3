"""The relay: numbers what is committed and delivers what is numbered. Any number of them may run beside each other."""

import logging
from collections.abc import Callable, Iterable
from concurrent.futures import Future, ThreadPoolExecutor
from threading import Event
from typing import Protocol

from django.db import close_old_connections, connections

from core import queues
from core.outbox import numbering
from core.outbox.subscription import LostClaim

log = logging.getLogger(__name__)

THREADS = 16
# Seconds between two looks while nothing waits.
PAUSE = 0.25
# After an error that no delivery explains, such as a database that is away.
RECOVER = 2.0
NAME = "messages"


class Delivery(Protocol):
    """What the relay does with a subscription of any channel."""

    @property
    def pk(self) -> int | str: ...

    def claim(self) -> bool: ...

    def deliver(self, stopping: Event) -> None:
        """Deliver until nothing waits or `stopping` is set, under the claim. Raises LostClaim."""

    def release(self) -> None: ...

    def put_off(self, error: str) -> None: ...


Source = Callable[[], Iterable[Delivery]]
# Each gives the subscriptions of a floor that have something to deliver now.
SOURCES: list[Source] = []


class Relay:
    def __init__(self, threads: int = THREADS, pause: float = PAUSE):
        self.stopping = Event()
        self._pause = pause
        self._threads = threads
        # For each kind of delivery one: calls of slow receivers keep nothing else waiting.
        self._pools: dict[type, ThreadPoolExecutor] = {}
        self._under_way: dict[tuple[type, int | str], Future] = {}

    def run(self) -> None:
        """Until `stopping` is set. An error is logged and tried again: nothing it could lose is held here."""
        while not self.stopping.is_set():
            try:
                busy = self.turn()
            except Exception:
                log.exception("the relay goes on after a pause")
                self.stopping.wait(RECOVER)
                continue
            finally:
                close_old_connections()
            if not busy:
                self.stopping.wait(self._pause)
        for pool in self._pools.values():
            pool.shutdown(wait=True, cancel_futures=True)

    def turn(self) -> bool:
        """Number and hand out once; whether there was anything to number."""
        queues.sign([NAME])
        self._under_way = {
            key: future for key, future in self._under_way.items() if not future.done()
        }
        numbered = numbering.number_all()
        for source in SOURCES:
            for subscription in source():
                self._hand_out(subscription)
        return numbered > 0

    def settle(self) -> None:
        """Wait for the deliveries under way: for who wants one turn with its results."""
        for future in list(self._under_way.values()):
            future.result()

    def _hand_out(self, subscription: Delivery) -> None:
        key = (type(subscription), subscription.pk)
        running = self._under_way.get(key)
        if running is None or running.done():
            pool = self._pool_of(type(subscription))
            self._under_way[key] = pool.submit(self._deliver, subscription)

    def _pool_of(self, kind: type) -> ThreadPoolExecutor:
        if kind not in self._pools:
            threads = getattr(kind, "THREADS", self._threads)
            self._pools[kind] = ThreadPoolExecutor(threads, thread_name_prefix=kind.__name__)
        return self._pools[kind]

    def _deliver(self, subscription: Delivery) -> None:
        try:
            deliver(subscription, self.stopping)
        except Exception:
            log.exception("a subscription was left to its lease")
        finally:
            connections.close_all()


def deliver(subscription: Delivery, stopping: Event) -> None:
    """Claim a subscription and deliver what waits for it. A failure is kept at it, and it is tried again later."""
    if not subscription.claim():
        return
    try:
        _deliver_or_put_off(subscription, stopping)
    except LostClaim:
        log.info("another relay has taken over a subscription")


def _deliver_or_put_off(subscription: Delivery, stopping: Event) -> None:
    """Raises LostClaim, also where it is noticed only after a failure."""
    try:
        subscription.deliver(stopping)
        subscription.release()
    except LostClaim:
        raise
    except Exception as error:
        log.warning("a delivery failed: %s", error, exc_info=True)
        subscription.put_off(f"{type(error).__name__}: {error}")
