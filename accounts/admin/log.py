"""The admin site's own log: which operator changed which row, also rows that concern no fleet and no company."""

from django.contrib import admin
from django.contrib.admin.models import LogEntry
from django.utils.translation import gettext_lazy as _

from core.web.admin import ReadOnlyAdmin, link


@admin.register(LogEntry)
class LogEntryAdmin(ReadOnlyAdmin):
    list_display = (
        "action_time",
        link("user", _("operator")),
        "action_flag",
        "content_type",
        "object_repr",
    )
    list_filter = ("action_flag",)
    list_select_related = ("user", "content_type")
    search_fields = ("=user__email", "object_repr__istartswith")
    ordering = ("-pk",)
    fields = ("action_time", "user", "action_flag", "content_type", "object_repr", "object_id")
