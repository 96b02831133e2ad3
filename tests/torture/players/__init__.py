"""The people of the torture, each a thread of its own: they work as in the story, and they get in each other's way."""

import time
from collections import deque
from datetime import UTC, datetime

from tests.torture.machines import Seat
from tests.torture.players.base import Player, Stage
from tests.torture.players.closings import Closing
from tests.torture.players.desk import ClientAdmin, Dispatcher
from tests.torture.players.installers import Colleague, Installer
from tests.torture.players.machines import Follower, VehicleProgram
from tests.torture.players.managers import Manager
from tests.torture.players.offices import Office
from tests.torture.players.operators import Operator
from tests.torture.players.orders import JobProgram
from tests.torture.world import PASSWORD

__all__ = ["Follower", "Operator", "Player", "Stage", "cast", "finish"]


def cast(stage: Stage) -> list[Player]:
    """Everybody, signed in."""
    people = stage.people
    crew = people["crew"]
    models = stage.line.phone(crew[0]["email"], PASSWORD).every("vehicle-models/")
    players: list[Player] = []
    for one in crew:
        rivals = deque(other for other in crew if other["company"] == one["company"])
        rivals.rotate(-rivals.index(one) - 1)
        players.append(Installer(stage, one["email"], rivals[0]["email"], models))
    players.append(Colleague(stage, crew[0]["email"]))
    players += [Manager(stage, one["email"], one["fleet"]) for one in people["desks"]]
    players += [Office(stage, one["email"], one["company"]) for one in people["offices"]]
    closing = Closing(stage, people["short_lived"], people["operator"], people["desks"][1])
    players += [player for desk in people["desks"] for player in beside(stage, desk)]
    return [*players, closing, Operator(stage, people["operator"])]


def beside(stage: Stage, desk: dict[str, str]) -> list[Player]:
    """The programs of a fleet, and the people who are at the same vehicles."""
    seats = {
        one["name"]: Seat(one["fleet"], one["client_id"], one["secret"])
        for one in stage.people["programs"]
        if one["fleet"] == desk["fleet"]
    }
    working = [seats["Vehicles"], seats["Orders"]]
    return [
        VehicleProgram(stage, seats["Vehicles"], "vehicles"),
        JobProgram(stage, seats["Orders"]),
        Follower(stage, seats["Follower"], datetime.now(UTC).isoformat()),
        Dispatcher(stage, desk["dispatcher"], desk["fleet"]),
        ClientAdmin(stage, desk["admin"], working),
    ]


def finish(players: list[Player], patience: float) -> None:
    """Let everybody come to the end of what they do."""
    until = time.monotonic() + patience
    for player in players:
        player.join(max(0.0, until - time.monotonic()))
