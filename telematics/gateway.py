"""The gateway to the units. A real device needs another implementation of this protocol, and a setting."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from functools import cache, wraps
from typing import Any, Protocol, cast

from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.utils.module_loading import import_string

from core.postgresql.pool import release_connection

TIMEOUT_SECONDS = 30
CODES = frozenset(
    (
        "unreachable",
        "timeout",
        "refused",
        "not_supported",
        "busy",
        "no_key",
        "expired",
        "conflict",
        "stale",
    )
)


class GatewayError(Exception):
    """The unit did not do it. `code` is one of CODES."""

    def __init__(self, code: str, message: str = ""):
        assert code in CODES
        super().__init__(code, message)
        self.code = code
        self.message = message

    def __str__(self) -> str:
        return self.message or self.code


@dataclass(frozen=True)
class Reading:
    """The whole state as a unit sends it: `signals` is `{"name": {"value", "timestamp"}}`, timestamps in ISO 8601.

    `gnss` has the time and the satellites of the last fix, also where tracking is off and no position is sent.
    `changes` are the newest changes, `{"signal", "value", "timestamp"}`, oldest first. They include what happened
    between two readings.
    """

    signals: Mapping[str, Mapping[str, Any]]
    heartbeat_at: datetime | None = None
    changes: Collection[Mapping[str, Any]] = field(default_factory=tuple)

    def value(self, name: str, default: Any = None) -> Any:
        return self.signals.get(name, {}).get("value", default)

    def timestamp(self, name: str) -> datetime | None:
        at = self.signals.get(name, {}).get("timestamp")
        if at:
            return datetime.fromisoformat(at)
        return None


class Gateway(Protocol):
    """Each call takes at most TIMEOUT_SECONDS and may raise GatewayError.

    Never call it while a database transaction is open.
    """

    def configure(self, qnr: str, setup: Mapping[str, Any], *, sequence: int) -> None:
        """Set the unit up for a vehicle.

        `setup` has the names of `Specification.SETUP` and `FEATURES`, the vehicle model by its id. The unit keeps the
        highest `sequence` it has carried out and refuses a lower one as `stale`, so a late call changes nothing.
        Repeating a call is harmless.
        """

    def read_state(self, qnr: str, watch: Collection[str] = ()) -> Reading:
        """Return the state. `watch` names signals that a person is about to change: the unit sends them more often."""

    def execute(self, qnr: str, verb: str, *, key_id: str, expires_at: datetime) -> Reading:
        """Carry out a command and return the state after it. Commands set a state and never toggle it.

        The unit starts nothing after `expires_at` and requires a live key. What it cannot do now it refuses as
        `conflict`. It never disables driving while the ignition is on.
        """

    def add_key(self, qnr: str, key_id: str, ends_at: datetime) -> None:
        """Add a key, or give it a new end. A key that was dropped before stays dropped, without an error."""

    def drop_key(self, qnr: str, key_id: str) -> None:
        """Drop a key for good, also one that the unit never had."""


CALLS = tuple(name for name in vars(Gateway) if not name.startswith("_"))


def gateway_class(path: str) -> type[Gateway]:
    """Load the class that TELEMATICS_GATEWAY names. Raises ImproperlyConfigured, in one line, if it is no gateway."""
    if not path:
        raise ImproperlyConfigured(
            "TELEMATICS_GATEWAY is not set. Outside demo mode it must name the way to the units."
        )
    try:
        found = import_string(path)
    except Exception as error:  # whatever a foreign module raises while it is imported
        reason = " ".join(f"{type(error).__name__}: {error}".split())
        raise ImproperlyConfigured(
            f"TELEMATICS_GATEWAY {path} cannot be loaded ({reason})."
        ) from error
    if not isinstance(found, type):
        raise ImproperlyConfigured(f"TELEMATICS_GATEWAY {path} is not a class.")
    missing = [name for name in CALLS if not callable(getattr(found, name, None))]
    if missing:
        raise ImproperlyConfigured(
            f"TELEMATICS_GATEWAY {path} is no gateway: it lacks {', '.join(missing)}."
        )
    return found


class WithoutConnection:
    """A gateway whose calls hold no database connection: many more threads wait for units than there are connections.

    The simulator, whose units are rows, takes one again for a moment.
    """

    def __init__(self, gateway: Gateway):
        self._gateway = gateway

    def __getattr__(self, name: str) -> Any:
        call = getattr(self._gateway, name)
        if name in CALLS:
            return _without_connection(call)
        return call


def _without_connection(call: Any) -> Any:
    @wraps(call)
    def released(*args: Any, **kwargs: Any) -> Any:
        release_connection()
        return call(*args, **kwargs)

    return released


@cache
def _gateway(path: str) -> Gateway:
    return cast(Gateway, WithoutConnection(gateway_class(path)()))


def get_gateway() -> Gateway:
    return _gateway(settings.TELEMATICS_GATEWAY)
