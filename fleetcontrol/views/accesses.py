"""*Settings ▸ Accesses*: the list of the accesses to the fleet's vehicles, its export, and one access."""

from collections.abc import Iterable
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import Http404, HttpRequest
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.views import View
from django.views.generic import TemplateView

from core.values.bidi import with_names
from core.web.dialogs import DialogMixin
from core.web.lists.counts import Count
from core.web.lists.pages import CursorPage
from core.web.lists.tables import Table
from core.web.lists.views import ListView
from fleetcontrol import return_to
from fleetcontrol.exports import TOO_LONG, export, fits
from fleetcontrol.filters.accesses import AccessFilter
from fleetcontrol.mixins import FleetMixin
from fleetcontrol.settings_tabs import settings_tabs
from fleetcontrol.tables.accesses import AccessTable, for_table
from fleetcontrol.views.columns import ChosenColumns, ConfigureColumns, ExportedColumns
from fleetcontrol.views.filtering import OfFilteredList
from fleetcontrol.views.of_list import parameter_pairs
from jobs.models import Job, VehicleAccess
from jobs.models.vehicle_access import VehicleAccessQuerySet
from jobs.reading.accesses import AccessSheet, company_of

# The parameters that choose rows. Others concern the moment.
LIST_PARAMETERS = (*AccessFilter.base_filters, "page_size", "columns")


class AccessesMixin(FleetMixin):
    """For the roles that write the fleet's jobs: they answer for who used its vehicles."""

    section = "settings"

    def find(self) -> None:
        self.load()
        if not self.may_write:
            raise PermissionDenied

    def load(self) -> None:
        """Load what the URL names, or raise Http404."""


class FilteredAccesses(AccessesMixin, OfFilteredList):
    """A page about the accesses that a query string selects."""

    table_name = "accesses"
    table_class = AccessTable
    filter_class = AccessFilter
    parameters = LIST_PARAMETERS

    @cached_property
    def all(self) -> VehicleAccessQuerySet:
        return VehicleAccess.objects.in_fleet(self.fleet)


class AccessList(FilteredAccesses, ChosenColumns, ListView):
    template_name = "fleetcontrol/accesses/list.html"

    def get_queryset(self) -> QuerySet[VehicleAccess]:
        return self.filtered

    def read(self, names: Iterable[str]) -> QuerySet:
        return for_table(self.filtered).values(*dict.fromkeys(names))

    def get_table_options(self) -> dict[str, Any]:
        return {"row_url": "{}/", "job_prefix": self.fleet.job_prefix}

    def list_context(
        self, table: Table, page: CursorPage, counts: dict[str, Count], **more: Any
    ) -> dict[str, Any]:
        return super().list_context(
            table,
            page,
            counts,
            is_filtered=self.is_filtered,
            chips=self.chips(),
            clear_url=self.request.path,
            kept=parameter_pairs(self.query, "search"),
            columns_url=reverse("fleetcontrol:access-columns", args=[self.fleet.pk]),
            settings_tabs=settings_tabs(self.fleet.pk, self.fleet.role, current="ACCESSES"),
            **more,
        )


class FilterAccesses(FilteredAccesses, DialogMixin, TemplateView):
    """The filters, in a dialog or on a page. Their choices are read only here."""

    template_name = "fleetcontrol/jobs/filter.html"
    page_frame = "fleetcontrol/dialog_page.html"

    def get_context_data(self, **context: Any) -> dict[str, Any]:
        self.request.fleet = self.fleet
        nothing = VehicleAccess.objects.none()
        form = AccessFilter(self.query, queryset=nothing, request=self.request).form
        del form.fields["search"]
        return super().get_context_data(
            title=_("Filter"),
            form=form,
            kept=parameter_pairs(self.query, *form.fields),
            list_url=self.list_url.partition("?")[0],
            **context,
        )


class AccessColumns(FilteredAccesses, ConfigureColumns):
    pass


class ExportAccesses(FilteredAccesses, ExportedColumns, View):
    """The filtered accesses, over all pages, as CSV or XLSX, in the columns of the list or in all."""

    def get(self, request: HttpRequest, form: str, **kwargs: Any) -> HttpResponseBase:
        if not fits(form, self.filtered):
            messages.error(request, str(TOO_LONG))
            return redirect(self.list_url)
        columns = self.exported_columns(self.query)
        table = AccessTable(columns=columns, job_prefix=self.fleet.job_prefix)
        rows = for_table(self.filtered).order_by(table.order).values(*table.reads)
        cells = table.export(rows.iterator(chunk_size=2000))
        return export(form, cells, "accesses", fleet=self.fleet)


class AccessDetail(AccessesMixin, TemplateView):
    """One access, with every command and every refused attempt."""

    template_name = "fleetcontrol/accesses/detail.html"
    access: VehicleAccess

    def load(self) -> None:
        accesses = VehicleAccess.objects.visible_to(self.request.user).in_fleet(self.fleet)
        loaded = accesses.select_related("key__holder", "key__vehicle", "job", "ended_by")
        access = (
            loaded.annotate(company=company_of("company__name"))
            .with_is_open()
            .filter(pk=self.kwargs["access_id"])
            .first()
        )
        if access is None:
            raise Http404
        self.access = access

    @property
    def title(self) -> str:
        return with_names(_("Access of %(name)s"), name=self.access.key.holder or _("The system"))

    def get_context_data(self, **context: Any) -> dict[str, Any]:
        list_url = reverse("fleetcontrol:accesses", args=[self.fleet.pk])
        return super().get_context_data(
            access=self.access,
            title=self.title,
            has_job_page=self.access.job.status != Job.Status.DELETED,
            sheet=AccessSheet(self.access),
            list_url=return_to.nearest_list(self.came_from, [list_url]) or list_url,
            **context,
        )
