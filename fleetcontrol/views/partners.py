"""*Partner & Teams*: who works for this fleet, who is asked to, and how much each has to do."""

from django.http import Http404
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.views.generic import TemplateView

from accounts.models import Partnership
from core.web.lists import ListView
from core.web.pages import with_query
from fleetcontrol.mixins import FleetMixin
from fleetcontrol.tables.partners import AT_PARTNER, PartnerTable, Workload

Status = Partnership.Status
ALL = "ALL"


class PartnerList(FleetMixin, ListView):
    table_class, template_name = PartnerTable, "fleetcontrol/partners/list.html"
    section = "partners"

    @property
    def status(self) -> str:
        wanted = self.request.GET.get("status", "")
        return wanted if wanted in Status.values else ""

    @property
    def search(self) -> str:
        return self.request.GET.get("search", "").strip()[:100]

    @property
    def narrowed(self):
        found = self.fleet.partnerships.live().as_shown()
        return found.matching(self.search) if self.search else found

    def get_queryset(self):
        return self.narrowed.filter(status=self.status) if self.status else self.narrowed

    def get_tab_querysets(self):
        return {ALL: self.narrowed, **{status.value: self.narrowed.filter(status=status) for status in Status}}

    def get_tabs(self, counts):
        here = f"{self.request.path}?{self.request.GET.urlencode()}"
        labels = {ALL: _("All"), **{status.value: status.label for status in Status}}
        return [
            {
                "url": with_query(
                    here, status=None if name == ALL else name, cursor=None, live=None, digest=None, columns=None
                ),
                "label": label,
                "count": counts[name],
                "current": name == (self.status or ALL),
            }
            for name, label in labels.items()
        ]

    def get_table_options(self):
        return {"fleet": self.fleet, "row_url": "{}/", "menus": True}

    def list_context(self, table, page, counts, **more):
        return super().list_context(table, page, counts, is_narrowed=bool(self.search or self.status), **more)


class PartnerMixin(FleetMixin):
    """A page about one live link of the fleet; with `verb`, for a move that its status has to allow."""

    section = "partners"
    verb = ""

    def find(self):
        links = self.fleet.partnerships.live().as_shown().select_related("company", "created_by")
        self.partnership = links.filter(pk=self.kwargs["partnership_id"]).first()
        if self.partnership is None:
            raise Http404
        self.partnership.fleet = self.fleet

    def check(self):
        if self.verb:
            self.partnership.check_move(self.verb)

    @property
    def list_url(self) -> str:
        return reverse("fleetcontrol:partners", args=[self.fleet.pk])

    def get_context_data(self, **context):
        shown = Partnership.Shown(self.partnership.shown)
        about = {"partnership": self.partnership, "shown": shown, "list_url": self.list_url}
        return super().get_context_data(**about, **context)


class PartnerDetail(PartnerMixin, TemplateView):
    template_name = "fleetcontrol/partners/detail.html"

    def get_context_data(self, **context):
        return super().get_context_data(work=self.work(), **context)

    def work(self):
        if self.partnership.status != Status.ACCEPTED:
            return []
        company = self.partnership.company_id
        work = Workload(self.fleet, [company])
        return [(status.label, work.cell(company, status)) for status in AT_PARTNER]


class PartnerMenu(PartnerMixin, TemplateView):
    template_name = "fleetcontrol/partners/menu.html"


class AvailablePartners(FleetMixin, TemplateView):
    """The dialog *Available Service Partners*: what somebody needs to write a partner's id into a file."""

    section = "partners"

    def get_template_names(self):
        return [f"fleetcontrol/partners/available{'_dialog' if self.request.htmx else ''}.html"]

    def get_context_data(self, **context):
        links = self.fleet.partnerships.live().as_shown().select_related("company").order_by("status", "company__name")
        partners = [(link, Partnership.Shown(link.shown)) for link in links]
        return super().get_context_data(partners=partners, title=_("Available Service Partners"), **context)
