"""The forms of a job, one for each kind. They validate an unsaved copy; the moves write."""

from collections.abc import Iterable
from typing import Any

from django import forms
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _

from accounts.models import Fleet
from core.errors import MoveRefused
from core.values.text_fields import LineFormField
from fleetcontrol.forms.bulk import PartnerField, offer_partners
from fleetcontrol.forms.lookups import UnitField, VehicleField
from fleetcontrol.forms.place_choice import PlaceField, offer_places
from fleetcontrol.forms.roll_out_choice import RollOutField, offer_roll_outs
from fleetcontrol.forms.specification import SpecificationForm
from fleetcontrol.warning_links import at_field
from jobs.models import Job, JobTemplate
from jobs.warnings import Warned
from telematics.models.specification import Specification

# The field at which a refusal is shown.
FIELDS = {
    "unit_not_available": "planned_unit",
    "vehicle_required": "vehicle",
    "vehicle_archived": "vehicle",
    "date_out_of_range": "planned_service_date",
    "not_a_partner": "company",
}

# Where a warning about a VIN is shown while it is typed.
PLACE_OF_WARNING = SafeString('<span class="warned" id="vin-warning" role="status"></span>')
PLACE_OR_LOCATION = _("One of the fleet's places. Any other goes into the location.")


class JobForm(SpecificationForm):
    kind = Job.Kind.INSTALLATION

    company = PartnerField(
        required=False,
        empty_label=_("not assigned yet"),
        help_text=_("An accepted partner. With a company the job is assigned, and locked."),
    )
    vehicle = VehicleField(
        required=False,
        label=_("Existing vehicle"),
        help_text=_("Only to reconfigure a vehicle of the fleet: plate, VIN, name or vehicle ID."),
    )
    place = PlaceField(help_text=PLACE_OR_LOCATION)
    roll_out = RollOutField()
    planned_unit = UnitField(
        required=False,
        label=_("Planned unit (QNR)"),
        help_text=_("Reserved for this job: the installer cannot link another unit."),
    )
    save_as_template = forms.BooleanField(required=False, label=_("Save as Template"))
    template_name: Any = LineFormField(
        required=False, max_length=100, label=_("Name of the template")
    )

    class Meta:
        model = Job
        fields = [
            *Job.INSTALLER_FIELDS,
            *Job.NOTES,
            "vehicle",
            "planned_unit",
            "roll_out",
            "further_tests",
            "required_photos",
        ]
        widgets = {"instructions": forms.Textarea(attrs={"rows": 4})}

    def __init__(self, *args: Any, fleet: Fleet, instance: Job | None = None, **kwargs: Any):
        super().__init__(
            *args, fleet=fleet, instance=instance or Job(fleet=fleet, kind=self.kind), **kwargs
        )
        offer_partners(self.fields["company"], fleet)
        offer_places(self.fields["place"], fleet, self.instance.place_id)
        offer_roll_outs(self.fields["roll_out"], fleet, self.instance.roll_out_id)
        self.fields["vehicle"].suggest(fleet)
        self.fields["planned_unit"].suggest_for_job(self.instance, fleet)
        if self.instance.vehicle_id and self.initial.get("vehicle") == self.instance.vehicle_id:
            self.initial["vehicle"] = self.instance.vehicle
        for name in Job.IDENTITY:
            if name in self.fields:
                self.fields[name].widget.attrs["placeholder"] = _("installer decides")
        if "vin" in self.fields:
            self._check_vin_by_script()

    def _check_vin_by_script(self) -> None:
        vin = self.fields["vin"]
        vin.help_text = format_html("{} {}", vin.help_text, PLACE_OF_WARNING)
        vin.widget.attrs |= {
            "hx-get": reverse("fleetcontrol:job-vin", args=[self.fleet.pk]),
            "hx-trigger": "change",
            "hx-target": "#vin-warning",
            "hx-include": "[name=job_id], [name=vehicle]",
            "class": "mono",
        }

    @property
    def sections(self) -> list[dict[str, Any]]:
        """The section before those that follow the vehicle model."""
        return [self.section(_("Vehicle"), *Job.IDENTITY, "vehicle", id="vehicle")]

    @property
    def later_sections(self) -> list[dict[str, Any]]:
        """What comes after them: when and where, and by whom."""
        return [
            self.section(_("Schedule"), *Job.NOTES, "roll_out"),
            self.section(_("Partner"), "company", *self.reserved),
        ]

    @property
    def reserved(self) -> tuple[str, ...]:
        """What the partner gets for the job."""
        return ("planned_unit",)

    @property
    def lockable(self) -> tuple[str, ...]:
        """What the installer fills in as far as the manager leaves it blank."""
        return Job.INSTALLER_FIELDS

    @property
    def filled_in(self) -> list[str]:
        """The labels of what is filled in and becomes locked for the installer."""
        return [str(self[name].label) for name in self.lockable if self._is_filled(name)]

    def clean_further_tests(self) -> list[str]:
        return list(self.cleaned_data["further_tests"])

    def clean(self) -> dict[str, Any]:
        given = super().clean() or {}
        if given.get("save_as_template"):
            self._check_template_name(given.get("template_name", ""))
        return given

    def _check_template_name(self, name: str) -> None:
        if not name:
            self.add_error("template_name", _("Enter a name for the template."))
        elif JobTemplate.objects.filter(fleet=self.fleet, name=name).exists():
            self.add_error("template_name", _("The fleet already has a template with this name."))

    def refuse(self, refused: MoveRefused) -> None:
        """Show why a move was refused, at the field to correct."""
        field = FIELDS.get(refused.code)
        self.add_error(field if field in self.fields else None, str(refused))

    def warn(self, warned: Iterable[Warned]) -> None:
        """Show warnings at their fields, below the help text."""
        for one in warned:
            if one.field in self.fields:
                field = self.fields[one.field]
                shown = format_html('<span class="warned">{}</span>', at_field(self.fleet.pk, one))
                field.help_text = format_html("{} {}", field.help_text, shown)

    @property
    def for_template(self) -> dict[str, Any]:
        names = (
            *Specification.SPECIFICATION_FIELDS,
            "further_tests",
            "required_photos",
            "roll_out",
        )
        return {name: self.cleaned_data[name] for name in names if name in self.cleaned_data}


