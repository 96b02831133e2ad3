"""Jobs, templates and partners as OneAPI returns them."""

from typing import Any

from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import extend_schema_field, extend_schema_serializer
from rest_framework import serializers

from core.web.api.serializers import Plain, Shape
from fleetcontrol.api import job_examples as examples
from fleetcontrol.api.lists import list_shape
from fleetcontrol.api.place_shapes import PlaceShape
from fleetcontrol.api.vehicle_shapes import OrNull
from jobs.models import Job, JobTemplate
from jobs.models.choices import FailureReason, JobStatus, Kind, Task
from jobs.models.installation_test import Status as TestStatus
from jobs.procedures.kinds import TestKind
from telematics.models.specification import Specification

# The names of fields that are not the names of columns: the key of another row ends in `_id`.
NAMES = {"vehicle_model": "vehicle_model_id", "vehicle": "vehicle_id"}
VALUES = {
    "type": "object",
    "additionalProperties": {
        "type": ["string", "number", "boolean", "array", "null"],
        "items": {"type": "string"},
    },
}


def named(values: dict[str, Any]) -> dict[str, Any]:
    """Values of a job, named as the columns of the import."""
    return {NAMES.get(name, name): value for name, value in values.items()}


def one_of(words: Any) -> Any:
    return _("One of: %(words)s.") % {"words": ", ".join(words)}


@extend_schema_serializer(component_name="PartnerReference")
class PartnerReference(Shape):
    partner_id = serializers.CharField(source="pk")
    name = serializers.CharField()


@extend_schema_serializer(component_name="RollOutReference")
class RollOutReference(Shape):
    id = serializers.CharField()
    name = serializers.CharField()


@extend_schema_serializer(component_name="NamedPerson")
class NamedPerson(Shape):
    name = serializers.CharField()


@extend_schema_serializer(component_name="JobDifference")
class DifferenceShape(Shape):
    field = serializers.CharField()
    planned = Plain()
    built = Plain()


@extend_schema_serializer(component_name="FleetJob")
class JobShape(Shape):
    example = examples.JOB

    id = serializers.CharField()
    number = OrNull(
        source="names.number",
        help_text=_(
            "Counted per fleet, with the fleet's prefix. It never changes unless the fleet changes its prefix. null"
            " until a job from before there were numbers has got its own."
        ),
    )
    kind = serializers.CharField(help_text=one_of(Kind.values))
    status = serializers.CharField(help_text=one_of(JobStatus.shown()))
    task = OrNull(help_text=one_of(Task.values))
    external_reference = OrNull()
    company = PartnerReference(allow_null=True, help_text=_("The partner that has the job."))
    installer = NamedPerson(source="assignee", allow_null=True, help_text=_("Who works on it."))
    vehicle_id = serializers.CharField(allow_null=True)
    plan = serializers.SerializerMethodField(
        help_text=_("What the fleet has set, by field. It is frozen when the job is assigned.")
    )
    as_built = serializers.SerializerMethodField(
        help_text=_("The values of the job now, by field. Empty before an installer has begun.")
    )
    differences = serializers.SerializerMethodField(
        help_text=_("Where `as_built` is not as planned.")
    )
    planned_service_date = serializers.DateField(allow_null=True)
    place = PlaceShape(
        allow_null=True, help_text=_("The place of the fleet at which it is done, as it is now.")
    )
    location = OrNull()
    contact = OrNull()
    instructions = OrNull()
    roll_out = RollOutReference(
        allow_null=True, help_text=_("The group of jobs that it belongs to.")
    )
    template_id = serializers.CharField(allow_null=True)
    access_stopped = serializers.SerializerMethodField(
        help_text=_("Whether the fleet has stopped access to the vehicle.")
    )
    created_at = serializers.DateTimeField()
    updated_at = serializers.DateTimeField()
    assigned_at = serializers.DateTimeField(allow_null=True)
    taken_at = serializers.DateTimeField(allow_null=True)
    finished_at = serializers.DateTimeField(allow_null=True)
    reason = OrNull(source="failure_reason", help_text=one_of(FailureReason.values))
    comment = OrNull(help_text=_("What the installer wrote at the end."))
    version = serializers.IntegerField(help_text=_("Rises with every change of the job."))

    @extend_schema_field(VALUES)
    def get_plan(self, job: Job) -> dict[str, Any]:
        if job.planned is None:
            return named(job.plan.to_freeze())
        return named(job.plan.frozen)

    @extend_schema_field(VALUES)
    def get_as_built(self, job: Job) -> dict[str, Any]:
        return named(job.plan.built())

    @extend_schema_field(DifferenceShape(many=True))
    def get_differences(self, job: Job) -> list[dict[str, Any]]:
        found = job.plan.differences()
        return [{"field": NAMES.get(name, name), **one} for name, one in found.items()]

    def get_access_stopped(self, job: Job) -> bool:
        return job.access_stopped_at is not None


FleetJobList = list_shape(
    JobShape,
    "FleetJobList",
    next_changed_after=serializers.DateTimeField(
        allow_null=True,
        help_text=_("With `changed_after`: its value in the next request, after the last page."),
    ),
)


@extend_schema_serializer(component_name="CreatedJobs")
class CreatedJobs(Shape):
    example = {"jobs": [examples.JOB]}

    jobs = JobShape(many=True, help_text=_("In the order of the request."))


