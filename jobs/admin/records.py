"""Records that the product writes about jobs: to search and to read, never to change."""

from datetime import datetime
from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from core.web.admin import EMAIL, FLOW_ID, SHORT_ID, ULID, ReadOnlyAdmin, link
from jobs.admin.inlines import TestsAsRead
from jobs.models import (
    Configuration,
    HandbackRequest,
    InstallationTest,
    JobEvent,
    JobImport,
    JobPhoto,
    Notification,
    RefusedAttempt,
    VehicleAccess,
)
from jobs.models.bulk_run import BulkRun, BulkRunJob
from jobs.models.job_import import ImportedFile
from telematics.admin.search import QNR


class RecordAdmin(ReadOnlyAdmin):
    sortable_by = ()
    ordering = ("-id",)


@admin.register(JobEvent)
class JobEventAdmin(RecordAdmin):
    searched_by = {FLOW_ID: ("request_id",), ULID: ("id",)}
    list_display = (
        "id",
        "at",
        "verb",
        link("job", _("job")),
        link("actor", _("actor")),
        link("client", _("client")),
        "channel",
        "reason",
    )
    list_filter = ("verb", "channel")
    list_select_related = ("job", "actor", "client")
    find_by = {ULID: ("id", "job"), EMAIL: ("actor__email",)}


@admin.register(JobPhoto)
class JobPhotoAdmin(RecordAdmin):
    list_display = (
        "id",
        "kind",
        link("job", _("job")),
        link("added_by", _("added by")),
        link("company", _("company")),
        "created_at",
        "taken_at",
        "size",
        "deleted_at",
    )
    list_filter = ("kind",)
    list_select_related = ("job", "added_by", "company")
    find_by = {ULID: ("id", "job"), EMAIL: ("added_by__email",)}


@admin.register(InstallationTest)
class InstallationTestAdmin(TestsAsRead, RecordAdmin):
    searched_by = {FLOW_ID: ("request_id",), ULID: ("id",)}
    list_display = (
        "id",
        "kind",
        "attempt",
        "status_as_read",
        link("job", _("job")),
        link("unit", _("unit")),
        "started_at",
        "finished_at",
        "hint",
        "void_reason",
    )
    list_filter = ("status", "kind")
    list_select_related = ("job", "unit")
    readonly_fields = ("status_as_read", "started_at", "finished_at", "voided_at", "void_reason")
    find_by = {ULID: ("id", "job"), QNR: ("unit",)}

    def get_object(
        self, request: HttpRequest, object_id: str, from_field: str | None = None
    ) -> Any:
        test = super().get_object(request, object_id, from_field)
        if test is not None:
            test.read_as_void()
        return test


@admin.register(VehicleAccess)
class VehicleAccessAdmin(RecordAdmin):
    searched_by = {ULID: ("id",)}
    list_display = (
        "id",
        link("job", _("job")),
        link("key", _("key")),
        link("key__holder", _("holder")),
        link("key__vehicle", _("vehicle")),
        "opened",
        "ended",
        "end_reason",
    )
    list_filter = ("end_reason",)
    list_select_related = ("job", "key__holder", "key__vehicle")
    find_by = {
        ULID: ("id", "job", "key"),
        EMAIL: ("key__holder__email",),
        SHORT_ID: ("key__vehicle",),
    }

    @admin.display(description=_("opened"))
    def opened(self, access: VehicleAccess) -> datetime:
        return access.key.opened_at

    @admin.display(description=_("ended, or ends"))
    def ended(self, access: VehicleAccess) -> datetime:
        return access.ends_at


@admin.register(RefusedAttempt)
class RefusedAttemptAdmin(RecordAdmin):
    searched_by = {ULID: ("id",)}
    list_display = (
        "id",
        "at",
        "verb",
        "code",
        "times",
        "last_at",
        link("person", _("person")),
        link("job", _("job")),
        link("vehicle", _("vehicle")),
        link("access", _("vehicle access")),
    )
    list_filter = ("verb",)
    list_select_related = ("person", "job", "vehicle", "access")
    find_by = {
        ULID: ("id", "job", "access"),
        EMAIL: ("person__email",),
        SHORT_ID: ("vehicle",),
    }


@admin.register(Configuration)
class ConfigurationAdmin(RecordAdmin):
    searched_by = {ULID: ("id",)}
    list_display = (
        "id",
        link("job", _("job")),
        link("unit", _("unit")),
        "status",
        "requested_at",
        "at",
        "error",
    )
    list_filter = ("status",)
    list_select_related = ("job", "unit")
    find_by = {ULID: ("id", "job"), QNR: ("unit",)}


@admin.register(HandbackRequest)
class HandbackRequestAdmin(RecordAdmin):
    list_display = (
        "id",
        link("job", _("job")),
        "status",
        "reason",
        link("requested_by", _("requested by")),
        "requested_at",
        link("answered_by", _("answered by")),
        "answered_at",
    )
    list_filter = ("status",)
    list_select_related = ("job", "requested_by", "answered_by")
    find_by = {ULID: ("id", "job"), EMAIL: ("requested_by__email", "answered_by__email")}


@admin.register(Notification)
class NotificationAdmin(RecordAdmin):
    list_display = (
        "id",
        link("user", _("user")),
        "verb",
        link("job", _("job")),
        link("actor", _("actor")),
        "at",
        "read_at",
    )
    list_select_related = ("user", "job", "actor")
    find_by = {ULID: ("id", "job"), EMAIL: ("user__email",)}


@admin.register(JobImport)
class JobImportAdmin(RecordAdmin):
    searched_by = {ULID: ("id",)}
    list_display = (
        "id",
        link("fleet", _("fleet")),
        "file_name",
        "status",
        "total",
        "created",
        link("created_by", _("created by")),
        link("client", _("client")),
        "confirmed_at",
    )
    list_filter = ("status",)
    list_select_related = ("fleet", "created_by", "client")
    find_by = {
        ULID: ("id",),
        SHORT_ID: ("fleet",),
        EMAIL: ("created_by__email", "confirmed_by__email"),
    }


@admin.register(ImportedFile)
class ImportedFileAdmin(RecordAdmin):
    """Without the content of the file, which can have megabytes."""

    list_display = (link("job_import", _("job import")), link("job_import__fleet", _("fleet")))
    list_select_related = ("job_import__fleet",)
    ordering = ("-job_import",)
    fields = ("job_import", "headings")
    find_by = {ULID: ("job_import",), SHORT_ID: ("job_import__fleet",)}

    def get_queryset(self, request: HttpRequest) -> QuerySet:
        return super().get_queryset(request).only("job_import", "headings")


@admin.register(BulkRun)
class BulkRunAdmin(RecordAdmin):
    searched_by = {ULID: ("id",)}
    list_display = (
        "id",
        "action",
        link("fleet", _("fleet")),
        link("by", _("by")),
        "total",
        "done",
        "created_at",
        "finished_at",
        "error",
    )
    list_filter = ("action",)
    list_select_related = ("fleet", "by")
    find_by = {
        ULID: ("id",),
        SHORT_ID: ("fleet",),
        EMAIL: ("by__email",),
    }


@admin.register(BulkRunJob)
class BulkRunJobAdmin(RecordAdmin):
    """The jobs that a bulk action has not processed yet."""

    list_display = ("id", link("run", _("run")), link("job", _("job")))
    list_select_related = ("run", "job")
    find_by = {ULID: ("run", "job")}
