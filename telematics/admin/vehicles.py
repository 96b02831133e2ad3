"""Vehicles: operators add and correct them with a reason, by the methods that fleets use."""

from typing import Any

from django import forms
from django.contrib import admin
from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.text import capfirst
from django.utils.translation import gettext_lazy as _

from accounts.admin.actions import RecordedMixin, What, apply_to_each
from core.errors import MoveRefused
from core.values.numbers import WholeFormField
from core.values.text_fields import LineFormField, LinesFormField
from core.values.texts import LINE
from core.web.admin import SHORT_ID, TEXT, OperatorAdmin, link
from core.web.desk.files import ImportedMixin
from telematics import labels
from telematics.admin.search import QNR
from telematics.admin.vehicle_sheet import WRITTEN, VehicleSheet
from telematics.models import Vehicle
from telematics.models.specification import Specification
from telematics.values import QnrFormField

STATUS = ("operation_status", "operation_status_remark")
# The field that a refusal is shown at.
FIELDS = {"vin_in_fleet": "vin", "unit_not_available": "qnr"}
NO_PAIR = _("Write “name: value” on each line, and each name once.")


class VehicleAdminForm(forms.ModelForm):
    """Its checks are those of the methods that it calls: it writes while it is validated, and a refusal rolls back."""

    operator: Any
    fields: dict[str, Any]

    tag_lines = LinesFormField(
        required=False,
        label=_("Tags"),
        help_text=_("One on each line."),
        widget=forms.Textarea({"rows": 4}),
    )
    custom_field_lines = LinesFormField(
        required=False,
        label=_("Custom fields"),
        help_text=NO_PAIR,
        widget=forms.Textarea({"rows": 4}),
    )
    reason = LineFormField(
        label=_("Reason"),
        max_length=500,
        help_text=_("Kept in the history of the vehicle. The fleet can read it."),
    )

    def clean_tag_lines(self) -> list[str]:
        return labels.read_tags(self.cleaned_data["tag_lines"].split("\n"))

    def clean_custom_field_lines(self) -> dict[str, str]:
        given: dict[str, str | None] = {}
        for line in filter(str.strip, self.cleaned_data["custom_field_lines"].split("\n")):
            name, colon, value = (part.strip() for part in line.partition(":"))
            if not colon or not name or not value or name in given:
                raise ValidationError(NO_PAIR)
            given[name] = value
        try:
            read = labels.read_custom_fields(given)
        except ValidationError as wrong:
            raise ValidationError(wrong.messages) from wrong
        return {name: value for name, value in read.items() if value is not None}

    def _post_clean(self) -> None:
        """Call the methods of the vehicle in place of writing into the instance."""
        if self.errors:
            return
        try:
            with transaction.atomic():
                self.saved = self.write()
        except MoveRefused as refused:
            field = FIELDS.get(refused.code)
            self.add_error(field if field in self.fields else None, str(refused))
        except ValidationError as wrong:
            self.refuse(wrong)

    def refuse(self, wrong: ValidationError) -> None:
        """Show each error at its field if the form has it."""
        errors = getattr(wrong, "error_dict", {None: wrong.error_list})
        for name, texts in errors.items():
            self.add_error(name if name in self.fields else None, ValidationError(texts))

    def given(self, *names: str) -> dict[str, Any]:
        return {name: self.cleaned_data[name] for name in names}

    def write(self) -> Vehicle:
        raise NotImplementedError(f"{type(self).__name__} writes nothing")


class NewVehicleForm(VehicleAdminForm):
    qnr = QnrFormField(
        required=False, label=_("Unit (QNR)"), help_text=_("From the stock of the fleet.")
    )

    def write(self) -> Vehicle:
        return Vehicle.objects.create_by(
            self.operator,
            fleet=self.cleaned_data["fleet"],
            qnr=self.cleaned_data["qnr"] or None,
            reason=self.cleaned_data["reason"],
            tags=self.cleaned_data["tag_lines"],
            custom_fields=self.cleaned_data["custom_field_lines"],
            **self.given(*WRITTEN, *STATUS),
        )


class CorrectVehicleForm(VehicleAdminForm):
    expected = WholeFormField(widget=forms.HiddenInput)

    def __init__(self, *args: Any, **kwargs: Any):
        vehicle = kwargs["instance"]
        lines = [f"{name}: {value}" for name, value in sorted(vehicle.custom_fields.items())]
        kwargs["initial"] = {
            "expected": vehicle.version,
            "tag_lines": "\n".join(vehicle.tags),
            "custom_field_lines": "\n".join(lines),
        }
        super().__init__(*args, **kwargs)

    def write(self) -> Vehicle:
        vehicle = Vehicle.objects.get(pk=self.instance.pk)
        reason = self.cleaned_data["reason"]
        first = vehicle.edits(self.operator, expected=self.cleaned_data["expected"], reason=reason)
        first.correct(**self.given(*WRITTEN))
        # The first has locked the row, and may have raised its version.
        edits = vehicle.edits(self.operator, reason=reason)
        edits.set_custom_fields(self.cleaned_data["custom_field_lines"], replace=True)
        edits.set_tags(self.cleaned_data["tag_lines"])
        edits.set_operation_status(
            self.cleaned_data["operation_status"],
            remark=self.cleaned_data["operation_status_remark"],
        )
        return vehicle


