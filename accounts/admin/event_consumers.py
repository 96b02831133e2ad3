"""Read-only pages of event consumers and of the messages that wait for them. What they say is the fleet's."""

from typing import Any

from django.contrib import admin
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from accounts.models import EventConsumer, EventSubscription
from core.models import OutboxMessage
from core.web.admin import FLOW_ID, ULID, ReadOnlyAdmin, link


class Subscriptions(admin.TabularInline):
    model = EventSubscription
    extra = 0
    max_num = 0
    fields = ("topic", "cursor", "failures", "due_at", "error")
    readonly_fields = fields
    can_delete = False

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


@admin.register(EventConsumer)
class EventConsumerAdmin(ReadOnlyAdmin):
    """The fleet's admins manage them in *Settings ▸ Event consumers*. Their URLs may be secrets, and are not shown."""

    searched_by = {ULID: ("pk",)}
    linked_by = ("fleet__provider",)
    list_display = (
        "name",
        link("fleet", _("fleet")),
        "kind",
        "status",
        "suspended_because",
        "delivered",
        "last_delivered_at",
        "failing_since",
    )
    list_filter = ("kind", "status")
    list_select_related = ("fleet",)
    search_fields = ("name", "=fleet__fleet_id")
    fields = (
        "fleet",
        "name",
        "kind",
        "status",
        "suspended_because",
        "topics",
        "reasons",
        "delivered",
        "last_delivered_at",
        "failing_since",
        "created_by",
        "created_at",
        "changed_at",
    )
    inlines = (Subscriptions,)


@admin.register(EventSubscription)
class EventSubscriptionAdmin(ReadOnlyAdmin):
    list_display = (link("consumer", _("event consumer")), "topic", "cursor", "failures", "error")
    list_select_related = ("consumer",)
    search_fields = ("consumer__name", "=stream")


@admin.register(OutboxMessage)
class OutboxMessageAdmin(ReadOnlyAdmin):
    """Found by fleet, vehicle, job or flow ID, never by what they say."""

    searched_by = {FLOW_ID: ("flow_id",)}
    list_display = ("occurred_at", "stream", "topic", "subject", "sequence", "reasons", "flow_id")
    list_filter = ("topic",)
    search_fields = ("=stream", "=subject", "=flow_id")
    ordering = ("-pk",)
    fields = (
        "occurred_at",
        "message_id",
        "stream",
        "topic",
        "subject",
        "sequence",
        "reasons",
        "flow_id",
    )
