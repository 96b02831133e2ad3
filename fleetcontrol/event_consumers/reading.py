"""Whether the program of an AMQP consumer reads its queues, in words."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta

from django.utils.translation import gettext as _

from accounts.models import EventSubscription
from core.values.shown import age

# A program may pause for a while without anything being wrong.
PAUSE = timedelta(minutes=10)


@dataclass(frozen=True)
class Reading:
    """What its queues hold, and for how long nothing was read while something was there."""

    depth: int
    unread_for: timedelta

    @property
    def is_doubtful(self) -> bool:
        return self.unread_for >= PAUSE

    @property
    def in_words(self) -> str:
        if not self.depth:
            return _("Everything was read.")
        if not self.is_doubtful:
            return _("Its queues are being read.")
        return _("Nothing was read: last %(age)s.") % {"age": age(self.unread_for.total_seconds())}


def reading_of(subscriptions: Sequence[EventSubscription]) -> Reading | None:
    """None before the first sample."""
    sampled = [each for each in subscriptions if each.sampled_at and each.depth is not None]
    if not sampled:
        return None
    depth = sum(each.depth or 0 for each in sampled)
    return Reading(depth, max(each.unread_for for each in sampled))
