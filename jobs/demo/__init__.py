"""The demo world: who is in it, what stands in stock and what has happened so far. `manage.py demo` builds it."""

from django.db import transaction

from core.context import acting
from core.tasks import quietly


def build() -> bool:
    """The whole of it, at once or not at all; False when it is there already. What exists is never changed."""
    from jobs.demo import desk, history, parked, people, stock

    if people.are_there():
        return False
    with transaction.atomic(), quietly(), acting(channel="system"):
        cast = people.gather()
        desk.furnish(cast)
        units = stock.fill(cast)
        history.play(cast, units)
        parked.bring_to_life(cast)
    return True
