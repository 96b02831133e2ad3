"""Changes of many vehicles of a fleet: one transaction and a fixed number of statements, however many they are."""

import hashlib
import json
from collections.abc import Collection, Iterable, Mapping
from typing import NamedTuple

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import F
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models import ApiClient, Fleet, User
from accounts.models.membership import MANAGING
from core.errors import MoveRefused
from core.sql import among, update_returning
from telematics import labels, signals
from telematics.models.bulk_changes import Change, SetCustomFields
from telematics.models.vehicle import Vehicle, VehicleQuerySet
from telematics.models.vehicle_event import VehicleEvent

ARCHIVED = _("These vehicles are archived: %(ids)s.")
UNKNOWN = _("The fleet has no vehicles with these ids: %(ids)s.")
WITH_TOO_MANY = _("These vehicles would have more than %(most)s custom fields: %(ids)s.")
CHANGED_SINCE = _("These vehicles have changed since your preview. Check the numbers again.")
# At most so many vehicles are named in an error.
NAMED = 50
# So many vehicles are changed in one transaction.
MOST = 10_000


class UnknownVehicles(Exception):
    """Some of the vehicles are not the fleet's; the text names them."""


class Outcome(NamedTuple):
    """How many vehicles were changed, how many had the values already, and how many cannot, by reason."""

    changed: int
    unchanged: int
    refused: dict[str, int] = {}


class Judged(NamedTuple):
    """The vehicles that a change would write, those that have its values, and why others cannot have them."""

    changed: list[Vehicle]
    unchanged: list[Vehicle]
    refused: dict[str, list[Vehicle]]
    seen: str  # a digest of what the change replaces: while it is the same, nobody else has written there

    @property
    def counted(self) -> dict[str, int]:
        return {str(reason): len(vehicles) for reason, vehicles in self.refused.items()}


class ManyEdits:
    """One change of the `vehicles`, which are of one fleet."""

    def __init__(self, vehicles: VehicleQuerySet, change: Change):
        self.vehicles = vehicles
        self.change = change

    def judge(self) -> Judged:
        """What the change would do, read without locks: for a preview."""
        return self._judged(self.vehicles)

    @transaction.atomic
    def apply(
        self,
        by: User | ApiClient,
        *,
        fleet: Fleet,
        seen: str | None = None,
        reason: str = "",
    ) -> Outcome:
        """Change those that can be. `seen` is the digest of the preview that the caller has read.

        Raises NotAllowed, MoveRefused `stale`.
        """
        by.lock_membership(of=fleet, roles=MANAGING)
        judged = self._judged(self.locked())
        if seen not in (None, judged.seen):
            raise MoveRefused("stale", CHANGED_SINCE)
        self.write(judged.changed, by, reason)
        return Outcome(len(judged.changed), len(judged.unchanged), judged.counted)

    def locked(self) -> VehicleQuerySet:
        rows = self.vehicles.select_related("fleet").order_by("pk")
        return rows.select_for_update(of=("self",), no_key=True)

    def _judged(self, rows: VehicleQuerySet) -> Judged:
        vehicles = list(rows.order_by("pk"))
        obstacles = self.change.obstacles(vehicles)
        changed: list[Vehicle] = []
        unchanged: list[Vehicle] = []
        refused: dict[str, list[Vehicle]] = {}
        for vehicle in vehicles:
            if reason := obstacles.get(vehicle.pk, ""):
                refused.setdefault(reason, []).append(vehicle)
            elif self.change.differs(vehicle):
                changed.append(vehicle)
            else:
                unchanged.append(vehicle)
        return Judged(changed, unchanged, refused, self._digest(changed))

    def _digest(self, changed: list[Vehicle]) -> str:
        replaced = [[vehicle.pk, self.change.replaced(vehicle)] for vehicle in changed]
        return hashlib.blake2b(json.dumps(replaced).encode(), digest_size=16).hexdigest()

    def write(self, changed: list[Vehicle], by: User | ApiClient, reason: str = "") -> None:
        """Write these, which the caller holds locked: one statement for them, one for their events."""
        if not changed:
            return
        now = timezone.now()
        self.change.before_writing(changed)
        data = {vehicle: self.change.recorded(vehicle) for vehicle in changed}
        written = update_returning(
            Vehicle.objects.filter(pk__in=among(vehicle.pk for vehicle in changed)),
            "pk",
            "version",
            **self.change.columns(changed, now),
            version=F("version") + 1,
            updated_at=now,
        )
        versions = dict(written)
        for vehicle in changed:
            self.change.set_on(vehicle, now)
            vehicle.version = versions[vehicle.pk]
            vehicle.updated_at = now
        VehicleEvent.record_all(data, self.change.verb, by=by, reason=reason)
        signals.changed.send(Vehicle, vehicles=changed, reason=self.change.reason)


@transaction.atomic
def set_custom_fields(
    fleet: Fleet,
    vehicle_ids: Collection[str],
    *,
    given: Mapping[str, str | None],
    by: User | ApiClient,
) -> Outcome:
    """Set these custom fields of all these vehicles or of none; None removes one.

    Raises NotAllowed, UnknownVehicles, ValidationError at `vehicle_ids` or at the names of the fields.
    """
    by.lock_membership(of=fleet, roles=MANAGING)
    wanted = set(vehicle_ids)
    vehicles = Vehicle.objects.filter(fleet=fleet, pk__in=wanted)
    edits = ManyEdits(vehicles, SetCustomFields(given))
    judged = edits._judged(edits.locked())
    _check_all(wanted, judged)
    edits.write(judged.changed, by)
    return Outcome(len(judged.changed), len(judged.unchanged))


def _check_all(wanted: set[str], judged: Judged) -> None:
    refused = [vehicle for vehicles in judged.refused.values() for vehicle in vehicles]
    there = {vehicle.pk for vehicle in (*judged.changed, *judged.unchanged, *refused)}
    if unknown := wanted - there:
        raise UnknownVehicles(UNKNOWN % {"ids": named(unknown)})
    archived = {vehicle.pk for vehicle in refused if vehicle.archived_at}
    if archived:
        raise ValidationError({"vehicle_ids": ARCHIVED % {"ids": named(archived)}})
    if refused:
        ids = named(vehicle.pk for vehicle in refused)
        text = WITH_TOO_MANY % {"most": labels.MOST_FIELDS, "ids": ids}
        raise ValidationError({"vehicle_ids": text})


def named(ids: Iterable[str]) -> str:
    in_order = sorted(ids)
    text = ", ".join(in_order[:NAMED])
    return f"{text} …" if len(in_order) > NAMED else text
