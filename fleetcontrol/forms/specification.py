"""The part of a form that jobs and templates share, and how it follows the vehicle model and the preset."""

from collections.abc import Mapping
from typing import Any

from django import forms
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from core.web.fields import FeatureField
from jobs.models import ConfigurationPreset
from jobs.procedures.kinds import KINDS, TestKind
from jobs.procedures.required import beyond
from telematics.models import VehicleModel
from telematics.models.specification import Specification
from telematics.models.vehicle import vin_validator

# What a vehicle model knows of itself.
OF_MODEL = ("brand", "model", "fuel_type", "vehicle_type")
FOLLOWED = ("vehicle_model", "preset")
CHOICES = ("installation_variant", "central_lock_connection_type")
UNSET = _("installer decides")


class ChosenRow(forms.ModelChoiceField):
    """A row that the form has looked up already, to show what goes with it, is not looked up again to be checked."""

    known: Mapping[str, Any] = {}

    def to_python(self, value: Any) -> Any:
        return self.known.get(value) or super().to_python(value)


class VehicleModelField(ChosenRow):
    """Grouped by brand, as somebody looks for it."""

    def __init__(self, **options):
        super().__init__(VehicleModel.objects.active(), empty_label=UNSET, required=False, **options)

    def label_from_instance(self, model: VehicleModel) -> str:
        return str(model)


class VinField(forms.CharField):
    """As it stands in the papers, also in groups: blanks do not count, nor does the case."""

    default_validators = [vin_validator]

    def __init__(self, **options):
        super().__init__(required=False, label=_("VIN"), **options)

    def to_python(self, value: Any) -> str:
        return "".join(super().to_python(value).split()).upper()


