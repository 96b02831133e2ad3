"""The job form, one for each kind. It validates an unsaved copy; the moves write."""

from typing import Any

from django import forms
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from accounts.models import Company
from core.moves import MoveRefused
from fleetcontrol.forms.bulk import offer_partners
from fleetcontrol.forms.lookups import UnitField, VehicleField
from fleetcontrol.forms.specification import SpecificationForm, VinField
from jobs.models import Job, JobTemplate
from telematics.models.specification import Specification

NOTES = Job.NOTES


class JobForm(SpecificationForm):
    kind = Job.Kind.INSTALLATION

    company = forms.ModelChoiceField(
        Company.objects.none(),
        required=False,
        label=_("Company"),
        empty_label=_("not assigned yet"),
        help_text=_("An accepted partner. With a company the job is assigned, and locked."),
    )
    vehicle = VehicleField(
        required=False,
        label=_("Existing vehicle"),
        help_text=_("Only to configure a vehicle of the fleet anew: plate, VIN, name or vehicle ID."),
    )
    vin = VinField()
    planned_unit = UnitField(
        required=False,
        label=_("Planned unit (QNR)"),
        help_text=_("Reserved for this job; the installer can link no other."),
    )
    save_as_template = forms.BooleanField(required=False, label=_("Save as Template"))
    template_name = forms.CharField(required=False, max_length=100, label=_("Name of the template"))

    class Meta:
        model = Job
        fields = [*Job.INSTALLER_FIELDS, *Job.NOTES, "vehicle", "planned_unit", "further_tests"]
        widgets = {
            "planned_service_date": forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
            "instructions": forms.Textarea(attrs={"rows": 4}),
        }

    def __init__(self, *args: Any, fleet, instance: Job | None = None, **kwargs: Any):
        super().__init__(*args, fleet=fleet, instance=instance or Job(fleet=fleet, kind=self.kind), **kwargs)
        offer_partners(self.fields["company"], fleet)
        for name in ("vehicle", "planned_unit"):
            self.fields[name].listen(fleet)
        if self.instance.vehicle_id and self.initial.get("vehicle") == self.instance.vehicle_id:
            self.initial["vehicle"] = self.instance.vehicle
        for name in Job.IDENTITY:
            if name in self.fields:
                self.fields[name].widget.attrs["placeholder"] = _("installer decides")
        if "vin" in self.fields:
            self.fields["vin"].widget.attrs |= {
                "hx-get": reverse("fleetcontrol:job-vin", args=[fleet.pk]),
                "hx-trigger": "change, load",
                "hx-target": "#vin-warning",
                "hx-include": "[name=job_id], [name=vehicle]",
                "class": "mono",
            }

    @property
    def sections(self) -> list[dict[str, Any]]:
        """Before and after those that follow the vehicle model."""
        return [self.section(_("Assignment"), "company", "planned_unit", *Job.IDENTITY, "vehicle", id="assignment")]

    @property
    def notes(self) -> dict[str, Any]:
        return self.section(_("Notes"), *NOTES)

    def clean_further_tests(self):
        return list(self.cleaned_data["further_tests"])

    def clean(self):
        given = super().clean()
        if given.get("save_as_template"):
            self._check_template_name(given.get("template_name", "").strip())
        return given

    def _check_template_name(self, name: str) -> None:
        if not name:
            self.add_error("template_name", _("Give the template a name."))
        elif JobTemplate.objects.filter(fleet=self.fleet, name=name).exists():
            self.add_error("template_name", _("The fleet has a template of this name already."))

    def refuse(self, refused: MoveRefused) -> None:
        """What a move has refused, at the field where it can be mended."""
        field = {"unit_not_available": "planned_unit", "vehicle_required": "vehicle", "not_a_partner": "company"}.get(
            refused.code
        )
        self.add_error(field if field in self.fields else None, str(refused))

    @property
    def for_template(self) -> dict[str, Any]:
        names = (*Specification.SPECIFICATION_FIELDS, "further_tests")
        return {name: self.cleaned_data[name] for name in names if name in self.cleaned_data}


class MaintenanceJobForm(JobForm):
    """The vehicle's data is shown, never filled in."""

    kind = Job.Kind.MAINTENANCE
    preset = vehicle_model = save_as_template = template_name = vin = None
    vehicle = VehicleField(
        required=False,
        label=_("Vehicle"),
        help_text=_("Plate, VIN, name or vehicle ID. Needed before the job can be assigned."),
    )
    planned_unit = UnitField(
        required=False, label=_("Planned unit (QNR)"), help_text=_("The new unit, where the task is to replace it.")
    )

    class Meta(JobForm.Meta):
        fields = ["vehicle", "task", "planned_unit", "further_tests", *Job.NOTES]

    def __init__(self, *args: Any, **kwargs: Any):
        super().__init__(*args, **kwargs)
        task = self.fields["task"]
        task.choices = [("", _("not chosen yet")), *(choice for choice in task.choices if choice[0])]

    def clean(self):
        """A unit is planned, and so reserved, only where the task is to replace the one in the vehicle (jobs.css)."""
        given = super().clean()
        if given.get("task") != Job.Task.REPLACE_UNIT:
            self._errors.pop("planned_unit", None)
            given["planned_unit"] = None
        return given

    @property
    def sections(self):
        return [
            self.section(
                _("Assignment"), "company", "vehicle", "task", "planned_unit", "further_tests", id="assignment"
            )
        ]


FORMS = {Job.Kind.INSTALLATION: JobForm, Job.Kind.MAINTENANCE: MaintenanceJobForm}
