"""A run of the matrix: all of it, or a share of its cells for every change."""

from unittest.mock import patch
from zlib import crc32

from tests.matrix.principals import Principal, principals
from tests.matrix.probes import Prober
from tests.matrix.requests import Browser
from tests.matrix.routes import Route, routes
from tests.matrix.run import Judge, Outcome, cells
from tests.matrix.tenants import Builder

# Of the pairs of principal and route, every how many have their names tried at least.
FEWEST = 16
# Whose queries and bodies are tried: of everybody who writes or searches anything.
PROBING = (
    "viewer of A1", "manager of A1", "admin of A1", "manager of A2", "admin of B1", "holder of XX", "admin of XX",
    "admin of YY", "both sites", "moved from A1 to A2", "moved from XX to YY", "A1 all rights", "A2 all rights",
)  # fmt: skip


def run(*, share: int, part: int = 0, parts: int = 1) -> Outcome:
    """Try one cell of each class, or every `share`th of these. Parts divide the routes."""
    scene = Builder().build()
    everybody = principals(scene)
    browser = Browser()
    judge = Judge(scene, browser)
    mine = [route for route in routes() if crc32(route.pattern.encode()) % parts == part]
    if part == 0:
        judge.read_letters()
    # No worker runs the commands, so no answer comes.
    with (
        browser.log.attached(),
        patch("installers.api.views.vehicles.WAIT", 0),
        patch("fleetcontrol.api.commands.WAIT", 0),
        patch("fleetcontrol.api.limits.BURST", 10**9),
        patch("fleetcontrol.api.limits.STATES_AT_ONCE", 10**9),
    ):
        for cell in cells(scene, everybody, mine, share=share):
            judge.try_cell(cell)
        prober = Prober(judge, share)
        for principal, route in probes(everybody, mine, share):
            prober.probe(principal, route)
    judge.outcome.routes = len(mine)
    return judge.outcome


def probes(
    everybody: list[Principal], mine: list[Route], share: int
) -> list[tuple[Principal, Route]]:
    every = [
        (principal, route)
        for route in mine
        for principal in everybody
        if principal.name in PROBING and route.site != "admin"
    ]
    return [
        (principal, route)
        for principal, route in every
        if crc32(f"{principal.name}{route.name}".encode()) % min(share, FEWEST) == 0
    ]
