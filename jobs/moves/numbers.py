"""Numbers for jobs from before there were numbers. New ones get theirs when they are created."""

from typing import Self

from django.db import transaction

from core.many_rows import update_rows
from jobs import freshness
from jobs.models.job_counter import next_numbers
from jobs.moves.many import JobType, ManyMoves


class NumberingMoves(ManyMoves[JobType]):
    def unnumbered(self) -> Self:
        """Jobs from before there were numbers, or created by the version before during an upgrade."""
        return self.filter(number=None)

    @transaction.atomic
    def number_oldest(self, most: int) -> int:
        """Number the oldest jobs without a number of one fleet, and return how many these are.

        A second run beside it waits for the same rows, then finds them numbered and returns 0.
        """
        fleet = self.unnumbered().order_by("fleet", "pk").values_list("fleet", flat=True).first()
        if fleet is None:
            return 0
        oldest = self.unnumbered().filter(fleet=fleet).order_by("pk")
        locked = oldest.select_for_update(of=("self",), no_key=True).values_list("pk", flat=True)
        keys = list(locked[:most])
        if keys:
            numbers = next_numbers(fleet, len(keys))
            update_rows(self.model, ("id", "number"), list(zip(keys, numbers, strict=True)))
            freshness.touch(fleet)
        return len(keys)
