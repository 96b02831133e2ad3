from django.contrib import admin

from core.models import DemoMark
from core.web.admin import ReadOnlyAdmin


@admin.register(DemoMark)
class DemoMarkAdmin(ReadOnlyAdmin):
    """One row where the database holds the demo world, otherwise none."""

    list_display = ("__str__", "created_at")
    search_fields = ("=id",)
