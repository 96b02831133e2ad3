"""Mails and answered requests belong to the ground floor; their pages stand here, where the operators' acts are."""

from django.contrib import admin
from django.utils.translation import gettext_lazy as _

from accounts.admin.acts import What, act_on_each
from core.models import AnsweredRequest, Mail
from core.web.admin import ReadOnlyAdmin


@admin.register(Mail)
class MailAdmin(ReadOnlyAdmin):
    list_display = ("to", "template", "status", "attempts", "created_at", "sent_at", "error")
    list_filter = ("status", "template")
    search_fields = ("to__startswith",)
    # Not what it tells: the links in it are its receiver's alone.
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
    def send_again(self, request, queryset):
        failed = queryset.filter(status=Mail.Status.FAILED)
        act_on_each(self, request, failed, lambda row: row.send_again(), What.RESEND)

    def has_send_permission(self, request):
        return request.user.has_perm("core.change_mail")


@admin.register(AnsweredRequest)
class AnsweredRequestAdmin(ReadOnlyAdmin):
    list_display = ("principal", "key", "status", "code", "object_id", "created_at")
    search_fields = ("principal", "key")
