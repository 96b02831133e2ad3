"""How a test of the unit is written down: steps on a probe.

A step is called with the probe. It returns None to go on with the next step, or `Ask` to wait for a person: the next
step then runs once the person has answered that it is so; another answer fails the test. It raises `Unmet` when the
result is not what it must be. A GatewayError that leaves a step fails the test likewise, with `gateway_hint(error)`.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Protocol

from django.utils.translation import gettext_lazy as _

from telematics.gateway import GatewayError, Reading


@dataclass(frozen=True)
class Ask:
    """A question to the person at the car: a sentence that says the good result."""

    text: str


class Unmet(Exception):
    """The test has failed; the hint says in plain words what to look at."""

    def __init__(self, hint):
        super().__init__(hint)
        self.hint = hint


class Probe(Protocol):
    """The unit under one test. Every call renews the test's lease and stops a test that is no longer ours to run."""

    qnr: str
    kind: str
    attempt: int  # 1 the first time that the job has this kind of test
    model: Any  # telematics.models.VehicleModel or None
    memory: dict  # JSON, kept between steps

    def read(self, watch: tuple[str, ...] = ()) -> Reading:
        """What the unit says now; `watch` names the signals that a person is asked to move."""

    def act(self, verb: str) -> Reading:
        """A command of the test under the holder's key; raises GatewayError when it was not done."""

    def check(self, signal: str, value, *, unit: str = "", threshold="", ok: bool, hint="") -> None:
        """A line of evidence; raises Unmet(hint) unless it is ok."""

    def wait_for(self, predicate: Callable[[Reading], bool], seconds: float, watch: tuple[str, ...] = ()) -> Reading:
        """The first reading that satisfies the predicate, else the last one before the time was over. Calls that the
        unit does not answer count as waiting; GatewayError when not one was answered."""


Step = Callable[[Probe], Ask | None]


@dataclass(frozen=True)
class Procedure:
    steps: tuple[Step, ...]
    # Whether it moves the car, so that whatever ends it early has to lock it and disable driving again.
    acts: bool = False
    # What the person at the car is to do while it runs.
    instruction: Any = ""


GATEWAY_HINTS = {
    "unreachable": _("The unit cannot be reached. Check its power, its antenna and the reception here, then repeat."),
    "timeout": _("The unit did not answer in time. Wait a moment, then repeat."),
    "busy": _("The unit is busy. Wait a moment, then repeat."),
    "refused": _("The unit refused. Check whether it is configured for this vehicle, then repeat."),
    "not_supported": _("The unit is not configured for this. Check the vehicle model and the setup."),
    "no_key": _("The unit does not know the access yet. Wait a moment, then repeat."),
    "expired": _("The command reached the unit too late. Check the reception here, then repeat."),
    "conflict": _("The vehicle cannot do this now. Turn the ignition off and close the doors, then repeat."),
}


def gateway_hint(error: GatewayError):
    return GATEWAY_HINTS.get(error.code, GATEWAY_HINTS["unreachable"])
