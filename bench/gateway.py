"""A way to units that all answer after the same time, for `bench.queues`. Nothing of the units is a row."""

import time
from collections.abc import Collection, Mapping
from datetime import UTC, datetime
from typing import Any

from core.shutdown import stopping
from telematics.gateway import Reading

SECONDS = 2


class EvenGateway:
    """Reading takes SECONDS; commands and keys take no time, so that only waiting in a queue is measured."""

    def configure(self, qnr: str, setup: Mapping[str, Any], *, sequence: int) -> None:
        time.sleep(0)

    def read_state(self, qnr: str, watch: Collection[str] = ()) -> Reading:
        stopping.wait(SECONDS)
        return self._reading()

    def execute(self, qnr: str, verb: str, *, key_id: str, expires_at: datetime) -> Reading:
        return self._reading()

    def add_key(self, qnr: str, key_id: str, ends_at: datetime) -> None:
        time.sleep(0)

    def drop_key(self, qnr: str, key_id: str) -> None:
        time.sleep(0)

    @staticmethod
    def _reading() -> Reading:
        now = datetime.now(UTC)
        signals = {"board_voltage": 12.4, "ignition": False}
        stamped = {
            name: {"value": value, "timestamp": now.isoformat()} for name, value in signals.items()
        }
        return Reading(stamped, now)
