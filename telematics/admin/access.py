"""Keys, commands, and what fleets did to their vehicles: to be looked at; the product alone writes them."""

from django.contrib import admin

from core.web.admin import EMAIL, QNR, SHORT_ID, ULID, ReadOnlyAdmin, link
from telematics.models import Command, Key, VehicleEvent


@admin.register(Key)
class KeyAdmin(ReadOnlyAdmin):
    list_display = (
        "id",
        link("vehicle"),
        link("unit"),
        link("holder"),
        "opened_at",
        "ends_at",
        "ended_at",
        "dropped_at",
    )
    list_filter = (("ended_at", admin.EmptyFieldListFilter), ("dropped_at", admin.EmptyFieldListFilter))
    list_select_related = ("vehicle", "unit", "holder")
    find_by = {ULID: ("pk",), QNR: ("unit_id",), SHORT_ID: ("vehicle_id",), EMAIL: ("holder__email",)}


@admin.register(Command)
class CommandAdmin(ReadOnlyAdmin):
    list_display = (
        "id",
        "verb",
        "status",
        "error",
        link("vehicle"),
        link("unit"),
        link("requested_by"),
        "sent_at",
        "settled_at",
    )
    list_filter = ("status", "verb")
    list_select_related = ("vehicle", "unit", "requested_by")
    find_by = {ULID: ("pk", "key_id"), QNR: ("unit_id",), SHORT_ID: ("vehicle_id",), EMAIL: ("requested_by__email",)}


@admin.register(VehicleEvent)
class VehicleEventAdmin(ReadOnlyAdmin):
    list_display = ("id", link("vehicle"), "seq", "verb", link("actor"), "channel", "at", "data")
    list_filter = ("verb",)
    list_select_related = ("vehicle", "actor")
    find_by = {ULID: ("pk",), SHORT_ID: ("vehicle_id",), EMAIL: ("actor__email",)}
