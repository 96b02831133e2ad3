"""Many units of a fleet are taken out of service at once: those that can be; the others with the reason why not."""

import hashlib
from typing import NamedTuple

from django.db import transaction
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from accounts.models import Fleet, User
from accounts.models.membership import MANAGING
from core.errors import MoveRefused
from core.sql import among
from telematics.models.unit import Unit, UnitQuerySet
from telematics.refusals import UNIT_IN_VEHICLE, UNIT_RESERVED

RETIRED_ALREADY = _("This unit is retired already.")
CHANGED_SINCE = _("These units have changed since your preview. Check the numbers again.")
# So many units are retired in one transaction.
MOST = 10_000


class Judged(NamedTuple):
    """The units that can be retired, and the others by reason."""

    free: list[Unit]
    refused: dict[str, list[Unit]]

    @property
    def seen(self) -> str:
        """A digest of what would be retired: while it is the same, a preview is right."""
        keys = " ".join(unit.pk for unit in self.free)
        return hashlib.blake2b(keys.encode(), digest_size=16).hexdigest()


class Retirement:
    """Of the `units`, which are of one fleet."""

    def __init__(self, units: UnitQuerySet):
        self.units = units

    def judge(self) -> Judged:
        """What the retirement would do, in two statements: for a preview, or under the locks."""
        units = list(self.units.select_related("vehicle").order_by("pk"))
        keys = among(unit.pk for unit in units)
        free_keys = set(Unit.objects.filter(pk__in=keys).free().values_list("pk", flat=True))
        free: list[Unit] = []
        refused: dict[str, list[Unit]] = {}
        for unit in units:
            if unit.pk in free_keys:
                free.append(unit)
            else:
                refused.setdefault(why_not(unit), []).append(unit)
        return Judged(free, refused)

    @transaction.atomic
    def apply(self, by: User, *, fleet: Fleet, seen: str) -> int:
        """Retire those that can be, and return their number. `seen` is the digest of the preview.

        Raises NotAllowed, MoveRefused `stale`.
        """
        by.lock_membership(of=fleet, roles=MANAGING)
        locked = self.units.order_by("pk").select_for_update(of=("self",), no_key=True)
        keys = list(locked.values_list("pk", flat=True))
        # In a statement after the lock: what happened while we waited is judged, too.
        judged = Retirement(Unit.objects.filter(pk__in=among(keys))).judge()
        if seen != judged.seen:
            raise MoveRefused("stale", CHANGED_SINCE)
        return Unit.objects.set_retired(judged.free, Now(), "retire", by=by)


def why_not(unit: Unit) -> str:
    """Why a unit that is not free cannot be retired."""
    if unit.retired_at is not None:
        return str(RETIRED_ALREADY)
    if getattr(unit, "vehicle", None) is not None:
        return str(UNIT_IN_VEHICLE)
    return str(UNIT_RESERVED)
