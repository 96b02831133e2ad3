"""Faults of simulated units: set on the unit's own page or here."""

from typing import Any

from django import forms
from django.contrib import admin
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from core.web.admin import TEXT, ULID, OperatorAdmin, ReadOnlyAdmin, link
from telematics.admin.fleet import UnitAdmin
from telematics.admin.search import QNR
from telematics.simulator import person
from telematics.simulator.models import SimulatedUnit, SimulatorLog


class FaultForm(forms.ModelForm):
    class Meta:
        model = SimulatedUnit
        fields = ("unit", "seed", "fault", "persistence")

    def save(self, commit: bool = True) -> SimulatedUnit:
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

    def has_view_or_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return person.plays_here() and super().has_view_or_change_permission(request, obj)

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return person.plays_here() and super().has_add_permission(request, obj)

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


UnitAdmin.inlines = [*UnitAdmin.inlines, SimulatedUnitInline]


@admin.register(SimulatedUnit)
class SimulatedUnitAdmin(OperatorAdmin):
    form = FaultForm
    list_display = (link("unit", _("unit")), "fault", "persistence", "healed_at", "sent_at")
    list_filter = ("fault", "persistence")
    list_select_related = ("unit",)
    find_by = {QNR: ("pk",), TEXT: ("unit__qnr__startswith",)}
    autocomplete_fields = ("unit",)
    fields = ("unit", "seed", "fault", "persistence", "healed_at", "sent_at", "setup", "signals")
    readonly_fields = ("healed_at", "sent_at", "setup", "signals")

    def get_readonly_fields(
        self, request: HttpRequest, obj: SimulatedUnit | None = None
    ) -> tuple[str, ...]:
        if obj is None:
            return self.readonly_fields
        return ("unit", *self.readonly_fields)

    def save_model(self, request: HttpRequest, obj: SimulatedUnit, form: Any, change: bool) -> None:
        if change:
            obj.afflict(obj.fault, obj.persistence)
        else:
            obj.save()


@admin.register(SimulatorLog)
class SimulatorLogAdmin(ReadOnlyAdmin):
    list_display = ("at", "action", link("unit", _("unit")), "key_id", "request_id")
    list_filter = ("action",)
    list_select_related = ("unit",)
    find_by = {QNR: ("unit_id",), ULID: ("key_id",)}
