"""Admin pages of models of `core`. They are here because they need the operators' actions."""

from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from accounts.admin.actions import What, apply_to_each
from core.models import AnsweredRequest, Failure, Mail
from core.web.admin import ReadOnlyAdmin


@admin.register(Mail)
class MailAdmin(ReadOnlyAdmin):
    list_display = ("to", "template", "status", "attempts", "created_at", "sent_at", "error")
    list_filter = ("status", "template")
    search_fields = ("to__startswith",)
    # Without the context: its links are only for the recipient.
    fields = (
        "to",
        "template",
        "language",
        "time_zone",
        "status",
        "attempts",
        "due_at",
        "error",
        "created_at",
        "sent_at",
    )
    actions = ("send_again",)

    @admin.action(description=_("Send again"), permissions=["send"])
    def send_again(self, request: HttpRequest, queryset: QuerySet[Any]) -> None:
        failed = queryset.filter(status=Mail.Status.FAILED)
        apply_to_each(self, request, failed, lambda row: row.send_again(), What.RESEND)

    def has_send_permission(self, request: HttpRequest) -> bool:
        return request.user.has_perm("core.change_mail")


@admin.register(Failure)
class FailureAdmin(ReadOnlyAdmin):
    list_display = ("task", "row", "count", "error", "first_at", "last_at", "due_at", "reported_at")
    list_filter = ("task", "ended")
    search_fields = ("task", "row")


@admin.register(AnsweredRequest)
class AnsweredRequestAdmin(ReadOnlyAdmin):
    list_display = ("principal", "key", "status", "code", "object_id", "on_behalf_of", "created_at")
    search_fields = ("principal", "key")
