"""The part of a form that jobs, templates and vehicles share. It follows the vehicle model and the preset."""

from collections.abc import Mapping
from typing import Any

from django import forms
from django.db.models import Model
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from accounts.models import Fleet
from jobs.models import ConfigurationPreset
from jobs.models.choices import PhotoKind
from jobs.procedures.kinds import KINDS, TestKind
from jobs.procedures.required import beyond
from jobs.web.fields import FeatureField
from telematics.models import VehicleModel
from telematics.models.specification import Specification

# The fields that a vehicle model fills in.
OF_MODEL = ("brand", "model", "fuel_type", "vehicle_type")
FOLLOWED = ("vehicle_model", "preset")
CHOICES = ("installation_variant", "central_lock_connection_type")
SELECTS = (
    "installation_variant",
    "central_lock_connection_type",
    "fuel_type",
    "vehicle_type",
    "transmission",
)
UNSET = _("installer decides")


class ChosenRow(forms.ModelChoiceField):
    """A row that the form has loaded already is not loaded again when the field is checked."""

    known: Mapping[str, Any] = {}

    def to_python(self, value: Any) -> Any:
        return self.known.get(value) or super().to_python(value)


class VehicleModelField(ChosenRow):
    def __init__(self, **options: Any):
        super().__init__(
            VehicleModel.objects.active(), empty_label=UNSET, required=False, **options
        )

    def label_from_instance(self, model: VehicleModel) -> str:
        return str(model)