def feature_field(label: Any) -> forms.Field:
    """On, off, or not known. Anything else is an error."""
    return forms.TypedChoiceField(
        label=capfirst(label),
        required=False,
        choices=[("", _("not known")), ("True", _("on")), ("False", _("off"))],
        coerce=lambda text: text == "True",
        empty_value=None,
    )


@admin.action(description=_("Archive"), permissions=["action"])
def archive(page: Any, request: HttpRequest, queryset: QuerySet) -> None:
    reason = page.reason_of(request)
    apply_to_each(
        page,
        request,
        queryset.select_related("fleet"),
        lambda vehicle: vehicle.edits(request.user, reason=reason).archive(),
        What.CHANGE,
        reasoned=True,
    )


@admin.action(description=_("Restore"), permissions=["action"])
def restore(page: Any, request: HttpRequest, queryset: QuerySet) -> None:
    reason = page.reason_of(request)
    apply_to_each(
        page,
        request,
        queryset.select_related("fleet"),
        lambda vehicle: vehicle.edits(request.user, reason=reason).restore(),
        What.CHANGE,
        reasoned=True,
    )


@admin.register(Vehicle)
class VehicleAdmin(ImportedMixin, RecordedMixin, OperatorAdmin):
    resource_classes = [VehicleSheet]
    searched_by = {
        QNR: ("unit_id",),
        SHORT_ID: ("pk",),
        TEXT: ("search__contains",),
    }
    linked_by = ("fleet__provider",)
    list_display = (
        "vehicle_id",
        "license_plate",
        "vin",
        "custom_name",
        link("fleet", _("fleet")),
        link("unit", _("unit")),
        "archived_at",
    )
    list_filter = ("operation_status", ("archived_at", admin.EmptyFieldListFilter))
    list_select_related = ("fleet", "unit")
    find_by = {
        QNR: ("unit_id",),
        SHORT_ID: ("pk",),
        TEXT: ("search__contains",),
    }
    autocomplete_fields = ("fleet", "vehicle_model")
    actions = (archive, restore)
    facts = (
        "vehicle_id",
        link("fleet", _("fleet")),
        link("unit", _("unit")),
        "unit_attached_at",
        "operation_status_changed_at",
        "created_at",
        "updated_at",
        "archived_at",
        "version",
    )

    def get_fields(self, request: HttpRequest, obj: Vehicle | None = None) -> tuple[Any, ...]:
        if obj is not None and not self.has_change_permission(request, obj):
            return (*self.facts, *WRITTEN, *STATUS, "tags", "custom_fields")
        about = (*WRITTEN, *STATUS, "tag_lines", "custom_field_lines", "reason")
        return ("fleet", "qnr", *about) if obj is None else (*self.facts, *about, "expected")

    def get_readonly_fields(self, request: HttpRequest, obj: Vehicle | None = None) -> Any:
        return () if obj is None else self.facts

    def has_change_permission(self, request: HttpRequest, obj: Vehicle | None = None) -> bool:
        """An archived vehicle is read, until it is restored."""
        is_archived = obj is not None and obj.archived_at is not None
        return not is_archived and super().has_change_permission(request, obj)

    def get_form(
        self, request: Any, obj: Vehicle | None = None, change: bool = False, **kwargs: Any
    ) -> Any:
        kwargs["form"] = CorrectVehicleForm if change else NewVehicleForm
        if change and not self.has_change_permission(request, obj):
            kwargs["form"] = forms.ModelForm
            kwargs["fields"] = []
        form: Any = super().get_form(request, obj, change, **kwargs)
        form.operator = request.user
        return form

    def formfield_for_dbfield(self, db_field: Any, request: Any, **kwargs: Any) -> Any:
        if db_field.name in Specification.FEATURES:
            return feature_field(db_field.verbose_name)
        return super().formfield_for_dbfield(db_field, request, **kwargs)

    def reason_of(self, request: HttpRequest) -> str:
        return LINE.canonical(request.POST.get("reason", ""))

    def save_form(self, request: HttpRequest, form: Any, change: bool) -> Vehicle:
        """Return the vehicle that the form has written."""
        return form.saved

    def save_model(self, request: HttpRequest, obj: Vehicle, form: Any, change: bool) -> None:
        """The form has written it."""

    def save_related(self, request: HttpRequest, form: Any, formsets: Any, change: bool) -> None:
        """Nothing belongs to it here."""
