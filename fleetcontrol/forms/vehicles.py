"""The forms of vehicles: a new one, and the unit in it."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from fleetcontrol.forms.lookups import UnitField
from fleetcontrol.forms.specification import SpecificationForm, VinField
from telematics.models import Vehicle
from telematics.models.specification import Specification


class VehicleForm(SpecificationForm):
    follow_url = "fleetcontrol:vehicle-follow"
    unset = _("not known")

    further_tests = None
    vin = VinField()
    unit = UnitField(required=False, label=_("Unit (QNR)"), help_text=_("Out of the stock of the fleet."))

    class Meta:
        model = Vehicle
        fields = [*Vehicle.IDENTITY, *Specification.SPECIFICATION_FIELDS]
        labels = {"license_plate": _("Licence plate")}

    def __init__(self, *args: Any, fleet, **kwargs: Any):
        super().__init__(*args, fleet=fleet, instance=Vehicle(fleet=fleet), **kwargs)
        self.fields["unit"].listen(fleet)
        self.fields["vehicle_model"].empty_label = self.unset

    @property
    def sections(self) -> list[dict[str, Any]]:
        return [self.section(_("Identity"), *Vehicle.IDENTITY, "unit")]

    def clean(self):
        given = super().clean()
        if not any(given.get(name) or name in self.errors for name in Vehicle.IDENTITY):
            self.add_error("license_plate", _("Give it a plate, a VIN or a name."))
        return given

    def _post_clean(self) -> None:
        super()._post_clean()
        for name, message in self.instance.setup_errors().items():
            self.add_error(name, message)


class UnitForm(forms.Form):
    unit = UnitField(label=_("Unit (QNR)"), help_text=_("Out of the stock of the fleet."))

    def __init__(self, *args: Any, fleet, **kwargs: Any):
        super().__init__(*args, **kwargs)
        self.fields["unit"].listen(fleet)
