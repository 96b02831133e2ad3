"""The forms of the bulk actions on vehicles. Each makes the change that its fields describe."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from accounts.models import Fleet
from core.values.text_fields import LineFormField, LinesFormField
from fleetcontrol.forms.place_choice import PlaceField, offer_places
from fleetcontrol.forms.vehicle_edits import PairsField
from telematics import labels
from telematics.models import OperationStatus, Vehicle
from telematics.models.bulk_changes import (
    Archive,
    Change,
    ChangeTags,
    SetCustomFields,
    SetOperationStatus,
    SetPlace,
)

ONE_ON_EACH_LINE = _("One on each line.")
BOTH = _("“%(name)s” cannot be added and removed at once.")


class VehicleBulkForm(forms.Form):
    reason = LineFormField(
        required=False,
        max_length=200,
        label=_("Reason"),
        help_text=_("Kept in the history of each vehicle."),
    )

    field_order: Any = None

    def __init__(self, *args: Any, fleet: Fleet, **kwargs: Any):
        super().__init__(*args, **kwargs)
        self.fleet = fleet

    def change(self) -> Change:
        """Make the change. Raises ValidationError."""
        raise NotImplementedError(f"{type(self).__name__} describes no change")

    def clean(self) -> dict[str, Any]:
        """Refuse what the change itself refuses, once the fields are read."""
        given = super().clean() or {}
        if not self.errors:
            self.made = self.change()
        return given


class TagsBulkForm(VehicleBulkForm):
    add = LinesFormField(
        required=False,
        label=_("Add tags"),
        help_text=ONE_ON_EACH_LINE,
        widget=forms.Textarea({"rows": 3}),
    )
    remove = LinesFormField(
        required=False,
        label=_("Remove tags"),
        help_text=ONE_ON_EACH_LINE,
        widget=forms.Textarea({"rows": 3}),
    )
    field_order = ("add", "remove", "reason")

    def clean_add(self) -> list[str]:
        return labels.read_tags(self.cleaned_data["add"].split("\n"))

    def clean_remove(self) -> list[str]:
        return labels.read_tags(self.cleaned_data["remove"].split("\n"))

    def change(self) -> Change:
        add, remove = self.cleaned_data["add"], self.cleaned_data["remove"]
        refuse_both(add, remove)
        if not add and not remove:
            raise ValidationError(_("Enter a tag to add or to remove."))
        return ChangeTags(add, remove)


class CustomFieldsBulkForm(VehicleBulkForm):
    set = PairsField(
        required=False,
        label=_("Set custom fields"),
        help_text=_("Other fields of the vehicles stay. A row without a value is left out."),
    )
    remove = LinesFormField(
        required=False,
        label=_("Remove custom fields"),
        help_text=_("Their names, one on each line."),
        widget=forms.Textarea({"rows": 3}),
    )
    field_order = ("set", "remove", "reason")

    def clean_remove(self) -> list[str]:
        names = [name for name in self.cleaned_data["remove"].split("\n") if name.strip()]
        try:
            return list(labels.read_custom_fields(dict.fromkeys(names)))
        except ValidationError as wrong:
            raise ValidationError(wrong.messages) from wrong

    def change(self) -> Change:
        values, remove = self.cleaned_data["set"], self.cleaned_data["remove"]
        refuse_both(values, remove)
        if not values and not remove:
            raise ValidationError(_("Enter a custom field to set or to remove."))
        return SetCustomFields(values | dict.fromkeys(remove))


class OperationStatusBulkForm(VehicleBulkForm):
    operation_status = forms.ChoiceField(
        label=_("Operation status"),
        choices=[("", _("not chosen yet")), *OperationStatus.choices],
    )
    remark = LineFormField(
        required=False,
        max_length=Vehicle._meta.get_field("operation_status_remark").max_length,
        label=_("Remark"),
        help_text=_("It takes the place of the remarks that the vehicles have."),
    )
    field_order = ("operation_status", "remark", "reason")

    def change(self) -> Change:
        status = OperationStatus(self.cleaned_data["operation_status"])
        return SetOperationStatus(status, self.cleaned_data["remark"])


class PlaceBulkForm(VehicleBulkForm):
    place = PlaceField(help_text=_("Without a choice, the vehicles have no place afterwards."))
    field_order = ("place", "reason")

    def __init__(self, *args: Any, **kwargs: Any):
        super().__init__(*args, **kwargs)
        place: Any = self.fields["place"]
        offer_places(place, self.fleet)
        place.empty_label = _("none")

    def change(self) -> Change:
        return SetPlace(self.cleaned_data["place"])


class ArchiveBulkForm(VehicleBulkForm):
    def change(self) -> Change:
        return Archive()


def refuse_both(added: Any, removed: Any) -> None:
    if both := sorted(set(added) & set(removed)):
        raise ValidationError(BOTH, code="both", params={"name": both[0]})
