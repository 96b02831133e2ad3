"""The forms of templates and presets."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from core.web.fields import FeatureField
from fleetcontrol.forms.specification import SpecificationForm
from jobs.models import ConfigurationPreset, JobTemplate
from telematics.models.specification import Specification


class NamedInFleet(forms.ModelForm):
    """Something of a fleet, known by a name that nothing else of its kind has there."""

    taken = ""

    def clean_name(self) -> str:
        name = self.cleaned_data["name"].strip()
        if self._meta.model.objects.filter(fleet=self.fleet, name=name).exclude(pk=self.instance.pk).exists():
            raise forms.ValidationError(self.taken)
        return name


class TemplateForm(NamedInFleet, SpecificationForm):
    follow_url = "fleetcontrol:template-follow"
    taken = _("The fleet has a template of this name already.")

    class Meta:
        model = JobTemplate
        fields = ["name", *Specification.SPECIFICATION_FIELDS, "further_tests"]

    @property
    def sections(self) -> list[dict[str, Any]]:
        return [self.section(_("Template"), "name")]

    def clean_further_tests(self) -> list[str]:
        return list(self.cleaned_data["further_tests"])


class PresetForm(NamedInFleet):
    taken = _("The fleet has a preset of this name already.")

    class Meta:
        model = ConfigurationPreset
        fields = ["name", *Specification.FEATURES]

    def __init__(self, *args: Any, fleet, **kwargs: Any):
        super().__init__(*args, **kwargs)
        self.fleet = fleet
        for name in Specification.FEATURES:
            self.fields[name] = FeatureField(label=self.fields[name].label, required=False)
