"""What ends with a person or a company, for the question before they are removed."""

from typing import Any

from django.db.models import QuerySet
from django.utils.functional import cached_property

from jobs.models import VehicleAccess

SHOWN = 50


class Listed:
    """The first of many rows, and how many more there are. False without rows."""

    def __init__(self, rows: QuerySet[Any]) -> None:
        self.rows = rows

    @cached_property
    def first(self) -> list[Any]:
        return list(self.rows[:SHOWN])

    @cached_property
    def more(self) -> int:
        if len(self.first) == SHOWN:
            return self.rows.count() - SHOWN
        return 0

    def __bool__(self) -> bool:
        return bool(self.first)


def open_accesses() -> QuerySet[VehicleAccess]:
    return VehicleAccess.objects.live().select_related("key__vehicle", "key__holder").order_by("pk")
