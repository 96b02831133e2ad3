"""What fleets have saved for their jobs: templates and presets."""

from django.contrib import admin

from accounts.admin.acts import ToldMixin
from core.web.admin import OperatorAdmin, ReadOnlyAdmin, link
from jobs.models import ConfigurationPreset, JobTemplate, NoticePreference
from telematics.models.specification import Specification


@admin.register(JobTemplate)
class JobTemplateAdmin(ToldMixin, OperatorAdmin):
    list_display = ("name", link("fleet"), link("vehicle_model"), "updated_at")
    list_select_related = ("fleet", "vehicle_model")
    search_fields = ("name", "fleet__name", "fleet__fleet_id")
    autocomplete_fields = ("fleet", "vehicle_model")
    fields = (
        "fleet",
        "name",
        *Specification.SPECIFICATION_FIELDS,
        "further_tests",
        "created_by",
        "created_at",
        "updated_at",
    )
    readonly_fields = ("created_by", "created_at", "updated_at")


@admin.register(ConfigurationPreset)
class ConfigurationPresetAdmin(ToldMixin, OperatorAdmin):
    list_display = ("name", link("fleet"), *Specification.FEATURES)
    list_select_related = ("fleet",)
    search_fields = ("name", "fleet__name", "fleet__fleet_id")
    autocomplete_fields = ("fleet",)
    fields = ("fleet", "name", *Specification.FEATURES)


@admin.register(NoticePreference)
class NoticePreferenceAdmin(ReadOnlyAdmin):
    list_display = ("id", link("user"), "event", "bell", "mail")
    list_select_related = ("user",)
    list_filter = ("event",)
    search_fields = ("user__email__startswith",)
