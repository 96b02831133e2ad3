"""The steps of the work on one job, in the order of the installer's guide, and what each still lacks."""

from collections.abc import Iterable
from typing import NamedTuple

from django.db import models
from django.utils.translation import gettext_lazy as _

from jobs.models.choices import FINISHED, Task
from jobs.models.columns import JobColumns


class StepName(models.TextChoices):
    UNIT = "UNIT", _("Unit")
    VEHICLE_DATA = "VEHICLE_DATA", _("Vehicle data")
    CONFIGURATION = "CONFIGURATION", _("Configuration")
    TESTS = "TESTS", _("Tests")
    PHOTOS = "PHOTOS", _("Photos")
    OUTCOME = "OUTCOME", _("Outcome")


class StepStatus(models.TextChoices):
    DONE = "DONE", _("Done")
    OPEN = "OPEN", _("Open")
    BLOCKED = "BLOCKED", _("Blocked")


class Step(NamedTuple):
    name: StepName
    status: StepStatus
    missing: list[str]


# To which step a part of `Proof.missing` belongs; `test:<KIND>` and `photo:<KIND>` by what comes before the colon.
STEP_OF = {
    "unit": StepName.UNIT,
    "vehicle_model": StepName.VEHICLE_DATA,
    "identity": StepName.VEHICLE_DATA,
    "configuration": StepName.CONFIGURATION,
    "test": StepName.TESTS,
    "photo": StepName.PHOTOS,
}
# The steps that a step has to wait for.
WAITS_FOR = {
    StepName.CONFIGURATION: {"unit", "vehicle_model"},
    StepName.TESTS: {"unit", "vehicle_model", "configuration"},
}
IN_MAINTENANCE: dict[str, tuple[StepName, ...]] = {
    Task.REPLACE_UNIT: (StepName.UNIT, StepName.CONFIGURATION),
    Task.REMOVE_UNIT: (StepName.UNIT,),
}


def steps_of(job: JobColumns, missing: list[str]) -> list[Step]:
    """Return the steps of a job that still lacks what is `missing`, as `Proof.missing` returns it."""
    return [_step(job, name, missing) for name in _names(job)]


def _names(job: JobColumns) -> Iterable[StepName]:
    if job.is_installation:
        return StepName
    of_task = IN_MAINTENANCE.get(job.task, ())
    return (StepName.VEHICLE_DATA, *of_task, StepName.TESTS, StepName.PHOTOS, StepName.OUTCOME)


def _step(job: JobColumns, name: StepName, missing: list[str]) -> Step:
    if name == StepName.OUTCOME:
        return Step(name, _status_of_outcome(job, missing), missing)
    own = [part for part in missing if STEP_OF[part.partition(":")[0]] == name]
    status = StepStatus.OPEN
    if not own:
        status = StepStatus.DONE
    elif WAITS_FOR.get(name, set()).intersection(missing):
        status = StepStatus.BLOCKED
    return Step(name, status, own)


def _status_of_outcome(job: JobColumns, missing: list[str]) -> StepStatus:
    if job.status in FINISHED:
        return StepStatus.DONE
    if missing:
        return StepStatus.BLOCKED
    return StepStatus.OPEN
