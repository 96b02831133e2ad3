"""What OneAPI reads of jobs: the bodies of its requests."""

from typing import Any

from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import extend_schema_serializer

from core.values.texts import LINES
from core.web.api.serializers import Array, Choice, Day, StrictSerializer, Text
from jobs.models.choices import Kind, PhotoKind, Task
from jobs.procedures.kinds import FURTHER
from jobs.web.values import SpecificationValues
from telematics.values import NAMING_QNR

MOST_JOBS = 1000


def clearable(length: int, **options: Any) -> Text:
    return Text(
        required=False,
        allow_blank=True,
        allow_null=True,
        max_length=length,
        **options,
    )


class JobValues(SpecificationValues):
    """The fields of a job, named as the columns of the import. null clears one."""

    example = {"license_plate": "B QX 2041", "tracking": True, "location": None}

    vehicle_id = clearable(12, help_text=_("An existing vehicle of the fleet."))
    task = Choice(
        required=False,
        allow_blank=True,
        allow_null=True,
        choices=Task.choices,
        help_text=_("Of a maintenance job."),
    )
    planned_unit = Text(
        required=False,
        allow_null=True,
        kind=NAMING_QNR,
        max_length=16,
        help_text=_("The QNR of a unit that is free."),
    )
    configuration_preset = Text(
        required=False,
        max_length=100,
        help_text=_("Name or id of a preset. It sets the features that the request leaves out."),
    )
    planned_service_date = Day(required=False, allow_null=True)
    place = clearable(100, help_text=_("Name or id of a place of the fleet."))
    roll_out = clearable(100, help_text=_("Name or id of a roll-out of the fleet."))
    location = clearable(200)
    contact = clearable(200)
    instructions = clearable(2000, kind=LINES)
    external_reference = clearable(100)
    further_tests = Array(
        child=Choice(choices=FURTHER), required=False, max_length=len(FURTHER), allow_empty=True
    )
    required_photos = Array(
        child=Choice(choices=PhotoKind.choices),
        required=False,
        max_length=len(PhotoKind.values),
        allow_empty=True,
    )


@extend_schema_serializer(component_name="JobChanges")
class JobChanges(JobValues):
    """Only the fields that are named are changed. null clears one."""


@extend_schema_serializer(component_name="NewJob")
class NewJobValues(JobValues):
    """No field is required. null leaves a field to the installer, also where the template sets it."""

    example = {
        "license_plate": "B QX 2041",
        "template_id": "01JDG4M4Q2W8Z3V5T7Y9R1N6KT",
        "assigned_installer_company_id": "VEZ9A",
    }

    kind = Choice(required=False, default=Kind.INSTALLATION, choices=Kind.choices)
    template_id = Text(
        required=False,
        allow_null=True,
        max_length=26,
        help_text=_("The id of a template of the fleet."),
    )
    assigned_installer_company_id = Text(
        required=False,
        allow_null=True,
        max_length=12,
        help_text=_("The partner_id of a partner. The job is assigned to it at once."),
    )


@extend_schema_serializer(component_name="NewJobs")
class NewJobsValues(StrictSerializer):
    example = {"jobs": [NewJobValues.example]}

    jobs = Array(child=NewJobValues(), min_length=1, max_length=MOST_JOBS)


@extend_schema_serializer(component_name="Assignment")
class AssignmentValues(StrictSerializer):
    example = {"assigned_installer_company_id": "VEZ9A"}

    assigned_installer_company_id = Text(
        max_length=12, help_text=_("The partner_id of a partner of the fleet.")
    )


@extend_schema_serializer(component_name="AskBack")
class RequestReason(StrictSerializer):
    example = {"reason": "The vehicle was sold."}

    reason = Text(kind=LINES, max_length=2000, help_text=_("Why. The partner reads it."))


@extend_schema_serializer(component_name="StopReason")
class StopReason(StrictSerializer):
    example = {"reason": "The vehicle was stolen."}

    reason = Text(
        kind=LINES,
        required=False,
        default="",
        allow_blank=True,
        max_length=2000,
        help_text=_("Why. Both sides read it."),
    )
