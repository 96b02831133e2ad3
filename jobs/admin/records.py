"""What the product writes about jobs: to be found and followed, never touched."""

from django.contrib import admin
from django.utils.translation import gettext_lazy as _

from core.web.admin import EMAIL, QNR, SHORT_ID, ULID, ReadOnlyAdmin, link
from jobs.models import Configuration, HandbackRequest, InstallationTest, JobEvent, JobImport, Notice, VehicleAccess
from jobs.models.bulk_run import BulkRun, BulkRunJob
from jobs.models.job_import import ImportedFile


class RecordAdmin(ReadOnlyAdmin):
    sortable_by = ()
    ordering = ("-id",)


@admin.register(JobEvent)
class JobEventAdmin(RecordAdmin):
    list_display = ("id", "at", "verb", link("job"), link("actor"), link("client"), "channel", "reason")
    list_filter = ("verb", "channel")
    list_select_related = ("job", "actor", "client")
    find_by = {ULID: ("id", "job"), EMAIL: ("actor__email",)}


@admin.register(InstallationTest)
class InstallationTestAdmin(RecordAdmin):
    list_display = ("id", "kind", "attempt", "status", link("job"), link("unit"), "started_at", "finished_at", "hint")
    list_filter = ("status", "kind")
    list_select_related = ("job", "unit")
    find_by = {ULID: ("id", "job"), QNR: ("unit",)}


@admin.register(VehicleAccess)
class VehicleAccessAdmin(RecordAdmin):
    list_display = (
        "id",
        link("job"),
        link("key"),
        link("key__holder"),
        link("key__vehicle"),
        "opened",
        "ended",
        "end_reason",
    )
    list_filter = ("end_reason",)
    list_select_related = ("job", "key__holder", "key__vehicle")
    find_by = {ULID: ("id", "job", "key"), EMAIL: ("key__holder__email",), SHORT_ID: ("key__vehicle",)}

    @admin.display(description=_("opened"))
    def opened(self, access: VehicleAccess):
        return access.key.opened_at

    @admin.display(description=_("ended, or ends"))
    def ended(self, access: VehicleAccess):
        return access.ends_at


@admin.register(Configuration)
class ConfigurationAdmin(RecordAdmin):
    list_display = ("id", link("job"), link("unit"), "status", "requested_at", "at", "error")
    list_filter = ("status",)
    list_select_related = ("job", "unit")
    find_by = {ULID: ("id", "job"), QNR: ("unit",)}


@admin.register(HandbackRequest)
class HandbackRequestAdmin(RecordAdmin):
    list_display = (
        "id",
        link("job"),
        "status",
        "reason",
        link("requested_by"),
        "requested_at",
        link("answered_by"),
        "answered_at",
    )
    list_filter = ("status",)
    list_select_related = ("job", "requested_by", "answered_by")
    find_by = {ULID: ("id", "job"), EMAIL: ("requested_by__email", "answered_by__email")}


@admin.register(Notice)
class NoticeAdmin(RecordAdmin):
    list_display = ("id", link("user"), "verb", link("job"), link("actor"), "at", "read_at")
    list_select_related = ("user", "job", "actor")
    find_by = {ULID: ("id", "job"), EMAIL: ("user__email",)}


@admin.register(JobImport)
class JobImportAdmin(RecordAdmin):
    list_display = (
        "id",
        link("fleet"),
        "file_name",
        "status",
        "total",
        "created",
        link("created_by"),
        link("client"),
        "confirmed_at",
    )
    list_filter = ("status",)
    list_select_related = ("fleet", "created_by", "client")
    find_by = {ULID: ("id",), SHORT_ID: ("fleet",), EMAIL: ("created_by__email", "confirmed_by__email")}


@admin.register(ImportedFile)
class ImportedFileAdmin(RecordAdmin):
    """Without what the file holds: a page of megabytes helps nobody."""

    list_display = (link("job_import"), link("job_import__fleet"))
    list_select_related = ("job_import__fleet",)
    ordering = ("-job_import",)
    fields = ("job_import", "headings")
    find_by = {ULID: ("job_import",), SHORT_ID: ("job_import__fleet",)}

    def get_queryset(self, request):
        return super().get_queryset(request).only("job_import", "headings")


@admin.register(BulkRun)
class BulkRunAdmin(RecordAdmin):
    list_display = ("id", "act", link("fleet"), link("by"), "total", "done", "created_at", "finished_at", "error")
    list_filter = ("act",)
    list_select_related = ("fleet", "by")
    find_by = {ULID: ("id",), SHORT_ID: ("fleet",), EMAIL: ("by__email",)}


@admin.register(BulkRunJob)
class BulkRunJobAdmin(RecordAdmin):
    """What a bulk act has still to look at."""

    list_display = ("id", link("run"), link("job"))
    list_select_related = ("run", "job")
    find_by = {ULID: ("run", "job")}
