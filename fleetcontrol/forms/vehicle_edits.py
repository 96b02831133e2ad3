"""The forms that change a vehicle, one for each method of FleetEdits."""

from copy import copy
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.http import QueryDict
from django.utils.translation import gettext_lazy as _

from core.values.numbers import WholeFormField
from core.values.text_fields import LinesFormField
from core.values.texts import LINE
from fleetcontrol.forms.place_choice import PlaceField, offer_places
from fleetcontrol.forms.specification import VehicleModelField, label_blanks
from jobs.reading.words import field_of
from telematics import labels
from telematics.models import Vehicle, VehicleModel
from telematics.models.change_reason import MASTER_DATA

UNKNOWN = _("not known")
TWICE = _("The name “%(name)s” is there twice.")


class VehicleEditForm(forms.ModelForm):
    """`expected`: the version that the form began with. Without further fields it is a question."""

    fields: dict[str, Any]
    data: QueryDict
    expected = WholeFormField(widget=forms.HiddenInput)

    class Meta:
        model = Vehicle
        fields: tuple[str, ...] = ()

    def __init__(self, *, vehicle: Vehicle, initial: dict[str, Any], **kwargs: Any):
        initial = {"expected": vehicle.version} | initial
        # A ModelForm writes into its instance, which is not what the vehicle is yet.
        super().__init__(instance=copy(vehicle), initial=initial, **kwargs)
        label_blanks(self.fields, UNKNOWN)

    @property
    def values(self) -> dict[str, Any]:
        return {name: self.cleaned_data[name] for name in self._meta.fields or ()}

    def differences(self, vehicle: Vehicle) -> dict[str, tuple[Any, Any]]:
        """Names with the value of the vehicle and the one in the form, where these differ."""
        found = {}
        for name, value in self.values.items():
            now = getattr(vehicle, field_of(name, Vehicle).attname)
            typed = getattr(value, "pk", value)
            if now != typed:
                found[name] = (now, typed)
        return found

    def refuse(self, wrong: ValidationError) -> None:
        """Show what a vehicle refuses at its field, or else at the first."""
        first = next(iter(self._meta.fields or ()), None)
        if not hasattr(wrong, "error_dict"):
            self.add_error(first, wrong)
            return
        for name, errors in wrong.error_dict.items():
            self.add_error(name if name in self.fields else first, ValidationError(errors))

    def untouched(self, replaced: dict[str, Any]) -> list[str]:
        """The fields that others have changed and this reader left. `replaced`: the values before that."""
        names = []
        for name, value in self.values.items():
            is_one_input = not hasattr(self.fields[name].widget, "suffixes")
            if is_one_input and name in replaced and getattr(value, "pk", value) == replaced[name]:
                names.append(name)
        return names

    def begin_again(self, vehicle: Vehicle, untouched: list[str]) -> None:
        """Go on from the vehicle as it is now, with what is typed, and its values in untouched fields."""
        now = type(self)(vehicle=vehicle, initial={})
        self.data = self.data.copy()
        for name in ("expected", *untouched):
            value = now[name].value()
            self.data[name] = "" if value is None else str(value)


class MasterDataForm(VehicleEditForm):
    class Meta(VehicleEditForm.Meta):
        fields = MASTER_DATA


class VehicleModelForm(VehicleEditForm):
    vehicle_model = VehicleModelField(
        label=_("Vehicle model"), help_text=_("It defines what the vehicle can do and report.")
    )

    class Meta(VehicleEditForm.Meta):
        fields = ("vehicle_model",)

    def __init__(self, *, vehicle: Vehicle, **kwargs: Any):
        super().__init__(vehicle=vehicle, **kwargs)
        field = self.fields["vehicle_model"]
        field.empty_label = UNKNOWN
        # The vehicle may have a model that is offered no more.
        if vehicle.vehicle_model_id:
            field.queryset |= VehicleModel.objects.filter(pk=vehicle.vehicle_model_id)