# --- the details of one job -------------------------------------------------------------------------------------------
@extend_schema_serializer(component_name="TestEvidence")
class EvidenceShape(Shape):
    signal = serializers.CharField()
    value = Plain(help_text=_("What was measured; null if there was nothing."))
    unit = serializers.CharField(allow_null=True, help_text=_("Of the value, `min` and `max`."))
    min = serializers.FloatField(allow_null=True, help_text=_("The least that a number has to be."))
    max = serializers.FloatField(allow_null=True, help_text=_("The most that a number may be."))
    threshold = Plain(
        help_text=_("What a value that is no number has to be; null where it is a number.")
    )
    ok = serializers.BooleanField()
    at = serializers.DateTimeField()


@extend_schema_serializer(component_name="TestAttempt")
class AttemptShape(Shape):
    kind = serializers.CharField(help_text=one_of(TestKind.values))
    status = serializers.CharField(help_text=one_of(TestStatus.values))
    attempt = serializers.IntegerField()
    started_at = serializers.DateTimeField(allow_null=True)
    finished_at = serializers.DateTimeField(allow_null=True)
    evidence = EvidenceShape(many=True, source="measured", help_text=_("What the test measured."))
    hint = OrNull(source="hint_text", help_text=_("What to do when the test did not pass."))
    voided_at = serializers.DateTimeField(
        allow_null=True,
        help_text=_("When the attempt stopped counting for the job. Its status is then `VOIDED`."),
    )
    void_reason = OrNull()


@extend_schema_serializer(component_name="AccessCommand")
class SentCommand(Shape):
    name = serializers.CharField(source="verb")
    status = serializers.CharField()
    created_at = serializers.DateTimeField()
    error = OrNull()


@extend_schema_serializer(component_name="JobAccess")
class AccessShape(Shape):
    holder = NamedPerson(source="key.holder", allow_null=True)
    open = serializers.BooleanField(source="is_open")
    opened_at = serializers.DateTimeField(source="key.opened_at")
    ends_at = serializers.DateTimeField(help_text=_("When it ended, or will."))
    end_reason = OrNull(help_text=_("Why it ended; null while it is open."))
    commands = SentCommand(many=True, source="key.sent")


@extend_schema_serializer(component_name="HandbackRequestOfJob")
class HandbackRequestShape(Shape):
    status = serializers.CharField(help_text=one_of(("OPEN", "ACCEPTED", "REFUSED", "OBSOLETE")))
    reason = serializers.CharField()
    requested_at = serializers.DateTimeField()
    answer = OrNull()
    answered_at = serializers.DateTimeField(allow_null=True)


@extend_schema_serializer(component_name="JobHistoryEntry")
class HistoryEntry(Shape):
    version = serializers.IntegerField(source="seq", help_text=_("Of the job after it."))
    at = serializers.DateTimeField()
    verb = serializers.CharField(help_text=_("What was done, e.g. `assign`."))
    by = NamedPerson(
        allow_null=True, help_text=_("The person or API client; null for the system itself.")
    )
    channel = serializers.CharField(help_text=_("Where: e.g. `fleetcontrol` or `oneapi`."))
    flow_id = OrNull(source="request_id")
    reason = OrNull()
    company = PartnerReference(allow_null=True, help_text=_("The partner that it concerns."))
    changes = serializers.SerializerMethodField(
        help_text=_("By field, the value before and the value after.")
    )

    @extend_schema_field(
        {
            "type": "object",
            "additionalProperties": {
                "title": "FieldChange",
                "type": "object",
                "properties": {
                    "from": VALUES["additionalProperties"],
                    "to": VALUES["additionalProperties"],
                },
            },
        }
    )
    def get_changes(self, event: Any) -> dict[str, Any]:
        return named(event.data.get("changed", {}))


@extend_schema_serializer(component_name="FleetJobDetails")
class JobDetails(JobShape):
    example = examples.DETAILS

    required_tests = serializers.ListField(child=serializers.CharField())
    tests = AttemptShape(
        many=True, source="attempts", help_text=_("Every attempt, the oldest first.")
    )
    accesses = AccessShape(
        many=True, source="opened", help_text=_("Who had access to the vehicle, and when.")
    )
    handback_requests = HandbackRequestShape(many=True, source="handbacks")
    history = HistoryEntry(many=True, source="events_shown", help_text=_("The oldest first."))


# --- what jobs are made of --------------------------------------------------------------------------------------------
@extend_schema_serializer(component_name="Template")
class TemplateShape(Shape):
    example = examples.TEMPLATE

    id = serializers.CharField()
    name = serializers.CharField()
    values = serializers.SerializerMethodField(
        help_text=_("What it sets, by field. The others are left to the job.")
    )
    created_at = serializers.DateTimeField()
    updated_at = serializers.DateTimeField()

    @extend_schema_field(VALUES)
    def get_values(self, template: JobTemplate) -> dict[str, Any]:
        fields = {field.name: field for field in template._meta.concrete_fields}
        names = (*Specification.SPECIFICATION_FIELDS, "further_tests", "required_photos")
        values = {name: getattr(template, fields[name].attname) for name in names}
        return named({name: value for name, value in values.items() if value not in (None, "", [])})


TemplateList = list_shape(TemplateShape, "TemplateList")


@extend_schema_serializer(component_name="Partner")
class PartnerShape(Shape):
    example = {"partner_id": "VEZ9A", "name": "QuickInstall", "override": False}

    partner_id = serializers.CharField(source="company.pk")
    name = serializers.CharField(source="company.name")
    override = serializers.BooleanField(
        source="allow_override", help_text=_("Whether it may override jobs that it gets now.")
    )


PartnerList = list_shape(PartnerShape, "PartnerList")
