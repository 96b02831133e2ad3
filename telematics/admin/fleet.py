"""Units, which operators set up, and the states that they send."""

from collections import Counter
from collections.abc import Mapping
from typing import Any

from django.contrib import admin, messages
from django.http import HttpRequest
from django.utils.text import capfirst
from django.utils.translation import gettext_lazy as _
from import_export.fields import Field
from import_export.instance_loaders import CachedInstanceLoader
from import_export.widgets import ForeignKeyWidget
from tablib import Dataset

from accounts.admin.actions import RecordedMixin, What, record
from accounts.models import Fleet
from accounts.web.requests import signed_in
from core.web.admin import SHORT_ID, TEXT, OperatorAdmin, ReadOnlyAdmin, link
from core.web.desk.files import ImportedMixin
from core.web.desk.sheets import Sheet
from telematics.admin.search import QNR
from telematics.models import Custody, Unit, VehicleState
from telematics.models.unit import UnitQuerySet


def keeps_its_fleet(unit: Unit) -> bool:
    """Whether the unit is mounted or reserved by an open job. A retired unit may go to any fleet."""
    return unit.retired_at is None and not Unit.objects.free().filter(pk=unit.pk).exists()


class FleetWidget(ForeignKeyWidget):
    """A fleet by its ID. An unknown one is an error at the column."""

    def clean(self, value: Any, row: Any = None, **kwargs: Any) -> Any:
        try:
            return super().clean(value, row=row, **kwargs)
        except Fleet.DoesNotExist as unknown:
            raise ValueError(_("There is no fleet “%(text)s”.") % {"text": value}) from unknown


class UnitResource(Sheet):
    fleet = Field(attribute="fleet", column_name="fleet", widget=FleetWidget(Fleet))

    class Meta:
        model = Unit
        import_id_fields = ("qnr",)
        instance_loader_class = CachedInstanceLoader
        fields = ("qnr", "fleet")
        skip_unchanged = True
        clean_model_instances = True

    def before_import(self, dataset: Dataset, **kwargs: Any) -> None:
        super().before_import(dataset, **kwargs)
        # How many units of each fleet change, also of the fleet that a unit leaves.
        self.touched: Counter[str] = Counter()

    def after_save_instance(self, instance: Any, row: Any, **kwargs: Any) -> None:
        super().after_save_instance(instance, row, **kwargs)
        Custody.objects.end_in_former_fleet(instance, by=kwargs.get("user"))
        self.touched.update({instance.fleet_id, instance.fleet_before} - {None})

    def after_import(self, dataset: Dataset, result: Any, **kwargs: Any) -> None:
        super().after_import(dataset, result, **kwargs)
        result.touched = self.touched

    def import_instance(self, instance: Any, row: Any, **kwargs: Any) -> None:
        """Import a row. As in the form, a unit in use keeps its fleet."""
        known = not instance._state.adding
        before = instance.fleet_id
        super().import_instance(instance, row, **kwargs)
        instance.fleet_before = before if known else None
        if known and before != instance.fleet_id and keeps_its_fleet(instance):
            raise ValueError(_("%(qnr)s is in use and keeps its fleet.") % {"qnr": instance.pk})


class MountedFilter(admin.EmptyFieldListFilter):
    """Give the reverse relation from a unit to its vehicle a name."""

    def __init__(self, *args: Any, **kwargs: Any):
        super().__init__(*args, **kwargs)
        self.title = _("vehicle")


@admin.register(Unit)
class UnitAdmin(RecordedMixin, ImportedMixin, OperatorAdmin):
    resource_classes = [UnitResource]
    skip_admin_log = False
    searched_by = {QNR: ("pk",), TEXT: ("pk__startswith",)}
    linked_by = ("fleet__provider",)
    list_display = (
        "qnr",
        link("fleet", _("fleet")),
        link("vehicle", _("vehicle")),
        "created_at",
        "retired_at",
    )
    list_filter = (("vehicle", MountedFilter), ("retired_at", admin.EmptyFieldListFilter))
    list_select_related = ("fleet", "vehicle")
    search_fields = ("qnr",)
    find_by = {
        QNR: ("pk",),
        SHORT_ID: ("fleet_id", "pk__startswith"),
        TEXT: ("pk__startswith",),
    }
    autocomplete_fields = ("fleet",)
    fields = ("qnr", "fleet", "retired_at")
    readonly_fields = ("retired_at",)
    inlines = []  # another app may add to it, as the simulator does
    actions = ("retire",)

    def has_import_permission(self, request: HttpRequest) -> bool:
        """A file adds and changes."""
        return self.has_add_permission(request)

    def get_readonly_fields(self, request: HttpRequest, obj: Unit | None = None) -> tuple[str, ...]:
        """A unit keeps its QNR, and its fleet as long as it is in use."""
        if obj is None:
            return self.readonly_fields
        if keeps_its_fleet(obj):
            return ("qnr", "fleet", *self.readonly_fields)
        return ("qnr", *self.readonly_fields)

    def save_model(self, request: HttpRequest, obj: Unit, form: Any, change: bool) -> None:
        before = None
        if change:
            before = Unit.objects.filter(pk=obj.pk).values_list("fleet", flat=True).first()
        super().save_model(request, obj, form, change)
        Custody.objects.end_in_former_fleet(obj, by=signed_in(request))
        if before not in (None, obj.fleet_id):
            self.record_for_fleets(request, What.CHANGE, {str(before): 1}, subject=str(obj))

    def generate_log_entries(self, result: Any, request: HttpRequest) -> None:
        super().generate_log_entries(result, request)
        self.record_for_fleets(request, What.IMPORT, result.touched)

    def record_for_fleets(
        self, request: HttpRequest, what: What, touched: Mapping[str, int], subject: str = ""
    ) -> None:
        """Record one action for each fleet, with the number of its units."""
        for fleet, number in sorted(touched.items()):
            about = subject or f"{number} × {capfirst(Unit._meta.verbose_name_plural)}"
            record(request, what, about, tenants=[{"fleet_id": fleet}])

    @admin.action(
        description=_("Retire the selected units that are in stock"), permissions=["change"]
    )
    def retire(self, request: HttpRequest, queryset: UnitQuerySet) -> None:
        chosen = queryset.count()
        known = list(queryset.filter(retired_at=None).values_list("pk", flat=True))
        retired = Unit.objects.filter(pk__in=queryset.values("pk")).retire(by=signed_in(request))
        self.message_user(request, _("Units retired: %(count)s") % {"count": retired})
        gone = Unit.objects.filter(pk__in=known, retired_at__isnull=False).values_list(
            "fleet", flat=True
        )
        self.record_for_fleets(request, What.RETIRE, Counter(gone))
        if kept := chosen - retired:
            kept_because = _(
                "Not retired, because they are mounted, retired already or wanted by an open job: %(count)s"
            )
            self.message_user(request, kept_because % {"count": kept}, messages.WARNING)


@admin.register(VehicleState)
class VehicleStateAdmin(ReadOnlyAdmin):
    list_display = (link("vehicle", _("vehicle")), "received_at")
    list_select_related = ("vehicle",)
    find_by = {
        QNR: ("vehicle__unit_id",),
        SHORT_ID: ("pk",),
        TEXT: ("vehicle__search__contains",),
    }
