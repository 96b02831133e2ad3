"""The gateway to the units. Where none is configured, a trial on one machine simulates them and logs it."""

from collections.abc import Callable

from django.conf import settings

from config.supervisor.errors import CannotStart
from config.supervisor.world import DEMO
from core import startup

SIMULATED = "TELEMATICS_GATEWAY is not set: the units are simulated."


def choose(world: str, *, empty: bool, log: Callable[[str], None]) -> dict[str, str]:
    """The environment of the child processes.

    A database that was given without --empty must come with a gateway.
    """
    if settings.TELEMATICS_GATEWAY or (settings.DATABASE_GIVEN and not empty and world != DEMO):
        if fault := startup.fault():
            raise CannotStart(fault)
        return {}
    if world != DEMO:
        log(SIMULATED)
    return {"TELEMATICS_GATEWAY": settings.SIMULATOR}
