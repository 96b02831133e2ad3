"""The demo world: its people, its stock and its history. `manage.py demo` builds it."""

from django.db import transaction

from core.context import acting
from core.models import DemoMark
from core.tasks import quietly


def build() -> bool:
    """The whole of it, at once or not at all; False when it is there already. What exists is never changed.

    The mark is taken first: of two that build at once, the second waits, and then finds the world built.
    """
    from demo.world import desk, history, messages, parked, people, place, stock

    with transaction.atomic(), quietly(), acting(channel="system"):
        if not DemoMark.objects.claim() or place.holds_unmarked_world():
            return False
        cast = people.gather()
        desk.furnish(cast)
        units = stock.fill(cast)
        history.play(cast, units)
        parked.bring_to_life(cast)
        messages.open_feed(cast)
    return True
