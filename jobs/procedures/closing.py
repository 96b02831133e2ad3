"""CENTRAL_LOCK and IMMOBILIZER: the unit moves the car, the bus and a person say whether it did. Both end closed."""

from django.utils.translation import gettext_lazy as _

from jobs.procedures import thresholds
from jobs.procedures.base import Ask, Probe, Procedure, Step
from telematics import verbs

NOT_LOCKED = _("The doors did not lock. Is the ignition on? Turn it off, check the wires of the lock, then repeat.")
NOT_UNLOCKED = _("The doors did not unlock. Check the wires of the lock, then repeat.")
NOT_BLOCKED = _("The immobilizer did not block. Check its wires, then repeat.")
NOT_RELEASED = _("The immobilizer did not release. Check its wires, then repeat.")


def moves(verb: str, signal: str, wanted: str, hint) -> Step:
    """A command, and what the bus says of it: what was commanded proves nothing."""

    def step(probe: Probe) -> None:
        probe.act(verb)
        reading = probe.wait_for(lambda reading: reading.value(signal) == wanted, thresholds.WAIT_FOR_BUS_SECONDS)
        read_back = reading.value(signal)
        probe.check(signal, read_back, threshold=wanted, ok=read_back == wanted, hint=hint)

    return step


def asks(text) -> Step:
    return lambda probe: Ask(text)


def leaves_driving_disabled(probe: Probe) -> None:
    if probe.model and verbs.supported(verbs.DISABLE, probe.model.capabilities):
        probe.act(verbs.DISABLE)


def leaves_locked(probe: Probe) -> None:
    if probe.model and verbs.supported(verbs.LOCK, probe.model.capabilities):
        probe.act(verbs.LOCK)


CENTRAL_LOCK = Procedure(
    (
        moves(verbs.UNLOCK, "central_lock", "unlocked", NOT_UNLOCKED),
        asks(_("All doors are unlocked.")),
        moves(verbs.LOCK, "central_lock", "locked", NOT_LOCKED),
        asks(_("All doors are locked.")),
        leaves_driving_disabled,
    ),
    acts=True,
)
IMMOBILIZER = Procedure(
    (
        moves(verbs.DISABLE, "immobilizer", "blocked", NOT_BLOCKED),
        asks(_("The engine did not start.")),
        moves(verbs.ENABLE, "immobilizer", "released", NOT_RELEASED),
        asks(_("The engine started. The ignition is off again.")),
        moves(verbs.DISABLE, "immobilizer", "blocked", NOT_BLOCKED),
        leaves_locked,
    ),
    acts=True,
)
