from typing import Any

from django.contrib import admin
from django.db.models import Max, QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from accounts.admin.actions import What, apply_to_each
from accounts.admin.sheets import SignatureSheet
from accounts.models import Agreement, AgreementSignature
from accounts.web.requests import signed_in
from core.web.admin import OperatorAdmin, ReadOnlyAdmin, link
from core.web.desk.files import ExportedMixin


@admin.register(Agreement)
class AgreementAdmin(OperatorAdmin):
    """A draft can be changed. A published version cannot; only a newer version replaces it."""

    list_display = ("version", "published_at")
    search_fields = ("version", "text")
    fields = ("version", "text", "published_at")
    actions = ("publish",)

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> tuple[str, ...]:
        if obj and obj.published_at:
            return ("version", "text", "published_at")
        return ("version", "published_at")

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:
        if not change:
            obj.version = (Agreement.objects.aggregate(newest=Max("version"))["newest"] or 0) + 1
        super().save_model(request, obj, form, change)

    @admin.action(description=_("Publish: every company has to accept it"), permissions=["change"])
    def publish(self, request: HttpRequest, queryset: QuerySet[Any]) -> None:
        apply_to_each(
            self,
            request,
            queryset,
            lambda agreement: agreement.publish(by=signed_in(request)),
            What.PUBLISH,
        )


@admin.register(AgreementSignature)
class AgreementSignatureAdmin(ExportedMixin, ReadOnlyAdmin):
    resource_classes = [SignatureSheet]
    list_display = (
        "__str__",
        link("company", _("company")),
        link("agreement", _("agreement")),
        "name",
        "address",
        "at",
    )
    list_select_related = ("company", "agreement")
    search_fields = ("company__name", "company__partner_id", "name")
