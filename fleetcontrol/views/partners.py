"""*Partner & Teams*: the list and the dialog *Available Service Partners*, and what their pages share."""

from typing import Any

from django.db.models import QuerySet
from django.http import Http404
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.views.generic import TemplateView

from accounts.models import Partnership
from core.web.dialogs import DialogMixin
from core.web.lists.counts import Count
from core.web.lists.pages import CursorPage
from core.web.lists.tables import Table
from core.web.lists.views import ListView
from fleetcontrol import return_to
from fleetcontrol.empty_tabs import PARTNERS
from fleetcontrol.mixins import FleetMixin
from fleetcontrol.partner_actions import PartnerActions
from fleetcontrol.tables.partners import PartnerTable
from fleetcontrol.views.columns import ChosenColumns, ConfigureColumns
from fleetcontrol.views.of_list import OfList, parameter_pairs

Status = Partnership.Status
Shown = Partnership.Shown
ALL = "ALL"
# The dialog shows so many; the list has all of them.
MOST = 100


class OfPartners(OfList):
    """A page about the list of partners."""

    section = "partners"
    table_name = "partners"
    table_class = PartnerTable
    parameters = ("status", "search", "page_size", "columns")


class PartnerList(OfPartners, ChosenColumns, ListView):
    template_name = "fleetcontrol/partners/list.html"
    tab_labels = {ALL: _("All"), **{status.value: status.label for status in Status}}

    @property
    def search(self) -> str:
        return self.request.GET.get("search", "").strip()[:100]

    @property
    def found(self) -> QuerySet[Partnership]:
        partnerships = self.fleet.partnerships.live().as_shown()
        return partnerships.matching(self.search) if self.search else partnerships

    def with_status(self, status: str) -> QuerySet[Partnership]:
        return self.found if status == ALL else self.found.filter(status=status)

    def get_queryset(self) -> QuerySet[Partnership]:
        return self.with_status(self.current_tab)

    def get_tab_querysets(self) -> dict[str, QuerySet]:
        return {status: self.with_status(status) for status in self.tab_labels}

    def get_table_options(self) -> dict[str, Any]:
        return {"fleet": self.fleet, "row_url": "{}/", "menus": True}

    def list_context(
        self, table: Table, page: CursorPage, counts: dict[str, Count], **more: Any
    ) -> dict[str, Any]:
        is_filtered = bool(self.search)
        more["empty_tab"] = None if is_filtered else PARTNERS.get(self.current_tab)
        return super().list_context(
            table,
            page,
            counts,
            is_filtered=is_filtered,
            kept=parameter_pairs(self.query, "search"),
            columns_url=reverse("fleetcontrol:partner-columns", args=[self.fleet.pk]),
            **more,
        )


class PartnerColumns(OfPartners, ConfigureColumns):
    pass


class PartnerMixin(FleetMixin):
    """A page about one live partnership of the fleet; with `verb`, for a move that its status has to allow."""

    section = "partners"
    verb = ""

    def find(self) -> None:
        partnerships = (
            self.fleet.partnerships.live()
            .as_shown()
            .select_related("company", "created_by", "answered_by")
        )
        partnership: Any = partnerships.filter(pk=self.kwargs["partnership_id"]).first()
        if partnership is None:
            raise Http404
        self.partnership = partnership
        self.partnership.fleet = self.fleet

    def check(self) -> None:
        if self.verb:
            self.partnership.check_move(self.verb)

    @property
    def list_url(self) -> str:
        """The list as the reader left it, else from its start."""
        start = reverse("fleetcontrol:partners", args=[self.fleet.pk])
        return return_to.nearest_list(self.came_from, [start]) or start

    @property
    def after_url(self) -> str:
        """Where an action leads that leaves the partner there: its page, if the reader comes from it."""
        page = reverse("fleetcontrol:partner", args=[self.fleet.pk, self.partnership.pk])
        return return_to.nearest_list(self.came_from, [page]) or self.list_url

    def get_context_data(self, **context: Any) -> dict[str, Any]:
        context["partnership"] = self.partnership
        context["shown"] = Shown(self.partnership.shown)
        context["list_url"] = self.list_url
        context["actions"] = PartnerActions(self.partnership)
        return super().get_context_data(**context)


class PartnerMenu(PartnerMixin, TemplateView):
    template_name = "fleetcontrol/partners/menu.html"


class AvailablePartners(FleetMixin, DialogMixin, TemplateView):
    """The dialog *Available Service Partners*: who can be assigned jobs, and the partner IDs to write into a file."""

    section = "partners"
    template_name = "fleetcontrol/partners/available.html"
    page_frame = "fleetcontrol/dialog_page.html"

    def get_context_data(self, **context: Any) -> dict[str, Any]:
        links = self.fleet.partnerships.live().as_shown().select_related("company")
        found: Any = links.order_by("status", "company__name")
        partners = [(partnership, Shown(partnership.shown)) for partnership in found[: MOST + 1]]
        context["list_url"] = reverse("fleetcontrol:partners", args=[self.fleet.pk])
        context["is_cut"] = len(partners) > MOST
        return super().get_context_data(
            partners=partners[:MOST], title=_("Available Service Partners"), **context
        )
