from django.contrib import admin

from accounts.models import OperatorAct
from core.web.admin import ReadOnlyAdmin, link


@admin.register(OperatorAct)
class OperatorActAdmin(ReadOnlyAdmin):
    list_display = ("at", "what", "subject", link("fleet"), link("company"), link("operator"), "reason")
    list_filter = ("what",)
    list_select_related = ("fleet", "company", "operator")
    search_fields = ("subject", "fleet__name", "company__name")
