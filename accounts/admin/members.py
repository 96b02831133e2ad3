from django.contrib import admin
from django.utils.translation import gettext_lazy as _

from accounts.admin.acts import ToldMixin, What, act_on_each
from accounts.admin.refusals import RefusedInTheForm
from accounts.models import CompanyMembership, FleetMembership
from core.web.admin import OperatorAdmin, ReadOnlyAdmin, link


@admin.action(description=_("Remove from the company or fleet"), permissions=["act"])
def remove(modeladmin, request, queryset):
    def act(row):
        modeladmin.team_of(row).remove_member(row, by=request.user)

    act_on_each(modeladmin, request, queryset, act, What.REMOVE, reasoned=True)


@admin.register(FleetMembership)
class FleetMembershipAdmin(RefusedInTheForm, ToldMixin, OperatorAdmin):
    list_display = ("id", link("user"), link("fleet"), "role", "created_at")
    list_filter = ("role",)
    list_select_related = ("user", "fleet")
    search_fields = ("user__email__startswith", "fleet__name", "fleet__fleet_id")
    autocomplete_fields = ("user", "fleet")
    fields = ("user", "fleet", "role", "created_at")
    actions = (remove,)

    def get_readonly_fields(self, request, obj=None):
        return ("user", "fleet", "created_at") if obj else ("created_at",)

    def save_model(self, request, obj, form, change):
        """By the fleet's own moves: the last admin stays."""
        if not change:
            obj.pk = obj.fleet.admit(obj.user, obj.role).pk
            return
        obj.fleet.change_role(obj, form.cleaned_data["role"], by=request.user)

    def team_of(self, row):
        return row.fleet


@admin.register(CompanyMembership)
class CompanyMembershipAdmin(ToldMixin, ReadOnlyAdmin):
    list_display = ("id", link("user"), link("company"), "role", "created_at", "ended_at")
    list_filter = ("role", ("ended_at", admin.EmptyFieldListFilter))
    list_select_related = ("user", "company")
    search_fields = ("user__email__startswith", "company__name", "company__partner_id")
    actions = (remove,)

    def team_of(self, row):
        return row.company
