"""Templates, presets and roll-outs of the fleets, and the notification preferences of people."""

from typing import Any

from django.contrib import admin
from django.db import models
from django.utils.translation import gettext_lazy as _

from accounts.admin.actions import RecordedMixin
from accounts.admin.moving import MovableMixin, MoveForm
from core.web.admin import EMAIL, ULID, OperatorAdmin, ReadOnlyAdmin, WrongWordsMixin, link
from jobs.admin.inlines import Rows
from jobs.models import (
    ConfigurationPreset,
    JobTemplate,
    NotificationPreference,
    RollOut,
    RollOutEvent,
)
from jobs.web.fields import FeatureField
from telematics.models.specification import Specification

FEATURES: Any = {models.BooleanField: {"form_class": FeatureField}}


@admin.register(JobTemplate)
class JobTemplateAdmin(WrongWordsMixin, MovableMixin, RecordedMixin, OperatorAdmin):
    form = MoveForm
    formfield_overrides = FEATURES
    list_display = (
        "name",
        link("fleet", _("fleet")),
        link("vehicle_model", _("vehicle model")),
        "updated_at",
    )
    list_select_related = ("fleet", "vehicle_model")
    search_fields = ("name", "fleet__name", "fleet__fleet_id")
    autocomplete_fields = ("fleet", "vehicle_model", "roll_out")
    fields = (
        "fleet",
        "name",
        *Specification.SPECIFICATION_FIELDS,
        "further_tests",
        "required_photos",
        "roll_out",
        "created_by",
        "created_at",
        "updated_at",
    )
    readonly_fields = ("created_by", "created_at", "updated_at")


class RollOutEvents(Rows):
    model = RollOutEvent
    related = ("actor",)
    fields = ("at", "verb", link("actor", _("actor")), "channel", "data")
    readonly_fields = fields


@admin.register(RollOut)
class RollOutAdmin(ReadOnlyAdmin):
    """To read only: the history of a roll-out has what the people of its fleet change."""

    list_display = (
        "name",
        link("fleet", _("fleet")),
        "target_date",
        link("owner", _("owner")),
        "archived_at",
    )
    list_select_related = ("fleet", "owner")
    list_filter = (("archived_at", admin.EmptyFieldListFilter),)
    search_fields = ("name", "fleet__name", "fleet__fleet_id")
    inlines = (RollOutEvents,)


@admin.register(RollOutEvent)
class RollOutEventAdmin(ReadOnlyAdmin):
    list_display = (
        "id",
        link("roll_out", _("roll-out")),
        "seq",
        "verb",
        link("actor", _("actor")),
        "at",
    )
    list_filter = ("verb",)
    list_select_related = ("roll_out", "actor")
    find_by = {ULID: ("pk", "roll_out_id"), EMAIL: ("actor__email",)}


@admin.register(ConfigurationPreset)
class ConfigurationPresetAdmin(MovableMixin, RecordedMixin, OperatorAdmin):
    form = MoveForm
    formfield_overrides = FEATURES
    list_display = ("name", link("fleet", _("fleet")), *Specification.FEATURES)
    list_select_related = ("fleet",)
    search_fields = ("name", "fleet__name", "fleet__fleet_id")
    autocomplete_fields = ("fleet",)
    fields = ("fleet", "name", *Specification.FEATURES)


@admin.register(NotificationPreference)
class NotificationPreferenceAdmin(ReadOnlyAdmin):
    list_display = ("id", link("user", _("user")), "event", "bell", "mail")
    list_select_related = ("user",)
    list_filter = ("event",)
    search_fields = ("user__email__startswith",)
