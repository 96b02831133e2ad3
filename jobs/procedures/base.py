"""The procedure of a test: steps that are called with a probe.

A step returns None to continue with the next step, or `Prompt` to wait for a person. If the person confirms the
sentence, the next step runs; otherwise the test fails. A step raises `Unmet` if a result is not as required. A
GatewayError that a step does not catch also fails the test, with `gateway_hint(error)`.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Protocol

from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from core.values.times import in_utc
from telematics.gateway import GatewayError, Reading


@dataclass(frozen=True)
class Prompt:
    """A prompt to the person at the vehicle: a sentence that states the good result."""

    text: str


class Unmet(Exception):
    """The test has failed. The hint states in plain words what to check."""

    def __init__(self, hint: Any):
        super().__init__(hint)
        self.hint = hint


class Probe(Protocol):
    """The unit under test. Every call renews the test's lease, and ends the run if the test has been taken over."""

    qnr: str
    kind: str
    attempt: int  # 1 for the first test of this kind in the job
    model: Any  # telematics.models.VehicleModel or None
    memory: dict  # JSON, kept between steps

    def read(self, watch: tuple[str, ...] = ()) -> Reading:
        """Read the state of the unit. `watch` names the signals that a person is asked to change."""

    def send(self, verb: str) -> Reading:
        """Send a command under the holder's key. Raises GatewayError if it was not carried out."""

    def check(
        self,
        signal: str,
        value: Any,
        *,
        unit: str | None = None,
        least: float | None = None,
        most: float | None = None,
        threshold: Any = None,
        ok: bool,
        hint: Any = "",
    ) -> None:
        """Add a line of evidence: a number with its unit and bounds, or another value with what it has to be.

        Raises Unmet(hint) unless it is ok.
        """

    def wait_for(
        self, predicate: Callable[[Reading], bool], seconds: float, watch: tuple[str, ...] = ()
    ) -> Reading:
        """Return the first reading that satisfies the predicate, or the last one in time.

        A call that the unit does not answer counts as waiting. Raises GatewayError if none was answered.
        """


class EvidenceRecorder:
    """The part of a probe that records evidence."""

    evidence: list[dict[str, Any]]

    def check(
        self,
        signal: str,
        value: Any,
        *,
        unit: str | None = None,
        least: float | None = None,
        most: float | None = None,
        threshold: Any = None,
        ok: bool,
        hint: Any = "",
    ) -> None:
        line = {
            "signal": signal,
            "value": value,
            "unit": unit,
            "min": least,
            "max": most,
            "threshold": threshold,
            "ok": ok,
            "at": in_utc(timezone.now()),
        }
        self.evidence.append(line)
        if not ok:
            raise Unmet(hint)


Step = Callable[[Probe], Prompt | None]


@dataclass(frozen=True)
class Procedure:
    steps: tuple[Step, ...]
    # Whether it moves the vehicle. If so, whatever ends it early has to lock it and disable driving again.
    moves_vehicle: bool = False
    # What the person at the vehicle does while it runs.
    instruction: Any = ""


GATEWAY_HINTS = {
    "unreachable": _(
        "The unit cannot be reached. Check its power, antenna and reception, then retry."
    ),
    "timeout": _("The unit did not answer in time. Wait a moment, then retry."),
    "busy": _("The unit is busy. Wait a moment, then retry."),
    "refused": _(
        "The unit refused the command. Check that it is configured for this vehicle, then retry."
    ),
    "not_supported": _(
        "The unit is not configured for this. Check the vehicle model and the setup."
    ),
    "no_key": _("The unit does not know the access yet. Wait a moment, then retry."),
    "expired": _("The command reached the unit too late. Check the reception, then retry."),
    "conflict": _(
        "The vehicle cannot do this now. Turn the ignition off, close the doors, then retry."
    ),
    "stale": _("The unit has a newer configuration. Enter its QNR again to send this one again."),
}


def gateway_hint(error: GatewayError) -> Any:
    return GATEWAY_HINTS.get(error.code, GATEWAY_HINTS["unreachable"])
