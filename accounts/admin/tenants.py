"""Providers and fleets, set up in one go: a fleet begins with the invitation of its first admin."""

from django import forms
from django.contrib import admin, messages
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.admin.acts import ToldMixin, reinstate, suspend
from accounts.models import Fleet, MobilityProvider
from core.moves import MoveRefused
from core.web.admin import OperatorAdmin, link


class FleetForm(forms.ModelForm):
    first_admin = forms.EmailField(
        label=gettext_lazy("first admin"),
        required=False,
        help_text=gettext_lazy("Gets an invitation by mail and brings in everybody else."),
    )


class FleetInline(admin.StackedInline):
    model, form, extra = Fleet, FleetForm, 1
    fields = ("name", "time_zone", "demand_second_factor", "first_admin")
    can_delete, show_change_link = False, True


def invite_first_admin(request, form) -> None:
    email = form.cleaned_data.get("first_admin")
    if not email or not form.instance.pk:
        return
    try:
        form.instance.invite(email=email, role="ADMIN", by=request.user)
    except MoveRefused as refused:
        messages.error(request, str(refused))
    else:
        messages.success(request, _("An invitation is on its way to %(email)s.") % {"email": email})


@admin.register(MobilityProvider)
class MobilityProviderAdmin(ToldMixin, OperatorAdmin):
    list_display = ("name", "provider_id", "suspended_at", "created_at")
    search_fields = ("name", "provider_id")
    fields = ("name", "provider_id", "suspended_at", "created_at")
    readonly_fields = ("provider_id", "suspended_at", "created_at")
    inlines = (FleetInline,)
    actions = (suspend, reinstate)

    def save_formset(self, request, form, formset, change):
        super().save_formset(request, form, formset, change)
        for row in formset.forms:
            if row.has_changed():
                invite_first_admin(request, row)


@admin.register(Fleet)
class FleetAdmin(ToldMixin, OperatorAdmin):
    form = FleetForm
    list_display = ("name", "fleet_id", link("provider"), "time_zone", "demand_second_factor", "suspended_at")
    list_select_related = ("provider",)
    search_fields = ("name", "fleet_id", "provider__name")
    autocomplete_fields = ("provider",)
    fields = (
        "provider",
        "name",
        "time_zone",
        "demand_second_factor",
        "first_admin",
        "fleet_id",
        "suspended_at",
        "created_at",
    )
    readonly_fields = ("fleet_id", "suspended_at", "created_at")
    actions = (suspend, reinstate)

    def save_model(self, request, obj, form, change):
        super().save_model(request, obj, form, change)
        invite_first_admin(request, form)
