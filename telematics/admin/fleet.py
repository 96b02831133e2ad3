"""Models, units and vehicles: what operators set up, and look into."""

from collections import Counter

from django.contrib import admin, messages
from django.utils.text import capfirst
from django.utils.translation import gettext_lazy as _
from import_export.admin import ImportExportModelAdmin
from import_export.instance_loaders import CachedInstanceLoader
from import_export.resources import ModelResource

from accounts.admin.acts import ToldMixin, What, told
from core.web.admin import QNR, SHORT_ID, TEXT, OperatorAdmin, ReadOnlyAdmin, link
from telematics.admin.simulator import SimulatedUnitInline
from telematics.models import Unit, Vehicle, VehicleModel, VehicleState
from telematics.simulator import person


class VehicleModelResource(ModelResource):
    class Meta:
        model = VehicleModel
        import_id_fields = ("brand", "model", "fuel_type", "built_from")
        fields = (
            *import_id_fields,
            "built_to",
            "vehicle_type",
            "installation_variants",
            "central_lock_connection_types",
            "features",
            "capabilities",
            "active",
        )
        skip_unchanged = True


def keeps_its_fleet(unit):
    """A unit in use does: mounted, or an open job counts on it. One out of service may go anywhere."""
    return unit.retired_at is None and not Unit.objects.idle().filter(pk=unit.pk).exists()


class UnitResource(ModelResource):
    class Meta:
        model = Unit
        import_id_fields = ("qnr",)
        instance_loader_class = CachedInstanceLoader
        fields = ("qnr", "fleet")
        skip_unchanged = True
        clean_model_instances = True

    def before_import(self, dataset, **kwargs):
        super().before_import(dataset, **kwargs)
        self.touched = Counter()

    def after_save_instance(self, instance, row, **kwargs):
        super().after_save_instance(instance, row, **kwargs)
        self.touched.update({instance.fleet_id, instance.fleet_before} - {None})

    def after_import(self, dataset, result, **kwargs):
        super().after_import(dataset, result, **kwargs)
        result.touched = self.touched  # how many units of each fleet, also of the one that a unit has left

    def import_instance(self, instance, row, **kwargs):
        """As in the form: a unit that is mounted or counted on keeps its fleet."""
        known, before = not instance._state.adding, instance.fleet_id
        super().import_instance(instance, row, **kwargs)
        instance.fleet_before = before if known else None
        if known and before != instance.fleet_id and keeps_its_fleet(instance):
            raise ValueError(_("%(qnr)s is in use and keeps its fleet.") % {"qnr": instance.pk})


@admin.register(VehicleModel)
class VehicleModelAdmin(ImportExportModelAdmin, OperatorAdmin):
    resource_classes = [VehicleModelResource]
    list_display = ("brand", "model", "fuel_type", "vehicle_type", "built_from", "built_to", "active")
    list_filter = ("vehicle_type", "fuel_type", "active")
    search_fields = ("brand", "model")


class MountedFilter(admin.EmptyFieldListFilter):
    """The way back from a unit to its vehicle has no name of its own."""

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.title = _("vehicle")


@admin.register(Unit)
class UnitAdmin(ToldMixin, ImportExportModelAdmin, OperatorAdmin):
    resource_classes = [UnitResource]
    list_display = ("qnr", link("fleet"), link("vehicle"), "created_at", "retired_at")
    list_filter = (("vehicle", MountedFilter), ("retired_at", admin.EmptyFieldListFilter))
    list_select_related = ("fleet", "vehicle")
    search_fields = ("qnr",)
    find_by = {QNR: ("pk",), SHORT_ID: ("fleet_id", "pk__startswith"), TEXT: ("pk__startswith",)}
    autocomplete_fields = ("fleet",)
    fields = ("qnr", "fleet", "retired_at")
    readonly_fields = ("retired_at",)
    actions = ("retire",)

    def get_inlines(self, request, obj):
        return [SimulatedUnitInline] if person.plays_here() else []

    def get_readonly_fields(self, request, obj=None):
        """A unit keeps its QNR, and its fleet as long as it is in use."""
        if obj is None:
            return self.readonly_fields
        return ("qnr", *self.readonly_fields, *(("fleet",) if keeps_its_fleet(obj) else ()))

    def save_model(self, request, obj, form, change):
        before = Unit.objects.filter(pk=obj.pk).values_list("fleet", flat=True).first() if change else None
        super().save_model(request, obj, form, change)
        if before not in (None, obj.fleet_id):
            self.tell_fleets(request, What.CHANGE, {before: 1}, subject=str(obj))

    def generate_log_entries(self, result, request):
        super().generate_log_entries(result, request)
        self.tell_fleets(request, What.IMPORT, result.touched)

    def tell_fleets(self, request, what, touched, subject=""):
        """One act for each fleet, with the number of its units."""
        for fleet, number in sorted(touched.items()):
            about = subject or f"{number} × {capfirst(Unit._meta.verbose_name_plural)}"
            told(request, what, about, tenants=[{"fleet_id": fleet}])

    @admin.action(description=_("Retire the selected units that are in stock"))
    def retire(self, request, queryset):
        chosen = queryset.count()
        known = list(queryset.filter(retired_at=None).values_list("pk", flat=True))
        retired = Unit.objects.filter(pk__in=queryset.values("pk")).retire()
        self.message_user(request, _("Units retired: %(count)s") % {"count": retired})
        gone = Unit.objects.filter(pk__in=known, retired_at__isnull=False).values_list("fleet", flat=True)
        self.tell_fleets(request, What.RETIRE, Counter(gone))
        if kept := chosen - retired:
            kept_because = _(
                "Not retired, because they are mounted, retired already or wanted by an open job: %(count)s"
            )
            self.message_user(request, kept_because % {"count": kept}, messages.WARNING)


@admin.register(Vehicle)
class VehicleAdmin(ReadOnlyAdmin):
    list_display = ("vehicle_id", "license_plate", "vin", "custom_name", link("fleet"), link("unit"), "archived_at")
    list_filter = ("operation_status", ("archived_at", admin.EmptyFieldListFilter))
    list_select_related = ("fleet", "unit")
    find_by = {QNR: ("unit_id",), SHORT_ID: ("pk",), TEXT: ("search__contains",)}


@admin.register(VehicleState)
class VehicleStateAdmin(ReadOnlyAdmin):
    list_display = (link("vehicle"), "received_at")
    list_select_related = ("vehicle",)
    find_by = {QNR: ("vehicle__unit_id",), SHORT_ID: ("pk",), TEXT: ("vehicle__search__contains",)}
