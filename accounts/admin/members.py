from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from accounts.admin.actions import RecordedMixin, What, apply_to_each
from accounts.admin.refusals import RefusedInTheForm
from accounts.admin.sheets import CompanyMemberSheet, FleetMemberSheet
from accounts.models import Company, CompanyMembership, Fleet, FleetMembership
from accounts.web.requests import signed_in
from core.web.admin import OperatorAdmin, ReadOnlyAdmin, link
from core.web.desk.files import ExportedMixin, ImportedMixin


@admin.action(description=_("Remove from the company or fleet"), permissions=["action"])
def remove(modeladmin: Any, request: HttpRequest, queryset: QuerySet[Any]) -> None:
    def action(row: Any) -> None:
        modeladmin.team_of(row).remove_member(row, by=signed_in(request))

    apply_to_each(modeladmin, request, queryset, action, What.REMOVE, reasoned=True)


@admin.register(FleetMembership)
class FleetMembershipAdmin(ImportedMixin, RefusedInTheForm, RecordedMixin, OperatorAdmin):
    resource_classes = [FleetMemberSheet]
    linked_by = ("fleet__provider",)
    list_display = ("id", link("user", _("user")), link("fleet", _("fleet")), "role", "created_at")
    list_filter = ("role",)
    list_select_related = ("user", "fleet")
    search_fields = ("user__email__startswith", "fleet__name", "fleet__fleet_id")
    autocomplete_fields = ("user", "fleet")
    fields = ("user", "fleet", "role", "created_at")
    actions = (remove,)

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> tuple[str, ...]:
        if obj:
            return ("user", "fleet", "created_at")
        return ("created_at",)

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:
        """Call the methods of the fleet, which keep the last admin."""
        if not change:
            obj.pk = obj.fleet.admit(obj.user, obj.role).pk
            return
        obj.fleet.change_role(obj, form.cleaned_data["role"], by=signed_in(request))

    def team_of(self, row: FleetMembership) -> Fleet:
        return row.fleet


@admin.register(CompanyMembership)
class CompanyMembershipAdmin(ExportedMixin, RecordedMixin, ReadOnlyAdmin):
    resource_classes = [CompanyMemberSheet]
    list_display = (
        "id",
        link("user", _("user")),
        link("company", _("company")),
        "role",
        "created_at",
        "ended_at",
    )
    list_filter = ("role", ("ended_at", admin.EmptyFieldListFilter))
    list_select_related = ("user", "company")
    search_fields = ("user__email__startswith", "company__name", "company__partner_id")
    actions = (remove,)

    def team_of(self, row: CompanyMembership) -> Company:
        return row.company