class MaintenanceJobForm(JobForm):
    """The vehicle's data is shown, never filled in."""

    kind = Job.Kind.MAINTENANCE
    # Django removes a field that a subclass sets to None.
    preset: Any = None
    vehicle_model: Any = None
    save_as_template: Any = None
    template_name: Any = None
    vehicle = VehicleField(
        required=False,
        label=_("Vehicle"),
        help_text=_("Plate, VIN, name or vehicle ID. Needed before the job can be assigned."),
    )
    planned_unit = UnitField(
        required=False,
        label=_("Planned unit (QNR)"),
        help_text=_("The new unit, where the task is to replace it."),
    )

    class Meta(JobForm.Meta):
        fields = [
            "vehicle",
            "task",
            "planned_unit",
            "further_tests",
            "required_photos",
            "roll_out",
            *Job.NOTES,
        ]

    def __init__(self, *args: Any, **kwargs: Any):
        super().__init__(*args, **kwargs)
        task = self.fields["task"]
        task.choices = [
            ("", _("not chosen yet")),
            *(choice for choice in task.choices if choice[0]),
        ]

    def clean(self) -> dict[str, Any]:
        """Plan, and so reserve, a unit only if the task is to replace the one in the vehicle (jobs.css)."""
        given = super().clean() or {}
        if given.get("task") != Job.Task.REPLACE_UNIT:
            self.errors.pop("planned_unit", None)
            given["planned_unit"] = None
        return given

    @property
    def sections(self) -> list[dict[str, Any]]:
        return [
            self.section(_("Vehicle"), "vehicle", "task", "planned_unit", id="vehicle"),
            self.proof_section,
        ]

    @property
    def reserved(self) -> tuple[str, ...]:
        return ()


FORMS: dict[str, type[JobForm]] = {
    Job.Kind.INSTALLATION: JobForm,
    Job.Kind.MAINTENANCE: MaintenanceJobForm,
}
