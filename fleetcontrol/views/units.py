"""The units of a fleet, and which company holds one: handed over to it, or taken out by it, until it is received."""

from collections.abc import Iterator
from typing import Any

from django.db.models import QuerySet
from django.http import Http404
from django.urls import reverse
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.generic import TemplateView

from accounts.models import Company
from core.errors import MoveRefused
from core.values.bidi import with_names
from core.web.actions import Action, Actions
from core.web.confirm import ConfirmView
from core.web.lists.counts import Count
from core.web.lists.pages import CursorPage
from core.web.lists.tables import Table
from core.web.lists.views import ListView
from fleetcontrol.empty_tabs import UNITS
from fleetcontrol.forms.units import HandOverForm
from fleetcontrol.mixins import FleetMixin
from fleetcontrol.tables.units import UnitTable, with_holder
from jobs.reading.custody import custodies_of
from telematics.models import Custody, Unit
from telematics.models.unit import UnitQuerySet
from telematics.values import NAMING_QNR

IN_STOCK = "IN_STOCK"
HELD = "HELD"
MOUNTED = "MOUNTED"
RETIRED = "RETIRED"


class UnitList(FleetMixin, ListView):
    table_class = UnitTable
    template_name = "fleetcontrol/units/list.html"
    section = "units"
    tab_labels = {
        IN_STOCK: gettext_lazy("In stock"),
        HELD: gettext_lazy("Held by partners"),
        MOUNTED: gettext_lazy("In vehicles"),
        RETIRED: gettext_lazy("Retired"),
    }

    @property
    def search(self) -> str:
        return NAMING_QNR.canonical(self.request.GET.get("search", "").strip()[:100])

    @property
    def found(self) -> UnitQuerySet:
        units = Unit.objects.visible_to(self.request.user).filter(fleet=self.fleet)
        return units.filter(pk__startswith=self.search) if self.search else units

    def in_tab(self, tab: str) -> QuerySet[Unit]:
        if tab == RETIRED:
            return self.found.filter(retired_at__isnull=False)
        in_service = self.found.in_service()
        if tab == MOUNTED:
            return in_service.filter(vehicle__isnull=False)
        held = Custody.objects.open().values("unit")
        if tab == HELD:
            return in_service.filter(pk__in=held)
        return in_service.in_stock().exclude(pk__in=held)

    def get_queryset(self) -> QuerySet[Unit]:
        return with_holder(self.in_tab(self.current_tab))

    def get_tab_querysets(self) -> dict[str, QuerySet]:
        return {tab: self.in_tab(tab) for tab in self.tab_labels}

    def get_table_options(self) -> dict[str, Any]:
        return {"row_url": "{}/"}

    def list_context(
        self, table: Table, page: CursorPage, counts: dict[str, Count], **more: Any
    ) -> dict[str, Any]:
        more["empty_tab"] = None if self.search else UNITS.get(self.current_tab)
        return super().list_context(table, page, counts, is_filtered=bool(self.search), **more)


class UnitActions(Actions):
    def __init__(self, unit: Unit, custody: Custody | None) -> None:
        self.unit = unit
        self.custody = custody

    def offered(self) -> Iterator[Action]:
        if self.custody:
            url = self.url("receive")
            yield Action(_("Received"), url, "inbox", opens_dialog=True, is_main=True)
        elif Unit.objects.in_stock().filter(pk=self.unit.pk).exists():
            url = self.url("hand-over")
            yield Action(_("Hand Over"), url, "people", opens_dialog=True, is_main=True)

    def url(self, name: str) -> str:
        return reverse(f"fleetcontrol:unit-{name}", args=[self.unit.fleet_id, self.unit.pk])


class UnitMixin(FleetMixin):
    section = "units"

    def find(self) -> None:
        units = Unit.objects.visible_to(self.request.user).filter(fleet=self.fleet)
        unit = units.select_related("vehicle").filter(pk=self.kwargs["qnr"]).first()
        if unit is None:
            raise Http404
        self.unit = unit

    @cached_property
    def custody(self) -> Custody | None:
        """The one that is open."""
        return self.unit.custodies.open().select_related("company").first()

    def get_context_data(self, **context: Any) -> dict[str, Any]:
        list_url = reverse("fleetcontrol:units", args=[self.fleet.pk])
        return super().get_context_data(
            unit=self.unit, custody=self.custody, list_url=list_url, **context
        )


class UnitDetail(UnitMixin, TemplateView):
    template_name = "fleetcontrol/units/detail.html"

    def get_context_data(self, **context: Any) -> dict[str, Any]:
        return super().get_context_data(
            vehicle=getattr(self.unit, "vehicle", None),
            actions=UnitActions(self.unit, self.custody),
            history=custodies_of(self.unit),
            **context,
        )


class UnitAction(UnitMixin, ConfirmView):
    writes = True
    base_template = "fleetcontrol/base.html"

    def get_success_url(self) -> str:
        return reverse("fleetcontrol:unit", args=[self.fleet.pk, self.unit.pk])


class HandOver(UnitAction):
    form_class = HandOverForm
    title = gettext_lazy("Hand over the unit")
    lead = gettext_lazy("The company holds it from now on, and mounts it in one of its jobs.")
    submit = gettext_lazy("Hand Over")

    def check(self) -> None:
        if self.custody:
            raise MoveRefused("unit_held")
        if not Unit.objects.in_stock().filter(pk=self.unit.pk).exists():
            raise MoveRefused("unit_not_available")

    def get_form_kwargs(self) -> dict[str, Any]:
        return super().get_form_kwargs() | {"fleet": self.fleet}

    def perform(self, company: Company) -> None:
        Custody.objects.hand_over(self.unit.pk, company, fleet=self.fleet, by=self.request.user)
        self.done = with_names(
            _("%(company)s holds unit %(unit)s now."), company=company, unit=self.unit
        )


class Receive(UnitAction):
    title = gettext_lazy("Is the unit back?")
    submit = gettext_lazy("Received")

    def check(self) -> None:
        if not self.custody:
            raise MoveRefused("unit_not_held")

    @property
    def lead(self) -> str:
        text = _("%(company)s holds unit %(unit)s. Confirm that the fleet has it back.")
        company = self.custody and self.custody.company
        return with_names(text, company=company, unit=self.unit)

    def perform(self) -> None:
        Custody.objects.receive(self.unit, by=self.request.user)
        self.done = with_names(_("Unit %(unit)s is back."), unit=self.unit)
