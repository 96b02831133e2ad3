"""Providers and fleets, set up on one page. A new fleet starts with the invitation of its first admin."""

from typing import Any

from django import forms
from django.contrib import admin, messages
from django.http import HttpRequest
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.admin.actions import RecordedMixin, reinstate, suspend
from accounts.admin.moving import MovableMixin, MoveForm
from accounts.admin.sheets import FleetSheet, ProviderSheet
from accounts.models import Fleet, MobilityProvider
from accounts.models.fleet_settings import SETTINGS
from accounts.web.requests import signed_in
from core.errors import MoveRefused
from core.values.addresses import AddressFormField
from core.web.admin import NAME, SHORT_ID, OperatorAdmin, link
from core.web.desk.files import ImportedMixin

# What the form of a fleet has besides its settings.
OTHERS = ("provider", "require_second_factor")


class FirstAdminForm(forms.ModelForm):
    first_admin = AddressFormField(
        label=gettext_lazy("first admin"),
        required=False,
        help_text=gettext_lazy("Gets an invitation by mail, and invites everyone else."),
    )

    def clean_job_prefix(self) -> str:
        """Left blank, the prefix stays as it is; a new fleet gets one from its name."""
        return self.cleaned_data["job_prefix"] or self.instance.job_prefix

    @cached_property
    def changed_data(self) -> list[str]:
        """Without a prefix that was left blank."""
        is_left = not self.data.get(self.add_prefix("job_prefix"))
        return [name for name in super().changed_data if name != "job_prefix" or not is_left]


class FleetForm(MoveForm, FirstAdminForm):
    """The form of the fleet's own page."""


def save_fleet(fleet: Fleet, form: Any, *, by: Any) -> None:
    """Save a new fleet. The settings of one that exists change as on its own page, with an entry in their history."""
    if fleet._state.adding:
        fleet.save()
        return
    changed = {name: form.cleaned_data[name] for name in SETTINGS if name in form.changed_data}
    if changed:
        Fleet.objects.get(pk=fleet.pk).change_settings(by=by, **changed)
    others = [name for name in OTHERS if name in form.changed_data]
    if others:
        fleet.save(update_fields=others)


class FleetFormSet(forms.BaseInlineFormSet):
    operator: Any = None

    def save_existing(self, form: Any, obj: Any, commit: bool = True) -> Any:
        save_fleet(obj, form, by=self.operator)
        return obj


class SettingsMixin(admin.ModelAdmin):
    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:
        save_fleet(obj, form, by=signed_in(request))


class FleetInline(admin.StackedInline):
    model = Fleet
    form = FirstAdminForm
    formset = FleetFormSet
    extra = 1
    fields = (*SETTINGS, "require_second_factor", "first_admin")
    can_delete = False
    show_change_link = True


def invite_first_admin(request: HttpRequest, form: Any) -> None:
    email = form.cleaned_data.get("first_admin")
    if not email or not form.instance.pk:
        return
    try:
        form.instance.invite(
            email=email,
            role="ADMIN",
            by=signed_in(request),
        )
    except MoveRefused as refused:
        messages.error(request, str(refused))
    else:
        messages.success(request, _("An invitation is being sent to %(email)s.") % {"email": email})


@admin.register(MobilityProvider)
class MobilityProviderAdmin(ImportedMixin, RecordedMixin, OperatorAdmin):
    resource_classes = [ProviderSheet]
    searched_by = {SHORT_ID: ("pk",), NAME: ("name__icontains",)}
    list_display = ("name", "provider_id", "suspended_at", "created_at")
    search_fields = ("name", "provider_id")
    fields = ("name", "provider_id", "suspended_at", "created_at")
    readonly_fields = ("provider_id", "suspended_at", "created_at")
    inlines = (FleetInline,)
    actions = (suspend, reinstate)

    def save_formset(self, request: HttpRequest, form: Any, formset: Any, change: bool) -> None:
        formset.operator = signed_in(request)
        super().save_formset(request, form, formset, change)
        for row in formset.forms:
            if row.has_changed():
                invite_first_admin(request, row)


@admin.register(Fleet)
class FleetAdmin(ImportedMixin, MovableMixin, SettingsMixin, RecordedMixin, OperatorAdmin):
    resource_classes = [FleetSheet]
    owner = "provider"
    form = FleetForm
    searched_by = {SHORT_ID: ("pk",), NAME: ("name__icontains",)}
    list_display = (
        "name",
        "fleet_id",
        link("provider", gettext_lazy("provider")),
        "job_prefix",
        "time_zone",
        "require_second_factor",
        "suspended_at",
    )
    list_select_related = ("provider",)
    search_fields = ("name", "fleet_id", "provider__name")
    autocomplete_fields = ("provider",)
    fields = (
        "provider",
        *SETTINGS,
        "require_second_factor",
        "first_admin",
        "fleet_id",
        "suspended_at",
        "created_at",
    )
    readonly_fields = ("fleet_id", "suspended_at", "created_at")
    actions = (suspend, reinstate)

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:
        super().save_model(request, obj, form, change)
        invite_first_admin(request, form)
