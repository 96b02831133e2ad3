"""Working hours: things happen from Monday to Friday between eight and five, and never later than a moment ago."""

import random
from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

from django.utils import timezone

ZONE = ZoneInfo("Europe/Berlin")
OPENS = time(8)
CLOSES = time(17)
# The youngest events are some minutes old.
FRESH = timedelta(minutes=5)


def days_ago(days: float, dice: random.Random) -> datetime:
    """Some time of that working day."""
    day = timezone.now().astimezone(ZONE) - timedelta(days=days)
    while day.weekday() > 4:
        day -= timedelta(days=1)
    at = datetime.combine(day.date(), OPENS, ZONE) + timedelta(minutes=dice.randint(0, 8 * 60))
    return min(at, timezone.now() - FRESH)


def working(at: datetime) -> datetime:
    """`at`, or the next working morning."""
    local = at.astimezone(ZONE)
    minutes = timedelta(minutes=local.minute % 40)
    if local.time() >= CLOSES:
        local = datetime.combine(local.date() + timedelta(days=1), OPENS, ZONE) + minutes
    elif local.time() < OPENS:
        local = datetime.combine(local.date(), OPENS, ZONE) + minutes
    while local.weekday() > 4:
        local += timedelta(days=1)
    return local
