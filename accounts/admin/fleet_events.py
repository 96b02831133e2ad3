"""The history of the settings of fleets."""

from django.contrib import admin
from django.utils.translation import gettext_lazy as _

from accounts.models import FleetEvent
from core.web.admin import EMAIL, FLOW_ID, SHORT_ID, ULID, ReadOnlyAdmin, link


@admin.register(FleetEvent)
class FleetEventAdmin(ReadOnlyAdmin):
    searched_by = {FLOW_ID: ("request_id",), ULID: ("id",)}
    list_display = (
        "id",
        "at",
        link("fleet", _("fleet")),
        link("actor", _("actor")),
        "channel",
        "data",
    )
    list_filter = ("channel",)
    list_select_related = ("fleet", "actor")
    sortable_by = ()
    ordering = ("-id",)
    find_by = {ULID: ("id",), EMAIL: ("actor__email",), SHORT_ID: ("fleet",)}
