from django.contrib import admin
from django.db.models import Max
from django.utils.translation import gettext_lazy as _

from accounts.admin.acts import What, act_on_each
from accounts.models import Agreement, AgreementSignature
from core.web.admin import OperatorAdmin, ReadOnlyAdmin, link


@admin.register(Agreement)
class AgreementAdmin(OperatorAdmin):
    """A draft may be written and rewritten; once published a version stands, and only a newer one follows."""

    list_display = ("version", "published_at")
    search_fields = ("version", "text")
    fields = ("version", "text", "published_at")
    actions = ("publish",)

    def get_readonly_fields(self, request, obj=None):
        return ("version", "text", "published_at") if obj and obj.published_at else ("version", "published_at")

    def save_model(self, request, obj, form, change):
        if not change:
            obj.version = (Agreement.objects.aggregate(newest=Max("version"))["newest"] or 0) + 1
        super().save_model(request, obj, form, change)

    @admin.action(description=_("Publish: every company is asked to accept it"), permissions=["change"])
    def publish(self, request, queryset):
        act_on_each(self, request, queryset, lambda agreement: agreement.publish(by=request.user), What.PUBLISH)


@admin.register(AgreementSignature)
class AgreementSignatureAdmin(ReadOnlyAdmin):
    list_display = ("__str__", link("company"), link("agreement"), "name", "address", "at")
    list_select_related = ("company", "agreement")
    search_fields = ("company__name", "company__partner_id", "name")
