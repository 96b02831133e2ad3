"""What a fleet has, by one text: each kind is found by the search of its own list."""

from collections.abc import Iterator
from typing import Any, NamedTuple

from django.http import QueryDict
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.models import Partnership
from fleetcontrol.filters.units import UnitFilter
from fleetcontrol.forms.lookups import description
from fleetcontrol.tables.units import IN_STOCK, IN_VEHICLE, RETIRED
from fleetcontrol.views import unit_list
from fleetcontrol.views.job_filtering import FilteredJobs
from fleetcontrol.views.kind_tabs import TITLES
from fleetcontrol.views.places import OfPlaces
from fleetcontrol.views.saved_settings_list import any_contains
from fleetcontrol.views.vehicle_filtering import FilteredVehicles
from jobs.models import Job
from telematics.models import Place, Unit, Vehicle

MOST = 5


class Hit(NamedTuple):
    title: Any
    url: str
    about: str = ""
    status: str = ""
    status_label: Any = ""
    icon: str = ""


class Group(NamedTuple):
    label: Any
    hits: list[Hit]
    all_url: str = ""


class Found:
    """One kind of rows. `list_name` names its list, whose parameter `search` finds them all."""

    label: Any
    list_name: str

    def __init__(self, request: Any, text: str) -> None:
        self.request = request
        self.fleet = request.fleet
        self.text = text
        self.query = QueryDict(urlencode({"search": text}))

    def groups(self) -> Iterator[Group]:
        """One group, if anything is found. One statement."""
        if rows := list(self.rows()[:MOST]):
            yield Group(self.label, [self.hit(row) for row in rows], self.all_url(rows[0]))

    def rows(self) -> Any:
        raise NotImplementedError(f"{type(self).__name__} finds nothing")

    def hit(self, row: Any) -> Hit:
        raise NotImplementedError(f"{type(self).__name__} shows nothing")

    def tab(self, first: Any) -> str:
        """The tab of the list that has the first row; "" if it is the one that the list begins with."""
        return ""

    def all_url(self, first: Any) -> str:
        query = {"search": self.text}
        if tab := self.tab(first):
            query["status"] = tab
        return f"{self.url(self.list_name)}?{urlencode(query)}"

    def url(self, name: str, *args: Any) -> str:
        return reverse(f"fleetcontrol:{name}", args=[self.fleet.pk, *args])


class FoundJobs(Found):
    kind: str

    def rows(self) -> Any:
        jobs = FilteredJobs(self.fleet, self.kind, self.query, self.request)
        return jobs.best.select_related("vehicle", "company")

    def hit(self, job: Job) -> Hit:
        job.fleet = self.fleet
        return Hit(
            job.names.title or _("no name yet"),
            self.url("job-detail", job.pk),
            joined(job.names.number, job.company and job.company.name, job.external_reference),
            job.status,
            job.get_status_display(),
        )


class FoundInstallations(FoundJobs):
    label = TITLES[Job.Kind.INSTALLATION]
    list_name = "installation_jobs"
    kind = Job.Kind.INSTALLATION


class FoundMaintenance(FoundJobs):
    label = TITLES[Job.Kind.MAINTENANCE]
    list_name = "maintenance_jobs"
    kind = Job.Kind.MAINTENANCE


class FoundVehicles(Found):
    label = gettext_lazy("Vehicles")
    list_name = "vehicles"

    def rows(self) -> Any:
        return FilteredVehicles(self.fleet, self.query, self.request).best

    def hit(self, vehicle: Vehicle) -> Hit:
        return Hit(
            str(vehicle),
            self.url("vehicle-detail", vehicle.pk),
            joined(vehicle.pk, description(vehicle), vehicle.unit_id),
            *archived(vehicle),
        )

    def tab(self, first: Vehicle) -> str:
        return "ARCHIVED" if first.archived_at else ""


class FoundUnits(Found):
    label = gettext_lazy("Units")
    list_name = "units"

    def rows(self) -> Any:
        units = Unit.objects.visible_to(self.request.user).filter(fleet=self.fleet)
        found = UnitFilter(self.query, queryset=units, request=self.request, only_used=True).qs
        return found.select_related("vehicle").order_by("pk")

    def hit(self, unit: Unit) -> Hit:
        return Hit(unit.pk, self.url("unit", unit.pk), self.where(unit))

    def where(self, unit: Unit) -> str:
        if unit.retired_at:
            return str(RETIRED)
        vehicle = getattr(unit, "vehicle", None)
        return joined(IN_VEHICLE, vehicle) if vehicle else str(IN_STOCK)

    def tab(self, first: Unit) -> str:
        if first.retired_at:
            return unit_list.RETIRED
        return unit_list.MOUNTED if hasattr(first, "vehicle") else ""


class FoundPartners(Found):
    label = gettext_lazy("Partners")
    list_name = "partners"

    def rows(self) -> Any:
        partnerships = self.fleet.partnerships.live().as_shown().matching(self.text)
        return partnerships.select_related("company").order_by("-pk")

    def hit(self, partnership: Any) -> Hit:
        # Before it has accepted, nobody may learn who works where.
        known = partnership.status == Partnership.Status.ACCEPTED
        return Hit(
            partnership.company.name if known else partnership.email,
            self.url("partner", partnership.pk),
            partnership.company_id if known else "",
            partnership.shown,
            Partnership.Shown(partnership.shown).label,
        )


class FoundPlaces(Found):
    label = gettext_lazy("Places")
    list_name = "places"

    def rows(self) -> Any:
        places = Place.objects.visible_to(self.request.user).filter(fleet=self.fleet)
        return places.filter(any_contains(OfPlaces.searched, self.text)).order_by("name", "pk")

    def hit(self, place: Place) -> Hit:
        return Hit(place.name, self.url("place", place.pk), place.address, *archived(place))

    def tab(self, first: Place) -> str:
        return "ARCHIVED" if first.archived_at else ""


KINDS: tuple[type[Found], ...] = (
    FoundInstallations,
    FoundMaintenance,
    FoundVehicles,
    FoundUnits,
    FoundPartners,
    FoundPlaces,
)


def archived(row: Any) -> tuple[str, str]:
    return ("ARCHIVED", _("Archived")) if row.archived_at else ("", "")


def joined(*parts: Any) -> str:
    return " · ".join(str(part) for part in parts if part)


def found_in_fleet(request: Any, text: str) -> Iterator[Group]:
    """The groups of what is found. A statement for each kind, however much there is."""
    for kind in KINDS:
        yield from kind(request, text).groups()
