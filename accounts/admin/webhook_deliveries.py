"""Read-only pages of what webhooks were sent, and what they answered."""

from django.contrib import admin
from django.utils.translation import gettext_lazy as _

from accounts.models import WebhookDelivery
from core.web.admin import ReadOnlyAdmin, link


@admin.register(WebhookDelivery)
class WebhookDeliveryAdmin(ReadOnlyAdmin):
    """By message, vehicle or job. The message itself is the fleet's, and is not shown."""

    list_display = (
        "created_at",
        link("consumer", _("event consumer")),
        "type",
        "subject",
        "status",
        "attempts",
        "answer_status",
        "error",
    )
    list_filter = ("status", "type")
    list_select_related = ("consumer",)
    search_fields = ("=subject", "consumer__name__startswith")
    ordering = ("-pk",)
