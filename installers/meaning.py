"""What an end means, as the question before it lists it."""

from django.utils.functional import cached_property

from jobs.models import VehicleAccess

SHOWN = 50


class Listed:
    """The first of many rows, and how many there are beside them; false when there are none."""

    def __init__(self, rows):
        self.rows = rows

    @cached_property
    def first(self) -> list:
        return list(self.rows[:SHOWN])

    @cached_property
    def more(self) -> int:
        return self.rows.count() - SHOWN if len(self.first) == SHOWN else 0

    def __bool__(self) -> bool:
        return bool(self.first)


def open_accesses():
    return VehicleAccess.objects.live().select_related("key__vehicle", "key__holder").order_by("pk")
