"""Keys, commands and the history of vehicles, to read only: the product writes them."""

from django.contrib import admin
from django.utils.translation import gettext_lazy as _

from core.web.admin import EMAIL, FLOW_ID, SHORT_ID, ULID, ReadOnlyAdmin, link
from telematics.admin.search import QNR
from telematics.models import Command, Custody, Key, UnitEvent, VehicleEvent


@admin.register(Key)
class KeyAdmin(ReadOnlyAdmin):
    searched_by = {ULID: ("pk",)}
    list_display = (
        "id",
        "kind",
        link("vehicle", _("vehicle")),
        link("unit", _("unit")),
        link("holder", _("holder")),
        link("client", _("API client")),
        "opened_at",
        "ends_at",
        "ended_at",
        "dropped_at",
    )
    list_filter = (
        "kind",
        ("ended_at", admin.EmptyFieldListFilter),
        ("dropped_at", admin.EmptyFieldListFilter),
    )
    list_select_related = ("vehicle", "unit", "holder", "client")
    find_by = {
        ULID: ("pk",),
        QNR: ("unit_id",),
        SHORT_ID: ("vehicle_id",),
        EMAIL: ("holder__email",),
    }


@admin.register(Command)
class CommandAdmin(ReadOnlyAdmin):
    searched_by = {FLOW_ID: ("request_id",), ULID: ("pk",)}
    list_display = (
        "id",
        "verb",
        "status",
        "error",
        link("vehicle", _("vehicle")),
        link("unit", _("unit")),
        link("requested_by", _("requested by")),
        link("client", _("API client")),
        "sent_at",
        "settled_at",
    )
    list_filter = ("status", "verb")
    list_select_related = ("vehicle", "unit", "requested_by", "client")
    find_by = {
        ULID: ("pk", "key_id"),
        QNR: ("unit_id",),
        SHORT_ID: ("vehicle_id",),
        EMAIL: ("requested_by__email",),
    }


@admin.register(VehicleEvent)
class VehicleEventAdmin(ReadOnlyAdmin):
    searched_by = {FLOW_ID: ("request_id",), ULID: ("pk",)}
    list_display = (
        "id",
        link("vehicle", _("vehicle")),
        "seq",
        "verb",
        link("actor", _("actor")),
        "channel",
        "at",
        "data",
    )
    list_filter = ("verb",)
    list_select_related = ("vehicle", "actor")
    find_by = {
        ULID: ("pk",),
        SHORT_ID: ("vehicle_id",),
        EMAIL: ("actor__email",),
    }


@admin.register(Custody)
class CustodyAdmin(ReadOnlyAdmin):
    list_display = (
        "id",
        link("unit", _("unit")),
        link("fleet", _("fleet")),
        link("company", _("company")),
        "start",
        "started_at",
        "end",
        "ended_at",
    )
    list_filter = ("start", "end", ("ended_at", admin.EmptyFieldListFilter))
    list_select_related = ("unit", "fleet", "company")
    find_by = {
        ULID: ("pk",),
        QNR: ("unit_id",),
        SHORT_ID: ("company_id",),
    }


@admin.register(UnitEvent)
class UnitEventAdmin(ReadOnlyAdmin):
    list_display = ("id", link("unit", _("unit")), "seq", "verb", link("actor", _("actor")), "at")
    list_filter = ("verb",)
    list_select_related = ("unit", "actor")
    find_by = {
        ULID: ("pk",),
        QNR: ("unit_id",),
        EMAIL: ("actor__email",),
    }
