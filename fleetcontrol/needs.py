"""What needs somebody in a fleet: each a number that opens its list.

The number is counted by the address of the list, so both always show the same.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, NamedTuple

from django.db.models import QuerySet
from django.http import HttpRequest, QueryDict
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext_lazy

from accounts.models import Fleet
from core.web.lists.counts import Count, count_all
from fleetcontrol.views.job_filtering import FilteredJobs
from fleetcontrol.views.kind_tabs import TITLES
from fleetcontrol.views.vehicle_filtering import FilteredVehicles
from jobs.models import Job
from jobs.models.job_queryset import WATCHED_DAYS
from jobs.parts.obstacles import UNTOUCHED_DAYS

# Days for which a job may run before somebody should ask.
LONG = 1


class Need(NamedTuple):
    title: str | Promise
    text: str | Promise
    query: str
    of_vehicles: bool = False
    # The number in the text. It is put in when the text is read: before that, it has no language.
    days: int = 0

    @property
    def sentence(self) -> str:
        return str(self.text) % {"days": self.days}


NEEDS = [
    Need(_("Overdue"), _("Open, and planned for a day that is over."), "overdue=on"),
    Need(
        _("Failed without a follow-up"),
        _("Nobody has created another job for the vehicle."),
        "to_follow_up=on",
    ),
    Need(
        _("Assigned and untouched"),
        ngettext_lazy(
            "No installer has done anything for a day.",
            "No installer has done anything for %(days)d days.",
            UNTOUCHED_DAYS,
        ),
        f"untouched={UNTOUCHED_DAYS}",
        days=UNTOUCHED_DAYS,
    ),
    Need(
        _("Asked back"),
        _("You have asked the partner to hand them back. There is no answer yet."),
        "asked_back=on",
    ),
    Need(
        _("Partner keeps it"),
        _("You have asked the partner to hand them back. It has refused, with a reason."),
        "refused=on",
    ),
    Need(
        _("Access open for long"),
        ngettext_lazy(
            "The installer has had access to the vehicle for more than a day.",
            "The installer has had access to the vehicle for more than %(days)d days.",
            LONG,
        ),
        f"running_for={LONG}",
        days=LONG,
    ),
    Need(
        _("Silent after its installation"),
        _("The unit was installed in the last %(days)d days, and sends nothing."),
        "silent=on",
        of_vehicles=True,
        days=WATCHED_DAYS,
    ),
]


@dataclass(frozen=True)
class Number:
    """How many rows of a list, and its address."""

    label: str | Promise
    found: Count
    url: str


class Needed(NamedTuple):
    need: Need
    numbers: list[Number]

    @property
    def is_pressing(self) -> bool:
        return any(number.found for number in self.numbers)


def needs_of(fleet: Fleet, request: HttpRequest) -> list[Needed]:
    """One statement, however many rows there are."""
    lists = [(need, list(_lists_of(need, fleet, request))) for need in NEEDS]
    counts = count_all({url: rows for _need, some in lists for _label, url, rows in some})
    return [
        Needed(need, [Number(label, counts[url], url) for label, url, _rows in some])
        for need, some in lists
    ]


def _lists_of(
    need: Need, fleet: Fleet, request: HttpRequest
) -> Iterator[tuple[Any, str, QuerySet]]:
    """The label, the address and the rows of each list. A query is read once for the lists of both kinds."""
    query = QueryDict(need.query)
    if need.of_vehicles:
        url = reverse("fleetcontrol:vehicles", args=[fleet.pk])
        yield _("Vehicles"), f"{url}?{need.query}", FilteredVehicles(fleet, query, request).shown
        return
    shown = FilteredJobs(fleet, None, query, request).shown
    for kind in Job.Kind:
        url = reverse(f"fleetcontrol:{kind.lower()}_jobs", args=[fleet.pk])
        yield TITLES[kind], f"{url}?{need.query}", shown.filter(kind=kind)
