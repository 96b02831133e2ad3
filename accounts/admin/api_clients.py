from django.contrib import admin
from django.utils.translation import gettext_lazy as _

from accounts.admin.acts import ToldMixin, What, act_on_each, reinstate, suspend
from accounts.models import ApiClient
from core.web.admin import ReadOnlyAdmin, link


@admin.register(ApiClient)
class ApiClientAdmin(ToldMixin, ReadOnlyAdmin):
    """Made by the fleet's admins; operators look and, when something is wrong, suspend or revoke."""

    list_display = ("name", "client_id", link("fleet"), "created_at", "suspended_at", "revoked_at")
    list_filter = (("suspended_at", admin.EmptyFieldListFilter), ("revoked_at", admin.EmptyFieldListFilter))
    list_select_related = ("fleet", "client")
    search_fields = ("name", "client__id", "fleet__name", "fleet__fleet_id")
    actions = (suspend, reinstate, "revoke")

    @admin.action(description=_("Revoke at once"), permissions=["act"])
    def revoke(self, request, queryset):
        act_on_each(self, request, queryset, lambda row: row.revoke(by=request.user), What.REVOKE, reasoned=True)
