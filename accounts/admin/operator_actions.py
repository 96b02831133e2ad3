from django.contrib import admin
from django.utils.translation import gettext_lazy as _

from accounts.models import OperatorAction
from core.web.admin import ReadOnlyAdmin, link


@admin.register(OperatorAction)
class OperatorActionAdmin(ReadOnlyAdmin):
    list_display = (
        "at",
        "what",
        "subject",
        link("fleet", _("fleet")),
        link("company", _("company")),
        link("operator", _("operator")),
        "reason",
    )
    list_filter = ("what",)
    list_select_related = ("fleet", "company", "operator")
    search_fields = ("subject", "fleet__name", "company__name")
