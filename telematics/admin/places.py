"""The places of the fleets. A place stays in its fleet: jobs and vehicles refer to it."""

from typing import Any

from django.contrib import admin
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from accounts.admin.actions import RecordedMixin
from core.web.admin import OperatorAdmin, link
from core.web.desk.files import ImportedMixin
from telematics.admin.place_sheet import PlaceSheet
from telematics.models import Place


@admin.register(Place)
class PlaceAdmin(ImportedMixin, RecordedMixin, OperatorAdmin):
    resource_classes = [PlaceSheet]
    list_display = ("name", link("fleet", _("fleet")), "address", "archived_at")
    list_select_related = ("fleet",)
    list_filter = (("archived_at", admin.EmptyFieldListFilter),)
    search_fields = ("name", "fleet__name", "fleet__fleet_id")
    autocomplete_fields = ("fleet", "partner")
    fields = ("fleet", "name", "address", "contact", "opening_hours", "partner", "archived_at")

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> tuple[str, ...]:
        if obj is None:
            return ("archived_at",)
        return ("fleet", "archived_at")
