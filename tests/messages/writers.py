"""`python -m tests.messages.writers <vehicles> <URL> <seed>`: write the world, and then change its vehicles.

The lines of its input are how many messages there may be, or a consumer that is to be resumed. It writes who there is,
after each commit how many messages there are by now, and in the end how many of each vehicle. Some transactions commit
late, so that their messages have earlier keys than those that are numbered before them; some are rolled back.
"""

import json
import os
import random
import sys
import threading
import time
from collections import Counter
from typing import Any

import django

WRITERS = 4
# At most so many vehicles in one transaction; and in one that changes many at once, of which there are a few.
MOST = 5
MANY = 60
BY_MANY, LATE, LOST = 0.15, 0.04, 0.03


class Desk:
    """How many messages may still be written, and how many were, by their subject."""

    def __init__(self) -> None:
        self.allowed = 0
        self.taken = 0
        self.is_closed = False
        self.committed: Counter[str] = Counter()
        self.changed = threading.Condition()

    def allow(self, number: int) -> None:
        with self.changed:
            self.allowed = max(self.allowed, number)
            self.changed.notify_all()

    def close(self) -> None:
        with self.changed:
            self.is_closed = True
            self.changed.notify_all()

    def take(self, wanted: int) -> int:
        """So many of them may be written now; 0 at the end."""
        with self.changed:
            while self.taken >= self.allowed and not self.is_closed:
                self.changed.wait()
            granted = min(wanted, self.allowed - self.taken)
            self.taken += granted
            return granted

    def give_back(self, number: int) -> None:
        """They were rolled back."""
        with self.changed:
            self.taken -= number
            self.changed.notify_all()

    def note(self, subjects: list[str]) -> None:
        with self.changed:
            self.committed.update(subjects)
            say(str(self.committed.total()))


class Writer(threading.Thread):
    def __init__(self, desk: Desk, subjects: list[str], people: tuple[Any, Any], seed: int):
        """`people` are the fleet and one of its admins."""
        super().__init__(daemon=True)
        self.desk, self.subjects, self.people = desk, subjects, people
        self.dice = random.Random(seed)
        self.written = 0

    def run(self) -> None:
        while number := self.desk.take(self._wanted()):
            # In the order of their keys, as everybody locks them.
            some = sorted(self.dice.sample(self.subjects, number))
            if self._write(some):
                self.desk.note(some)
            else:
                self.desk.give_back(number)

    def _wanted(self) -> int:
        """How many vehicles the next transaction changes."""
        if self.dice.random() < BY_MANY:
            return min(self.dice.randint(MOST, MANY), len(self.subjects))
        return self.dice.randint(1, MOST)

    def _write(self, some: list[str]) -> bool:
        """One transaction; whether it is committed."""
        from django.db import transaction

        is_lost = self.dice.random() < LOST
        with transaction.atomic():
            self.written += 1
            change = self._change_many if len(some) > MOST else self._change_each
            change(some, f"{self.name} {self.written}")
            if self.dice.random() < LATE:
                time.sleep(self.dice.uniform(0.1, 0.6))
            transaction.set_rollback(is_lost)
        return not is_lost

    def _change_each(self, some: list[str], value: str) -> None:
        from telematics.models import Vehicle
        from telematics.models.change_reason import ChangeReason

        for vehicle in Vehicle.objects.filter(pk__in=some).order_by("pk"):
            vehicle.change(reason=ChangeReason.TAGS_CHANGED, tags=[value])

    def _change_many(self, some: list[str], value: str) -> None:
        from telematics.models import many_edits

        fleet, admin = self.people
        many_edits.set_custom_fields(fleet, some, given={"written": value}, by=admin)


def main(number: int, url: str, seed: int) -> None:
    os.environ["DJANGO_SETTINGS_MODULE"] = "config.settings"
    django.setup()
    from tests.messages import world

    found = world.build(number, url)
    say(json.dumps(found))
    desk = Desk()
    people = world.people(found["fleet"])
    writers = [Writer(desk, found["vehicles"], people, seed + place) for place in range(WRITERS)]
    for writer in writers:
        writer.start()
    for line in sys.stdin:
        if line.strip().isdecimal():
            desk.allow(int(line))
        else:
            world.resume(line.strip())
    desk.close()
    for writer in writers:
        writer.join()
    say(json.dumps(desk.committed))


def say(line: str) -> None:
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    main(int(sys.argv[1]), sys.argv[2], int(sys.argv[3]))
