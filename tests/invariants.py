"""What must hold in the database whatever has happened: `python -m tests.invariants` names what does not."""

import sys
from collections.abc import Iterator

import django


def out_of_step() -> Iterator[str]:
    """Units whose setup is not the latest APPLIED configuration.

    A push that FAILED or lost its worker may have reached the unit all the same. So the unit may have a later
    configuration than the latest APPLIED one, never an earlier one. Configurations that no worker has claimed are left
    out: the demo world writes them without a unit.
    """
    from jobs.models import Configuration
    from telematics.simulator.models import SimulatedUnit

    pushed = (
        Configuration.objects.filter(fence__gt=0)
        .order_by("sequence")
        .values_list("unit", "sequence", "setup")
    )
    applied = {
        unit: sequence
        for unit, sequence, _setup in pushed.filter(status=Configuration.Status.APPLIED)
    }
    setups = {(unit, sequence): setup for unit, sequence, setup in pushed}
    for unit in SimulatedUnit.objects.filter(pk__in=applied).order_by("pk"):
        latest, setup = (
            applied[unit.pk],
            {name: value for name, value in unit.setup.items() if name != "capabilities"},
        )
        if unit.sequence < latest:
            yield f"unit {unit.pk} has configuration {unit.sequence}, the latest APPLIED one is {latest}"
        elif setup != setups.get((unit.pk, unit.sequence)):
            yield f"unit {unit.pk} has another setup than its configuration {unit.sequence}"


def broken() -> list[str]:
    return [*out_of_step()]


if __name__ == "__main__":
    django.setup()
    found = broken()
    sys.stdout.write("\n".join(found or ["Every invariant holds."]) + "\n")
    sys.exit(bool(found))
