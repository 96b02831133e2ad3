"""The form that sends a command to a vehicle."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from telematics.models import Vehicle
from telematics.verbs import VERBS, supported_by


class CommandForm(forms.Form):
    """Offers what the vehicle's model supports."""

    fields: dict[str, Any]
    command = forms.ChoiceField(label=_("Command"), widget=forms.RadioSelect)

    def __init__(self, *args: Any, vehicle: Vehicle, **kwargs: Any):
        super().__init__(*args, **kwargs)
        model = vehicle.vehicle_model
        self.fields["command"].choices = [
            (verb, label) for verb, label in VERBS.items() if supported_by(model, verb)
        ]
