"""*Partner & Teams*: who works for this fleet, who is invited, and how many jobs each has."""

from typing import Any, NamedTuple

from django.db.models import QuerySet
from django.http import Http404
from django.urls import reverse
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _
from django.views.generic import TemplateView

from accounts.models import Partnership
from accounts.web.mail_allowance import few_invitations_left
from core.web.dialogs import DialogMixin
from core.web.lists.counts import Count
from core.web.lists.pages import CursorPage
from core.web.lists.tables import Table
from core.web.lists.views import ListView
from fleetcontrol.empty_tabs import PARTNERS
from fleetcontrol.mixins import FleetMixin
from fleetcontrol.partner_actions import PartnerActions
from fleetcontrol.tables.partners import AT_PARTNER, PartnerTable, Workload

Status = Partnership.Status
Shown = Partnership.Shown
ALL = "ALL"


class PartnerList(FleetMixin, ListView):
    table_class = PartnerTable
    template_name = "fleetcontrol/partners/list.html"
    section = "partners"
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
        return super().list_context(table, page, counts, is_filtered=is_filtered, **more)


class WhatNow(NamedTuple):
    kind: str  # of the notice
    text: Any


# The note about a partner's status on its page; none where the partner can work.
WHAT_NOW = {
    Shown.MAIL_FAILED: WhatNow(
        "error",
        _("The mail could not be delivered. Check the address, then send the invitation again."),
    ),
    Shown.EXPIRED: WhatNow(
        "warning", _("The link was not used within 14 days. Send the invitation again.")
    ),
    Shown.PENDING: WhatNow("info", _("Waiting for the answer. You are notified when it comes.")),
    Shown.DECLINED: WhatNow(
        "warning", _("The invitation was declined. You can invite again in one click.")
    ),
    Shown.SUSPENDED: WhatNow(
        "warning", _("The operator has suspended this company: no jobs can be assigned to it.")
    ),
}


class PartnerMixin(FleetMixin):
    """A page about one live partnership of the fleet; with `verb`, for a move that its status has to allow."""

    section = "partners"
    verb = ""

    def find(self) -> None:
        partnerships = (
            self.fleet.partnerships.live().as_shown().select_related("company", "created_by")
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
        return reverse("fleetcontrol:partners", args=[self.fleet.pk])

    def get_context_data(self, **context: Any) -> dict[str, Any]:
        context["partnership"] = self.partnership
        context["shown"] = Shown(self.partnership.shown)
        context["list_url"] = self.list_url
        context["actions"] = PartnerActions(self.partnership)
        return super().get_context_data(**context)


class PartnerDetail(PartnerMixin, TemplateView):
    template_name = "fleetcontrol/partners/detail.html"

    def get_context_data(self, **context: Any) -> dict[str, Any]:
        what_now = WHAT_NOW.get(Shown(self.partnership.shown))
        if self.partnership.status != Status.ACCEPTED:
            context["invitations_left"] = few_invitations_left(self.fleet.invitation_mails)
        return super().get_context_data(work=self.work(), what_now=what_now, **context)

    def work(self) -> list[tuple[Any, SafeString]]:
        """How many jobs of each status the partner has."""
        if self.partnership.status != Status.ACCEPTED:
            return []
        company = self.partnership.company_id
        workload = Workload(self.fleet, [company])
        return [(status.label, workload.cell(company, status)) for status in AT_PARTNER]


class PartnerMenu(PartnerMixin, TemplateView):
    template_name = "fleetcontrol/partners/menu.html"


class AvailablePartners(FleetMixin, DialogMixin, TemplateView):
    """The dialog *Available Service Partners*: the partner IDs to write into a file."""

    section = "partners"
    template_name = "fleetcontrol/partners/available.html"
    page_frame = "fleetcontrol/dialog_page.html"

    def get_context_data(self, **context: Any) -> dict[str, Any]:
        links = self.fleet.partnerships.live().as_shown().select_related("company")
        found: Any = links.order_by("status", "company__name")
        partners = [(partnership, Shown(partnership.shown)) for partnership in found]
        context["list_url"] = reverse("fleetcontrol:partners", args=[self.fleet.pk])
        return super().get_context_data(
            partners=partners, title=_("Available Service Partners"), **context
        )
