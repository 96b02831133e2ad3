"""A job as the phone opens it, with everything that its holder sees and can do."""

from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import extend_schema_field, extend_schema_serializer
from rest_framework import serializers

from core.web.api.serializers import KnownText, Shape
from installers.api import examples
from installers.api.attempt_shapes import Test, latest_at
from installers.api.part_shapes import (
    Access,
    JobAssignment,
    JobField,
    JobOutcome,
    JobStep,
    JobUnit,
    JobVehicle,
    JobWarning,
    Permits,
    Photo,
    Setup,
)
from installers.api.serializers import column
from installers.api.shapes import VehicleModelName
from installers.api.summary_shapes import JobSummary
from jobs.models import InstallationTest, Job
from jobs.models.choices import PhotoKind


@extend_schema_serializer(component_name="Job")
class JobDetail(JobSummary):
    """A job with its `phone`, a PhoneSheet."""

    example = examples.JOB

    number = KnownText(source="names.number", help_text=JobSummary.NUMBER)
    license_plate = KnownText(source="names.license_plate")
    vin = KnownText(source="names.vin")
    custom_name = KnownText(source="names.custom_name")
    vehicle_model = VehicleModelName(allow_null=True, source="fitting.vehicle_model")
    fields = serializers.SerializerMethodField(method_name="get_job_fields")
    instructions = KnownText()
    contact = KnownText()
    external_reference = KnownText()
    vehicle = JobVehicle(allow_null=True, source="fitting.vehicle")
    planned_unit = JobUnit(
        allow_null=True,
        source="planned_unit_id",
        help_text=_(
            "The unit reserved for this job. Another one can be linked only if the partner may override."
        ),
    )
    unit = JobUnit(allow_null=True, source="fitting.qnr")
    read_vin = KnownText(
        source="phone.read_vin",
        help_text=_(
            "The VIN that the unit reads in the vehicle. null while it has read none, and when the job is over."
        ),
    )
    configuration = Setup(allow_null=True, source="proof.seen_configuration")
    access = Access(allow_null=True, source="phone.access")
    assignment = JobAssignment(
        allow_null=True,
        source="phone.assignment",
        help_text=_(
            "The work that is under way: each take is another one. null while nobody has the job."
        ),
    )
    steps = JobStep(
        many=True,
        source="phone.steps",
        help_text=_("What there is to do, in this order."),
    )
    can = Permits(source="phone.can")
    required_tests = serializers.ListField(
        child=serializers.ChoiceField(InstallationTest.Kind.choices), source="proof.required_tests"
    )
    tests = serializers.SerializerMethodField()
    required_photos = serializers.ListField(
        child=serializers.ChoiceField(PhotoKind.choices),
        help_text=_("The job can succeed only with a photo of each of these kinds."),
    )
    photos = Photo(many=True, source="phone.photos")
    comment = KnownText()
    outcome = JobOutcome(
        allow_null=True,
        source="ending",
        help_text=_("null while it is open."),
    )
    version = serializers.IntegerField(
        source="fields_version",
        help_text=_("Rises when fields are filled in. A value for `If-Match`."),
    )
    tag = serializers.CharField(source="phone.tag", help_text=_("The `ETag` of the job."))

    @extend_schema_field(JobField(many=True))
    def get_job_fields(self, job: Job) -> list[dict]:
        return [{**field, "name": column(field["name"])} for field in job.phone.fields]

    @extend_schema_field(Test(many=True))
    def get_tests(self, job: Job) -> list[dict]:
        return latest_at(job, job.phone.latest_tests)


class JobSheets(Shape):
    """The answer to `jobs/?ids=`."""

    example = {"results": [examples.JOB]}

    results = JobDetail(many=True)


@extend_schema_serializer(component_name="FinishedJob")
class FinishedJob(JobDetail):
    """The answer to an outcome."""

    example = {**examples.FINISHED_JOB, "warnings": [examples.WARNING]}

    warnings = JobWarning(
        many=True,
        source="ending.warnings",
        help_text=_("What was not as it should be when the job ended."),
    )
