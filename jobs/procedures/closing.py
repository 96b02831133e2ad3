"""CENTRAL_LOCK and IMMOBILIZER: the bus and a person confirm each command. Both end with a locked vehicle."""

from typing import Any

from django.utils.translation import gettext_lazy as _

from jobs.procedures import thresholds
from jobs.procedures.base import Probe, Procedure, Prompt, Step
from telematics import verbs

NOT_LOCKED = _("The doors did not lock. Turn the ignition off, check the lock wiring, then retry.")
NOT_UNLOCKED = _("The doors did not unlock. Check the lock wiring, then retry.")
NOT_BLOCKED = _("The immobilizer did not block. Check its wiring, then retry.")
NOT_RELEASED = _("The immobilizer did not release. Check its wiring, then retry.")


def moves(verb: str, signal: str, wanted: str, hint: Any) -> Step:
    """Send a command and read the result from the bus: a command that was sent proves nothing."""

    def step(probe: Probe) -> None:
        probe.send(verb)
        reading = probe.wait_for(
            lambda reading: reading.value(signal) == wanted, thresholds.WAIT_FOR_BUS_SECONDS
        )
        read_back = reading.value(signal)
        probe.check(
            signal,
            read_back,
            threshold=wanted,
            ok=read_back == wanted,
            hint=hint,
        )

    return step


def prompt(text: Any) -> Step:
    return lambda probe: Prompt(text)


def leaves_driving_disabled(probe: Probe) -> None:
    if probe.model and verbs.supported(verbs.DISABLE, probe.model.capabilities):
        probe.send(verbs.DISABLE)


def leaves_locked(probe: Probe) -> None:
    if probe.model and verbs.supported(verbs.LOCK, probe.model.capabilities):
        probe.send(verbs.LOCK)


CENTRAL_LOCK = Procedure(
    (
        moves(verbs.UNLOCK, "central_lock", "unlocked", NOT_UNLOCKED),
        prompt(_("All doors are unlocked.")),
        moves(verbs.LOCK, "central_lock", "locked", NOT_LOCKED),
        prompt(_("All doors are locked.")),
        leaves_driving_disabled,
    ),
    moves_vehicle=True,
)
IMMOBILIZER = Procedure(
    (
        moves(verbs.DISABLE, "immobilizer", "blocked", NOT_BLOCKED),
        prompt(_("The engine did not start.")),
        moves(verbs.ENABLE, "immobilizer", "released", NOT_RELEASED),
        prompt(_("The engine started. The ignition is off again.")),
        moves(verbs.DISABLE, "immobilizer", "blocked", NOT_BLOCKED),
        leaves_locked,
    ),
    moves_vehicle=True,
)
