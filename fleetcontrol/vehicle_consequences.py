"""What a bulk action will do to vehicles, in words and numbers, before anybody confirms it."""

from collections import Counter
from collections.abc import Iterable
from typing import Any, NamedTuple

from django.utils.functional import Promise
from django.utils.translation import gettext as _

from core.sql import among
from core.values.bidi import with_names
from jobs.models import Job
from telematics.models import OperationStatus, Vehicle
from telematics.models.bulk_changes import (
    Archive,
    Change,
    ChangeTags,
    SetCustomFields,
    SetOperationStatus,
    SetPlace,
)

# At most so many vehicles or jobs are named.
NAMED = 20
Line = tuple[str | Promise, int]


class Named(NamedTuple):
    """Rows of which the first are named."""

    number: int
    first: list[Any]

    @property
    def others(self) -> int:
        return self.number - len(self.first)


def first_of(rows: list[Any]) -> Named:
    return Named(len(rows), rows[:NAMED])


def consequences(change: Change, vehicles: list[Vehicle]) -> list[Line]:
    """Each consequence with the number of its vehicles; those without any are left out."""
    lines = list(_lines(change, vehicles))
    return [(text, number) for text, number in lines if number]


def _lines(change: Change, vehicles: list[Vehicle]) -> Iterable[Line]:
    if isinstance(change, ChangeTags):
        return _of_tags(change, vehicles)
    if isinstance(change, SetCustomFields):
        return _of_custom_fields(change, vehicles)
    if isinstance(change, SetOperationStatus):
        return _of_status(change, vehicles)
    if isinstance(change, SetPlace):
        return _of_place(change, vehicles)
    assert isinstance(change, Archive)
    with_unit = sum(vehicle.unit_id is not None for vehicle in vehicles)
    return [(_("Taken out of the fleet"), len(vehicles)), (_("Units back in stock"), with_unit)]


def _of_tags(change: ChangeTags, vehicles: list[Vehicle]) -> Iterable[Line]:
    held = Counter(tag for vehicle in vehicles for tag in vehicle.tags)
    for tag in change.add:
        yield with_names(_("Tag “%(tag)s” is added"), tag=tag), len(vehicles) - held[tag]
    for tag in change.remove:
        yield with_names(_("Tag “%(tag)s” is removed"), tag=tag), held[tag]


def _of_custom_fields(change: SetCustomFields, vehicles: list[Vehicle]) -> Iterable[Line]:
    for name, value in change.given.items():
        before = Counter(vehicle.custom_fields.get(name) for vehicle in vehicles)
        there = len(vehicles) - before[None]
        if value is None:
            yield with_names(_("“%(name)s” is removed"), name=name), there
            continue
        added = with_names(_("“%(name)s” is added: %(value)s"), name=name, value=value)
        yield added, before[None]
        replaced = with_names(_("“%(name)s” is replaced by: %(value)s"), name=name, value=value)
        yield replaced, there - before[value]


def _of_place(change: SetPlace, vehicles: list[Vehicle]) -> Iterable[Line]:
    without = sum(vehicle.place_id is None for vehicle in vehicles)
    if change.place is None:
        yield _("The place is removed"), len(vehicles) - without
        return
    yield with_names(_("Get the place %(place)s"), place=change.place.name), without
    yield (
        with_names(_("Move from another place to %(place)s"), place=change.place.name),
        len(vehicles) - without,
    )


def _of_status(change: SetOperationStatus, vehicles: list[Vehicle]) -> Iterable[Line]:
    before = Counter(vehicle.operation_status for vehicle in vehicles)
    after = change.status.label
    for status in OperationStatus:
        if status != change.status:
            yield f"{status.label} → {after}", before[status]
    yield _("Only the remark changes"), before[change.status]
    lost = sum(vehicle.operation_status_remark not in ("", change.remark) for vehicle in vehicles)
    yield _("A remark is replaced"), lost


def pending_jobs_of(vehicles: list[Vehicle]) -> Named:
    """The PENDING jobs about vehicles that are to be archived. They stay, but cannot be assigned."""
    keys = among(vehicle.pk for vehicle in vehicles)
    jobs = Job.objects.filter(status=Job.Status.PENDING, vehicle__in=keys).order_by("-pk")
    number = jobs.count()
    return Named(number, list(jobs.select_related("vehicle")[:NAMED] if number else ()))
