"""The dates of the demo world: moves write the present, the diary holds the moment that each step represents."""

import time
from bisect import bisect_right
from collections.abc import Collection
from datetime import datetime, timedelta

from django.db import models
from django.db.models.functions import Now
from django.utils import timezone

from accounts.models import Fleet
from jobs.lease import LEASE
from jobs.models import (
    Configuration,
    HandbackRequest,
    InstallationTest,
    Job,
    JobEvent,
    JobPhoto,
    Notification,
    VehicleAccess,
)
from telematics.models import Key, Vehicle, VehicleEvent

# Of each table: the way to the fleet, and the columns that the clock fills.
DATED: dict[type[models.Model], tuple[str, tuple[str, ...]]] = {
    Job: ("fleet", ("created_at", "updated_at", "assigned_at", "taken_at", "finished_at")),
    JobEvent: ("job__fleet", ("at",)),
    Configuration: ("job__fleet", ("requested_at", "at")),
    InstallationTest: ("job__fleet", ("voided_at",)),
    JobPhoto: ("job__fleet", ("created_at",)),
    HandbackRequest: ("job__fleet", ("requested_at", "answered_at")),
    Notification: ("job__fleet", ("at",)),
    Vehicle: ("fleet", ("created_at", "updated_at", "archived_at")),
    VehicleEvent: ("vehicle__fleet", ("at",)),
    Key: ("vehicle__fleet", ("opened_at", "ends_at", "ended_at")),
}
# A unit learns and forgets a key some seconds later.
AT_UNIT = timedelta(seconds=4)
# Notifications older than this have been read.
READ_AFTER = timedelta(days=3)


class Diary:
    def __init__(self) -> None:
        self.written: list[datetime] = []
        self.meant: list[datetime] = []

    def step(self, at: datetime) -> None:
        """What is written from now on is dated to `at`."""
        time.sleep(0.001)  # as fine as SQLite's clock: no two steps share a moment
        self.written.append(Fleet.objects.annotate(now=Now()).values_list("now", flat=True)[:1][0])
        self.meant.append(at)

    def when(self, written: datetime) -> datetime:
        place = bisect_right(self.written, written) - 1
        return self.meant[max(place, 0)]

    def settle(self, fleets: Collection[Fleet]) -> None:
        """Date every row of `fleets` to what it stands for."""
        for model, (way, names) in DATED.items():
            rows = list(model._base_manager.filter(**{f"{way}__in": fleets}))
            for row in rows:
                self._date(row, names)
            more = ("added_at", "delivered_until", "dropped_at") if model is Key else ()
            model._base_manager.bulk_update(rows, [*names, *more], batch_size=100)
        self._end_leases(fleets)
        old = Notification.objects.filter(job__fleet__in=fleets, at__lt=timezone.now() - READ_AFTER)
        old.update(read_at=models.F("at") + timedelta(hours=2))

    def _date(self, row: models.Model, names: tuple[str, ...]) -> None:
        for name in names:
            if written := getattr(row, name):
                ahead = LEASE if name == "ends_at" else timedelta()
                setattr(row, name, self.when(written - ahead) + ahead)
        if isinstance(row, Key):
            row.added_at = row.opened_at + AT_UNIT
            row.delivered_until = row.ends_at
            row.dropped_at = row.ended_at and row.ended_at + AT_UNIT

    @staticmethod
    def _end_leases(fleets: Collection[Fleet]) -> None:
        """Access that was not used for a working day ended with its lease."""
        over = VehicleAccess.objects.lease_over().filter(job__fleet__in=fleets)
        Key.objects.filter(pk__in=list(over.values_list("key", flat=True))).update(
            ended_at=models.F("ends_at"), dropped_at=models.F("ends_at") + AT_UNIT
        )
        over.update(end_reason=VehicleAccess.EndReason.LEASE_OVER)
