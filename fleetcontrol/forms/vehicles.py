"""The forms of vehicles: a new one, and the unit in it."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from accounts.models import Fleet
from fleetcontrol.forms.lookups import UnitField
from fleetcontrol.forms.specification import SpecificationForm
from telematics.models import Vehicle
from telematics.models.specification import Specification


class VehicleForm(SpecificationForm):
    follow_url = "fleetcontrol:vehicle-follow"
    unset = _("not known")

    further_tests: Any = None
    required_photos: Any = None
    unit = UnitField(
        required=False, label=_("Unit (QNR)"), help_text=_("From the stock of the fleet.")
    )

    class Meta:
        model = Vehicle
        fields = [*Vehicle.IDENTITY, *Specification.SPECIFICATION_FIELDS]

    def __init__(self, *args: Any, fleet: Fleet, **kwargs: Any):
        super().__init__(*args, fleet=fleet, instance=Vehicle(fleet=fleet), **kwargs)
        self.fields["unit"].suggest(fleet)
        self.fields["vehicle_model"].empty_label = self.unset

    @property
    def sections(self) -> list[dict[str, Any]]:
        return [self.section(_("Identity"), *Vehicle.IDENTITY, "unit")]

    def clean(self) -> dict[str, Any]:
        given = super().clean() or {}
        if not any(given.get(name) or name in self.errors for name in Vehicle.IDENTITY):
            self.add_error("license_plate", _("Enter a plate, a VIN or a name."))
        return given

    def _post_clean(self) -> None:
        super()._post_clean()  # type: ignore[misc]  # the stubs lack this hook of Django
        for name, message in self.instance.setup_errors().items():
            self.add_error(name, message)


class UnitForm(forms.Form):
    fields: dict[str, Any]
    unit = UnitField(label=_("Unit (QNR)"), help_text=_("From the stock of the fleet."))

    def __init__(self, *args: Any, fleet: Fleet, **kwargs: Any):
        super().__init__(*args, **kwargs)
        self.fields["unit"].suggest(fleet)
