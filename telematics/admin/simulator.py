"""Faults of simulated units: set on the unit's own page or here."""

from django import forms
from django.contrib import admin

from core.web.admin import QNR, TEXT, ULID, OperatorAdmin, ReadOnlyAdmin, link
from telematics.models import SimulatedUnit, SimulatorLog


class FaultForm(forms.ModelForm):
    class Meta:
        model = SimulatedUnit
        fields = ("unit", "seed", "fault", "persistence")

    def save(self, commit=True):
        if commit and not self.instance._state.adding:
            self.instance.afflict(self.instance.fault, self.instance.persistence)
            return self.instance
        return super().save(commit)


class SimulatedUnitInline(admin.StackedInline):
    model = SimulatedUnit
    form = FaultForm
    fields = ("seed", "fault", "persistence", "healed_at")
    readonly_fields = ("healed_at",)
    can_delete = False


@admin.register(SimulatedUnit)
class SimulatedUnitAdmin(OperatorAdmin):
    form = FaultForm
    list_display = (link("unit"), "fault", "persistence", "healed_at", "sent_at")
    list_filter = ("fault", "persistence")
    list_select_related = ("unit",)
    find_by = {QNR: ("pk",), TEXT: ("unit__qnr__startswith",)}
    autocomplete_fields = ("unit",)
    fields = ("unit", "seed", "fault", "persistence", "healed_at", "sent_at", "setup", "signals")
    readonly_fields = ("healed_at", "sent_at", "setup", "signals")

    def get_readonly_fields(self, request, obj=None):
        return ("unit", *self.readonly_fields) if obj else self.readonly_fields

    def save_model(self, request, obj, form, change):
        if change:
            obj.afflict(obj.fault, obj.persistence)
        else:
            obj.save()


@admin.register(SimulatorLog)
class SimulatorLogAdmin(ReadOnlyAdmin):
    list_display = ("at", "act", link("unit"), "key_id")
    list_filter = ("act",)
    list_select_related = ("unit",)
    find_by = {QNR: ("unit_id",), ULID: ("key_id",)}
