"""What the fleets of the demo world have written on their vehicles: tags and custom fields, which filters find."""

from collections.abc import Iterator
from datetime import datetime

from accounts.models import Fleet
from demo.world import hours
from demo.world.stage import Stage
from demo.world.words import PLACES
from telematics.models import Vehicle
from telematics.models.bulk_changes import Change, ChangeTags, SetCustomFields
from telematics.models.many_edits import ManyEdits

# Tag → the first vehicle that has it, and how many come between.
TAGS = {"Winter tyres": (0, 3), "Pool": (1, 4), "Lease ends": (5, 9)}
FIRST_COST_CENTRE = 4100


def label(stage: Stage) -> None:
    """Yesterday, each by a few changes of many."""
    at = hours.days_ago(1, stage.dice)
    for fleet in stage.cast.fleets:
        manager = stage.crews[fleet.pk].desk[0]
        there = _there(stage, fleet, at)
        stage.diary.step(at)
        for change, keys in _changes(there, PLACES[fleet.name]):
            ManyEdits(Vehicle.objects.filter(pk__in=keys), change).apply(manager, fleet=fleet)


def _there(stage: Stage, fleet: Fleet, at: datetime) -> list[str]:
    """The vehicles that were in the fleet at that time: some of today's jobs have brought theirs since."""
    vehicles = Vehicle.objects.live().filter(fleet=fleet).order_by("created_at", "pk")
    written = vehicles.values_list("pk", "created_at")
    return [key for key, created_at in written if stage.diary.when(created_at) < at]


def _changes(keys: list[str], places: list[str]) -> Iterator[tuple[Change, list[str]]]:
    for tag, (first, step) in TAGS.items():
        yield ChangeTags([tag]), keys[first::step]
    for number, place in enumerate(places):
        fields = {
            "Depot": place.partition(",")[0],
            "Cost centre": str(FIRST_COST_CENTRE + number),
        }
        yield SetCustomFields(fields), keys[number :: len(places)]