class SpecificationForm(forms.ModelForm):
    """A ModelForm over a Specification of `fleet`. Says `Meta.model` and `Meta.fields`; blank is "installer decides"."""

    follow_url = "fleetcontrol:job-follow"
    unset = UNSET

    preset = ChosenRow(
        ConfigurationPreset.objects.none(),
        required=False,
        label=_("Configuration preset"),
        empty_label=_("none"),
        help_text=_("Fills in the features in one go."),
    )
    vehicle_model = VehicleModelField(label=_("Vehicle model"), help_text=_("Fills in brand, model, fuel and type."))
    further_tests = forms.MultipleChoiceField(
        choices=TestKind.choices,
        required=False,
        label=_("Further required tests"),
        widget=forms.CheckboxSelectMultiple,
        help_text=_("Beside those that vehicle model and features require anyway."),
    )

    def __init__(self, *args: Any, fleet, **kwargs: Any):
        super().__init__(*args, **kwargs)
        self.fleet = fleet
        if "preset" in self.fields:
            self.fields["preset"].queryset = ConfigurationPreset.objects.filter(fleet=fleet)
        for name in Specification.FEATURES:
            if name in self.fields:
                label = self.fields[name].label
                self.fields[name] = FeatureField(label=label, required=False)
                self.fields[name].widget.choices[0] = ("", self.unset)
        self._say_what_blank_means()
        self._listen()
        self.narrow()

    # --- what it shows --------------------------------------------------------------------------------------------
    def narrow(self) -> None:
        """What the chosen model does not support cannot be chosen. Sent all the same, the model's own check answers."""
        model = self.chosen(VehicleModel, "vehicle_model")
        if model is None:
            return
        for name in CHOICES:
            supported = getattr(model, f"{name}s")
            field = self.fields[name]
            field.widget.choices = [(value, label) for value, label in field.choices if not value or value in supported]
            if not supported:
                field.help_text = _("%(model)s supports none.") % {"model": model.name}
        for name in set(Specification.FEATURES) - set(model.features):
            self.fields[name].widget.attrs["disabled"] = True
            self.fields[name].help_text = _("%(model)s does not support this feature.") % {"model": model.name}
        if "further_tests" in self.fields:
            field, lacking = self.fields["further_tests"], beyond(model, KINDS)
            field.widget.choices = [choice for choice in field.choices if choice[0] not in lacking]

    def chosen(self, model, name: str):
        """The row that the form shows as chosen at `name`, bound or not; None where it does not ask for one."""
        if name not in self.fields:
            return None
        value = self[name].value()
        if value is None or value == "" or isinstance(value, model):
            return value or None
        try:
            found = self.fields[name].queryset.filter(pk=value).first()
        except (forms.ValidationError, ValueError):
            return None
        self.fields[name].known = {value: found}
        return found

    @classmethod
    def followed(cls, data, *, trigger: str, **kwargs) -> "SpecificationForm":
        """The form as somebody has filled it in so far, after the choice at `trigger` has filled in what it knows."""
        so_far = cls(data, **kwargs)
        values = {name: so_far[name].value() for name in so_far.fields}
        model, left_out = so_far.chosen(VehicleModel, "vehicle_model"), []
        if trigger == "vehicle_model" and model:
            values |= {name: getattr(model, name) for name in OF_MODEL}
            values |= {name: "" for name in CHOICES if values[name] not in getattr(model, f"{name}s")}
            if "further_tests" in values:
                values["further_tests"] = sorted(set(values["further_tests"] or ()) - set(beyond(model, KINDS)))
        if trigger == "preset" and (preset := so_far.chosen(ConfigurationPreset, "preset")):
            values |= preset.features()
            left_out = [
                name for name in Specification.FEATURES if model and values[name] and name not in model.features
            ]
        if model:
            values |= {name: None for name in Specification.FEATURES if name not in model.features}
        form = cls(initial=values, **kwargs)
        if left_out:
            features = ", ".join(str(form.fields[name].label) for name in left_out)
            said = _("Left out, because %(model)s does not support it: %(features)s.")
            form.fields["preset"].help_text = said % {"model": model.name, "features": features}
        return form

    def _say_what_blank_means(self) -> None:
        for name in (
            "installation_variant",
            "central_lock_connection_type",
            "fuel_type",
            "vehicle_type",
            "transmission",
        ):
            if name in self.fields:
                field = self.fields[name]
                field.choices = [("", self.unset), *((value, label) for value, label in field.choices if value)]
        for name in ("brand", "model", "year_of_production"):
            if name in self.fields:
                self.fields[name].widget.attrs["placeholder"] = self.unset

    def _listen(self) -> None:
        """With scripts the form follows at once; without, the button in the page does."""
        for name in FOLLOWED:
            if name in self.fields:
                self.fields[name].widget.attrs |= {
                    "hx-post": reverse(self.follow_url, args=[self.fleet.pk]),
                    "hx-include": "closest form",
                    "hx-target": "#follows",
                    "hx-swap": "outerHTML",
                    "hx-trigger": "change",
                    "hx-sync": "closest form:replace",
                }

    def _get_validation_exclusions(self) -> set[str]:
        """A vehicle model that the form's own field has found need not be looked up by the row's once more."""
        found = {"vehicle_model"} if self.cleaned_data.get("vehicle_model") else set()
        return super()._get_validation_exclusions() | found

    # --- what it gives --------------------------------------------------------------------------------------------
    def section(self, title: Any, *names: str, lead: Any = "", id: str = "") -> dict[str, Any]:
        return {"title": title, "lead": lead, "id": id, "fields": [self[name] for name in names if name in self.fields]}

    @property
    def specification_sections(self) -> list[dict[str, Any]]:
        return [
            self.section(_("Setup"), *Specification.SETUP, "further_tests"),
            self.section(_("Master data"), *Specification.MASTER_DATA),
            self.section(_("Features"), "preset", *Specification.FEATURES),
        ]

    @property
    def values(self) -> dict[str, Any]:
        """What the moves take: the model's own fields."""
        return {name: self.cleaned_data[name] for name in self._meta.fields}

    @property
    def plain_values(self) -> dict[str, Any]:
        """The same as far as it is valid, of another row its key."""
        valid = {name: self.cleaned_data[name] for name in self._meta.fields if name in self.cleaned_data}
        return {name: getattr(value, "pk", value) for name, value in valid.items()}
