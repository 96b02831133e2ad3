"""The way to the units. A real device is another implementation of this protocol and a setting."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from functools import cache
from typing import Any, Protocol

from django.conf import settings
from django.utils.module_loading import import_string

TIMEOUT_SECONDS = 30
CODES = frozenset(("unreachable", "timeout", "refused", "not_supported", "busy", "no_key", "expired", "conflict"))


class GatewayError(Exception):
    """The unit did not do it. `code` is one of CODES."""

    def __init__(self, code: str, message: str = ""):
        assert code in CODES
        super().__init__(code, message)
        self.code, self.message = code, message

    def __str__(self) -> str:
        return self.message or self.code


@dataclass(frozen=True)
class Reading:
    """The whole state as a unit sends it: `signals` is `{"name": {"value", "timestamp"}}`, timestamps in ISO 8601.

    `changes` are the newest changes, oldest first: `{"signal", "value", "timestamp"}`; two readings may miss what
    happened between them, this does not.
    """

    signals: Mapping[str, Mapping[str, Any]]
    heartbeat_at: datetime | None = None
    changes: Collection[Mapping[str, Any]] = field(default_factory=tuple)

    def value(self, name: str, default: Any = None) -> Any:
        return self.signals.get(name, {}).get("value", default)

    def timestamp(self, name: str) -> datetime | None:
        at = self.signals.get(name, {}).get("timestamp")
        return datetime.fromisoformat(at) if at else None


class Gateway(Protocol):
    """Every call may take as long as TIMEOUT_SECONDS, never longer, and raises GatewayError. Never call it while a
    database transaction is open."""

    def configure(self, qnr: str, setup: Mapping[str, Any]) -> None:
        """Make the unit fit for a vehicle. `setup` has the names of `Specification.SETUP` and `FEATURES`, the vehicle
        model by its id. Repeating it is harmless."""

    def read_state(self, qnr: str, watch: Collection[str] = ()) -> Reading:
        """`watch` names signals wanted at a high rate, because a person is about to move them."""

    def execute(self, qnr: str, verb: str, *, key_id: str, expires_at: datetime) -> Reading:
        """Carry out a command, set-state, never toggle. The unit starts nothing after `expires_at` and asks for a
        live key. The answer is the state after it."""

    def add_key(self, qnr: str, key_id: str, ends_at: datetime) -> None:
        """Learn a key, or a new end of it. An id that was dropped before stays dropped, without an error."""

    def drop_key(self, qnr: str, key_id: str) -> None:
        """Forget a key for ever, also one that the unit never learnt."""


@cache
def _gateway(path: str) -> Gateway:
    return import_string(path)()


def get_gateway() -> Gateway:
    return _gateway(settings.TELEMATICS_GATEWAY)
