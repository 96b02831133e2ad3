"""What hangs on a job, shown on its page."""

from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from core.web.admin import link
from jobs.models import Configuration, HandbackRequest, InstallationTest, JobEvent, VehicleAccess


class Rows(admin.TabularInline):
    """Read-only lines, each with a link to its own page."""

    extra = max_num = 0
    show_change_link = True
    related: tuple[str, ...] = ()

    def get_queryset(self, request: HttpRequest) -> QuerySet:
        return super().get_queryset(request).select_related(*self.related).order_by("pk")

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    has_change_permission = has_delete_permission = has_add_permission


class Events(Rows):
    model, related = JobEvent, ("actor", "client")
    fields = readonly_fields = ("at", "verb", link("actor"), "client", "channel", "reason", "data")

    def get_queryset(self, request: HttpRequest) -> QuerySet:
        return super().get_queryset(request).order_by("seq")


class Tests(Rows):
    model, related = InstallationTest, ("unit",)
    fields = readonly_fields = (
        "kind",
        "attempt",
        "status",
        link("unit"),
        "started_at",
        "finished_at",
        "hint",
        "voided_at",
    )


class Accesses(Rows):
    model, related = VehicleAccess, ("key__holder", "key__vehicle", "ended_by")
    fields = readonly_fields = (
        link("key"),
        link("key__holder"),
        link("key__vehicle"),
        "opened_at",
        "ends_at",
        "end_reason",
    )

    @admin.display(description=_("opened"))
    def opened_at(self, access: VehicleAccess):
        return access.key.opened_at

    @admin.display(description=_("ends"))
    def ends_at(self, access: VehicleAccess):
        return access.ends_at


class Configurations(Rows):
    model, related = Configuration, ("unit",)
    fields = readonly_fields = (link("unit"), "status", "requested_at", "at", "error")


class HandbackRequests(Rows):
    model, related = HandbackRequest, ("requested_by", "answered_by")
    fields = readonly_fields = ("status", "reason", link("requested_by"), "requested_at", "answer", "answered_at")
