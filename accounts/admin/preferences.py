from django.contrib import admin
from django.utils.translation import gettext_lazy as _

from accounts.models import SavedView, TablePreference
from core.web.admin import ReadOnlyAdmin, link


@admin.register(TablePreference)
class TablePreferenceAdmin(ReadOnlyAdmin):
    list_display = ("id", link("user", _("user")), "table")
    list_select_related = ("user",)
    search_fields = ("user__email__startswith", "table")


@admin.register(SavedView)
class SavedViewAdmin(ReadOnlyAdmin):
    list_display = ("name", link("user", _("user")), link("fleet", _("fleet")), "table")
    list_select_related = ("user", "fleet")
    search_fields = ("name", "user__email__startswith", "fleet__name")