class VehiclePlaceForm(VehicleEditForm):
    place = PlaceField()

    class Meta(VehicleEditForm.Meta):
        fields = ("place",)

    def __init__(self, *, vehicle: Vehicle, **kwargs: Any):
        super().__init__(vehicle=vehicle, **kwargs)
        self.fields["place"].empty_label = _("none")
        offer_places(self.fields["place"], vehicle.fleet, vehicle.place_id)


class PairsInput(forms.Widget):
    """A row of two inputs for each name and its value, and some blank rows."""

    template_name = "fleetcontrol/vehicles/pairs.html"
    suffixes = ("_name", "_value")  # of the names of its inputs
    use_fieldset = True
    blank_rows = 3

    def value_from_datadict(self, data: Any, files: Any, name: str) -> list[tuple[str, str]]:
        names = data.getlist(f"{name}_name")
        values = data.getlist(f"{name}_value")
        return list(zip(names, values, strict=False))

    def value_omitted_from_data(self, data: Any, files: Any, name: str) -> bool:
        return f"{name}_name" not in data

    def id_for_label(self, id_: str) -> str:
        return ""

    def get_context(self, name: str, value: Any, attrs: dict[str, Any] | None) -> dict[str, Any]:
        context = super().get_context(name, value, attrs)
        filled = [pair for pair in value or [] if any(pair)]
        context["widget"]["rows"] = filled + [("", "")] * self.blank_rows
        context["widget"]["longest"] = {"name": labels.LONGEST_NAME, "value": labels.LONGEST_VALUE}
        return context


class PairsField(forms.Field):
    """Custom fields as {name: value}. A row without a value removes its field."""

    widget = PairsInput

    def prepare_value(self, value: Any) -> Any:
        if isinstance(value, dict):
            return sorted(value.items(), key=lambda pair: pair[0].casefold())
        return value

    def to_python(self, value: Any) -> dict[str, str]:
        given: dict[str, str | None] = {}
        errors = []
        for name, text in value or []:
            key = LINE.canonical(name)
            if key and key in map(LINE.canonical, given):
                errors.append(ValidationError(TWICE, code="twice", params={"name": key}))
            if name or text:
                given[name] = text
        errors += _errors_of(given)
        if errors:
            raise ValidationError(errors)
        read = labels.read_custom_fields(given)
        return {name: text for name, text in read.items() if text is not None}


def _errors_of(given: dict[str, str | None]) -> list[ValidationError]:
    """What is wrong with the rows, each with the name of its row."""
    try:
        labels.read_custom_fields(given)
    except ValidationError as wrong:
        found = []
        for name, errors in wrong.error_dict.items():
            before = f"{LINE.canonical(name)}: " if LINE.canonical(name) else ""
            found += [ValidationError(before + text) for text in ValidationError(errors).messages]
        return found
    return []


class CustomFieldsForm(VehicleEditForm):
    custom_fields = PairsField(
        required=False,
        label=_("Custom fields"),
        help_text=_("To remove a field, empty its value. There are more blank rows after saving."),
    )

    class Meta(VehicleEditForm.Meta):
        fields = ("custom_fields",)


class TagsForm(VehicleEditForm):
    tags = LinesFormField(
        required=False,
        label=_("Tags"),
        help_text=_("One on each line."),
        widget=forms.Textarea({"rows": 6}),
    )

    class Meta(VehicleEditForm.Meta):
        fields = ("tags",)

    def __init__(self, *, vehicle: Vehicle, initial: dict[str, Any], **kwargs: Any):
        initial = {"tags": "\n".join(vehicle.tags)} | initial
        super().__init__(vehicle=vehicle, initial=initial, **kwargs)

    def clean_tags(self) -> list[str]:
        return labels.read_tags(self.cleaned_data["tags"].split("\n"))


class OperationStatusForm(VehicleEditForm):
    class Meta(VehicleEditForm.Meta):
        fields = ("operation_status", "operation_status_remark")
