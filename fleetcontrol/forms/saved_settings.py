"""The forms of templates and presets."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from accounts.models import Fleet
from fleetcontrol.forms.roll_out_choice import RollOutField, offer_roll_outs
from fleetcontrol.forms.specification import SpecificationForm
from jobs.models import ConfigurationPreset, JobTemplate
from jobs.web.fields import FeatureField
from telematics.models.specification import Specification


class NamedInFleet(forms.ModelForm):
    """A template or preset: its name is unique in its fleet."""

    taken: Any = ""
    fleet: Fleet

    def clean_name(self) -> str:
        name = self.cleaned_data["name"]
        if (
            self._meta.model.objects.filter(fleet=self.fleet, name=name)
            .exclude(pk=self.instance.pk)
            .exists()
        ):
            raise forms.ValidationError(self.taken)
        return name


class TemplateForm(NamedInFleet, SpecificationForm):
    follow_url = "fleetcontrol:template-follow"
    taken = _("The fleet already has a template with this name.")
    roll_out = RollOutField()

    class Meta:
        model = JobTemplate
        fields = [
            "name",
            "roll_out",
            *Specification.SPECIFICATION_FIELDS,
            "further_tests",
            "required_photos",
        ]

    def __init__(self, *args: Any, fleet: Fleet, **kwargs: Any):
        super().__init__(*args, fleet=fleet, **kwargs)
        self.fields["roll_out"].help_text = _("Jobs created from the template belong to it.")
        offer_roll_outs(self.fields["roll_out"], fleet, self.instance.roll_out_id)

    @property
    def sections(self) -> list[dict[str, Any]]:
        return [self.section(_("Template"), "name", "roll_out")]

    def clean_further_tests(self) -> list[str]:
        return list(self.cleaned_data["further_tests"])


class PresetForm(NamedInFleet):
    taken = _("The fleet already has a preset with this name.")

    class Meta:
        model = ConfigurationPreset
        fields = ["name", *Specification.FEATURES]

    def __init__(self, *args: Any, fleet: Fleet, **kwargs: Any):
        super().__init__(*args, **kwargs)
        self.fleet = fleet
        for name in Specification.FEATURES:
            self.fields[name] = FeatureField(label=self.fields[name].label, required=False)