class SpecificationForm(forms.ModelForm):
    """A ModelForm over a Specification of `fleet`; blank means "installer decides"."""

    # A form adds and fills its fields when it is made: their types vary.
    fields: dict[str, Any]
    follow_url = "fleetcontrol:job-follow"
    unset = UNSET

    preset = ChosenRow(
        ConfigurationPreset.objects.none(),
        required=False,
        label=_("Configuration preset"),
        empty_label=_("none"),
        help_text=_("Fills in the features in one step."),
    )
    vehicle_model = VehicleModelField(
        label=_("Vehicle model"), help_text=_("Fills in brand, model, fuel and type.")
    )
    further_tests = forms.MultipleChoiceField(
        choices=TestKind.choices,
        required=False,
        label=_("Further required tests"),
        widget=forms.CheckboxSelectMultiple,
        help_text=_("Beside those that vehicle model and features require anyway."),
    )

    required_photos = forms.MultipleChoiceField(
        choices=PhotoKind.choices,
        required=False,
        label=_("Required photos"),
        widget=forms.CheckboxSelectMultiple,
        help_text=_("The job can succeed only with a photo of each."),
    )

    def __init__(self, *args: Any, fleet: Fleet, **kwargs: Any):
        super().__init__(*args, **kwargs)
        self.fleet = fleet
        if "preset" in self.fields:
            self.fields["preset"].queryset = ConfigurationPreset.objects.filter(fleet=fleet)
        self._add_features()
        label_blanks(self.fields, self.unset)
        self._follow_by_script()
        model = self.chosen(VehicleModel, "vehicle_model")
        if model is not None:
            self._offer_supported(model)

    # --- what it shows --------------------------------------------------------------------------------------------
    def _add_features(self) -> None:
        for name in Specification.FEATURES:
            if name in self.fields:
                field: Any = FeatureField(label=self.fields[name].label, required=False)
                field.widget.choices[0] = ("", self.unset)
                self.fields[name] = field

    def _offer_supported(self, model: VehicleModel) -> None:
        """Offer what the vehicle model supports. The model's own check refuses the rest."""
        for name in CHOICES:
            self._offer_choices(name, model)
        for name in set(Specification.FEATURES) - set(model.features):
            self.fields[name].widget.attrs["disabled"] = True
            self.fields[name].help_text = _("%(model)s does not support this feature.") % {
                "model": model.name
            }
        if "further_tests" in self.fields:
            field = self.fields["further_tests"]
            unsupported = beyond(model, KINDS)
            field.widget.choices = [
                choice for choice in field.choices if choice[0] not in unsupported
            ]

    def _offer_choices(self, name: str, model: VehicleModel) -> None:
        supported = getattr(model, f"{name}s")
        field = self.fields[name]
        field.widget.choices = [
            choice for choice in field.choices if not choice[0] or choice[0] in supported
        ]
        if not supported:
            field.help_text = _("%(model)s supports none.") % {"model": model.name}

    def chosen(self, model: type[Model], name: str) -> Any:
        """Return the row that the form shows as chosen, bound or not; None without one."""
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
    def followed(cls, data: Any, *, trigger: str, **kwargs: Any) -> "SpecificationForm":
        """Return the form as it is filled in so far, after the choice at `trigger` has filled in its values."""
        so_far = cls(data, **kwargs)
        values = {name: so_far[name].value() for name in so_far.fields}
        model = so_far.chosen(VehicleModel, "vehicle_model")
        left_out: list[str] = []
        if trigger == "vehicle_model" and model:
            follow_model(values, model)
        preset = so_far.chosen(ConfigurationPreset, "preset") if trigger == "preset" else None
        if preset:
            values |= preset.features()
            left_out = [name for name in unsupported_features(model) if values[name]]
        for name in unsupported_features(model):
            values[name] = None
        form = cls(initial=values, **kwargs)
        if left_out:
            form._show_left_out(left_out, model)
        return form

    def _show_left_out(self, names: list[str], model: VehicleModel) -> None:
        features = ", ".join(str(self.fields[name].label) for name in names)
        text = _("Left out, because %(model)s does not support it: %(features)s.")
        self.fields["preset"].help_text = text % {"model": model.name, "features": features}

    def _follow_by_script(self) -> None:
        """With scripts the form follows at once; without them its button does."""
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
        """Skip the model's check of a vehicle model that the form's field has found already."""
        # The stubs lack this hook of Django.
        excluded = super()._get_validation_exclusions()  # type: ignore[misc]
        if self.cleaned_data.get("vehicle_model"):
            excluded.add("vehicle_model")
        return excluded

    def clean_required_photos(self) -> list[str]:
        chosen = self.cleaned_data["required_photos"]
        return [kind for kind in PhotoKind.values if kind in chosen]

    # --- sections and values --------------------------------------------------------------------------------------
    def section(
        self, title: Any, *names: str, lead: Any = "", id: str = "", is_folded: bool = False
    ) -> dict[str, Any]:
        """`is_folded` folds a long list, unless something in it is filled in or wrong."""
        names = tuple(name for name in names if name in self.fields)
        return {
            "title": title,
            "lead": lead,
            "id": id,
            "fields": [self[name] for name in names],
            "is_folded": is_folded,
            "is_open": any(self._is_filled(name) or self[name].errors for name in names),
        }

    def _is_filled(self, name: str) -> bool:
        return name in self.fields and self[name].value() not in (None, "", [], ())

    @property
    def proof_section(self) -> dict[str, Any]:
        return self.section(
            _("Tests and photos"), "further_tests", "required_photos", is_folded=True
        )

    @property
    def specification_sections(self) -> list[dict[str, Any]]:
        sections = (
            self.section(_("Setup"), *Specification.SETUP, "preset"),
            self.section(_("Master data"), *Specification.MASTER_DATA),
            self.section(_("Features"), *Specification.FEATURES, is_folded=True),
            self.proof_section,
        )
        return [one for one in sections if one["fields"]]

    @property
    def values(self) -> dict[str, Any]:
        """The arguments of a move: the model's own fields."""
        return {name: self.cleaned_data[name] for name in self._meta.fields or ()}

    @property
    def plain_values(self) -> dict[str, Any]:
        """The valid values, with the key of another row in place of the row."""
        plain = {}
        for name in self._meta.fields or ():
            if name in self.cleaned_data:
                value = self.cleaned_data[name]
                plain[name] = getattr(value, "pk", value)
        return plain


def label_blanks(fields: dict[str, Any], unset: Any) -> None:
    """Show `unset` where nothing is chosen or typed."""
    for name in SELECTS:
        if name in fields:
            chosen = [choice for choice in fields[name].choices if choice[0]]
            fields[name].choices = [("", unset), *chosen]
    for name in ("brand", "model", "year_of_production"):
        if name in fields:
            fields[name].widget.attrs["placeholder"] = unset


def follow_model(values: dict[str, Any], model: VehicleModel) -> None:
    """Fill in what the vehicle model defines, and empty what it does not support."""
    for name in OF_MODEL:
        values[name] = getattr(model, name)
    for name in CHOICES:
        if values[name] not in getattr(model, f"{name}s"):
            values[name] = ""
    if "further_tests" in values:
        supported = set(values["further_tests"] or ()) - set(beyond(model, KINDS))
        values["further_tests"] = sorted(supported)


def unsupported_features(model: VehicleModel | None) -> list[str]:
    if model is None:
        return []
    return [name for name in Specification.FEATURES if name not in model.features]
