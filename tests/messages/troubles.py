"""What happens beside the kills of relays: webs are killed, wires are cut, a queue is deleted, RabbitMQ restarts."""

import random
from collections import Counter

from tests.messages.scene import Scene

WEB = "the web is killed"
RELAYS_WIRES = "the relays' connections to RabbitMQ are cut"
READERS_WIRES = "the readers' connections to RabbitMQ are cut"
DELETED = "a queue is deleted while in use"
RESTART = "RabbitMQ is restarted"


class Troubles:
    def __init__(self, scene: Scene, each: int, restarts: int, seed: int):
        self.scene = scene
        times = {WEB: each}
        if scene.rabbit:
            times |= {RELAYS_WIRES: each, READERS_WIRES: each, DELETED: 1, RESTART: restarts}
        self.left = [name for name, number in times.items() for _ in range(number)]
        random.Random(seed).shuffle(self.left)
        self.wanted = len(self.left)
        self.made: Counter[str] = Counter()

    def go_on(self, part: float) -> bool:
        """Make the next one, when so large a part of the run is over that it is due. Return whether it was."""
        if not self.left or part < (self.made.total() + 1) / (self.wanted + 1):
            return False
        name = self.left.pop(0)
        self._make(name)
        self.made[name] += 1
        return True

    def _make(self, name: str) -> None:
        scene, rabbit = self.scene, self.scene.rabbit
        if name == WEB:
            scene.kill_web()
            scene.web.start()
        elif rabbit and name == RELAYS_WIRES:
            rabbit.cut_relays()
        elif rabbit and name == READERS_WIRES:
            rabbit.cut_readers()
        elif rabbit and name == DELETED:
            rabbit.delete(scene.world["consumers"]["queue"]["queue"])
        elif rabbit and name == RESTART:
            rabbit.restart()
