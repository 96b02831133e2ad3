"""The places of a fleet: its garages and depots. Jobs and vehicles choose one of them."""

from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from core.web.lists.counts import CAP, count
from core.web.lists.pages import with_query
from fleetcontrol.forms.places import PlaceForm
from fleetcontrol.tables.places import PlaceTable
from fleetcontrol.views.archivable import DeleteOrArchive, InTab, OfArchivable, RestoreArchived
from fleetcontrol.views.saved_settings import (
    EditSaved,
    SavedDetail,
    SavedForm,
    SavedMenu,
    SavedModel,
)
from fleetcontrol.views.saved_settings_list import (
    SavedColumns,
    SavedExport,
    SavedList,
    SavedTableViews,
)
from jobs.models import Job
from telematics.models import Place, Vehicle


class OfPlaces(OfArchivable):
    model: SavedModel = Place
    noun = "place"
    section = "places"
    table_class = PlaceTable
    searched: tuple[str, ...] = ("name", "address", "contact")
    panel_template = "fleetcontrol/places/panel.html"

    def details(self, row: Place, list_url: str) -> dict[str, Any]:
        return {"object": row, "here": self.here(row), **self.actions_of(row, list_url)}

    def here(self, place: Place) -> list[tuple[Any, Any, str]]:
        """What is at the place: a label, how many, and the list that shows them."""
        jobs = Job.objects.in_fleet(self.fleet).shown().filter(place=place)
        vehicles = Vehicle.objects.live().filter(fleet=self.fleet, place=place)
        lists = (
            (_("Installation Jobs"), jobs.filter(kind="INSTALLATION"), "installation_jobs"),
            (_("Maintenance Jobs"), jobs.filter(kind="MAINTENANCE"), "maintenance_jobs"),
            (_("Vehicles"), vehicles, "vehicles"),
        )
        found = []
        for label, rows, name in lists:
            url = reverse(f"fleetcontrol:{name}", args=[self.fleet.pk])
            found.append((label, count(rows, CAP), with_query(url, place=place.pk)))
        return found


class PlaceList(InTab, OfPlaces, SavedList):
    template_name = "fleetcontrol/places/list.html"


class PlaceColumns(InTab, OfPlaces, SavedColumns):
    pass


class PlaceViews(InTab, OfPlaces, SavedTableViews):
    pass


class PlaceExport(InTab, OfPlaces, SavedExport):
    pass


class PlaceDetail(OfPlaces, SavedDetail):
    pass


class PlaceMenu(OfPlaces, SavedMenu):
    pass


class PlaceFormView(OfPlaces, SavedForm):
    form_class = PlaceForm
    posted: tuple[str, ...] = ("enter",)
    template_name = "fleetcontrol/saved/preset_form.html"


class CreatePlace(PlaceFormView):
    title = gettext_lazy("New Place")


class EditPlace(EditSaved, PlaceFormView):
    title = gettext_lazy("Edit Place")
    posted = ("enter", "seen")


class DeletePlace(OfPlaces, DeleteOrArchive):
    pass


class RestorePlace(OfPlaces, RestoreArchived):
    pass
