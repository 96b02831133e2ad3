"""The rows that belong to a job, shown on its page."""

from datetime import datetime
from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from core.web.admin import link
from jobs.models import (
    Configuration,
    HandbackRequest,
    InstallationTest,
    JobEvent,
    JobPhoto,
    VehicleAccess,
)


class Rows(admin.TabularInline):
    """Read-only rows, each with a link to its own page."""

    extra = 0
    max_num = 0
    show_change_link = True
    related: tuple[str, ...] = ()

    def get_queryset(self, request: HttpRequest) -> QuerySet:
        return super().get_queryset(request).select_related(*self.related).order_by("pk")

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    has_change_permission = has_add_permission
    has_delete_permission = has_add_permission


class Events(Rows):
    model = JobEvent
    related = ("actor", "client")
    fields = ("at", "verb", link("actor", _("actor")), "client", "channel", "reason", "data")
    readonly_fields = fields

    def get_queryset(self, request: HttpRequest) -> QuerySet:
        return super().get_queryset(request).order_by("seq")


class TestsAsRead:
    """Tests with the status that the pages show."""

    def get_queryset(self, request: HttpRequest) -> QuerySet:
        return super().get_queryset(request).with_next_configuration()  # type: ignore[misc]

    @admin.display(description=_("status"))
    def status_as_read(self, test: InstallationTest) -> str:
        test.read_as_void()
        return test.get_status_display()


class Tests(TestsAsRead, Rows):
    model = InstallationTest
    related = ("unit",)
    fields = (
        "kind",
        "attempt",
        "status_as_read",
        link("unit", _("unit")),
        "started_at",
        "finished_at",
        "hint",
        "voided_at",
        "void_reason",
    )
    readonly_fields = fields


class Accesses(Rows):
    model = VehicleAccess
    related = ("key__holder", "key__vehicle", "ended_by")
    fields = (
        link("key", _("key")),
        link("key__holder", _("holder")),
        link("key__vehicle", _("vehicle")),
        "opened_at",
        "ends_at",
        "end_reason",
    )
    readonly_fields = fields

    @admin.display(description=_("opened"))
    def opened_at(self, access: VehicleAccess) -> datetime:
        return access.key.opened_at

    @admin.display(description=_("ends"))
    def ends_at(self, access: VehicleAccess) -> datetime:
        return access.ends_at


class Configurations(Rows):
    model = Configuration
    related = ("unit",)
    fields = (link("unit", _("unit")), "status", "requested_at", "at", "error")
    readonly_fields = fields


class Photos(Rows):
    model = JobPhoto
    related = ("added_by", "deleted_by", "company")
    fields = (
        "kind",
        "created_at",
        link("added_by", _("added by")),
        link("company", _("company")),
        "taken_at",
        "deleted_at",
        link("deleted_by", _("deleted by")),
    )
    readonly_fields = fields


class HandbackRequests(Rows):
    model = HandbackRequest
    related = ("requested_by", "answered_by")
    fields = (
        "status",
        "reason",
        link("requested_by", _("requested by")),
        "requested_at",
        "answer",
        "answered_at",
    )
    readonly_fields = fields
