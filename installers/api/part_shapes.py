"""What the sheet of a job consists of: its fields and steps, what the caller can do now, photos, unit and outcome."""

from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import extend_schema_field, extend_schema_serializer
from rest_framework import serializers

from core.web.api.open_document import reference
from core.web.api.serializers import KnownText, Plain, Shape
from installers.api import examples
from installers.api.shapes import Person
from jobs.models import Configuration, Job, JobPhoto
from jobs.models.choices import PhotoKind
from jobs.reading.steps import StepName, StepStatus

# How a field of a job is entered.
FIELD_TYPES = ["text", "number", "date", "choice", "flag"]


class FieldChoice(Shape):
    value = Plain()
    label = serializers.CharField()


class JobField(Shape):
    name = serializers.CharField()
    label = serializers.CharField()
    value = Plain(help_text=_("The value now. null: still open."))
    planned = Plain(help_text=_("What the fleet manager wrote. null: the installer decides."))
    locked = serializers.BooleanField(help_text=_("Whether the installer cannot change it."))
    reason = serializers.CharField(allow_null=True, help_text=_("Why it is locked, for people."))
    type = serializers.ChoiceField(FIELD_TYPES)
    choices = FieldChoice(
        many=True,
        allow_null=True,
        help_text=_(
            "What the vehicle model supports; everything while it is not known. null where anything can be entered,"
            " and for `vehicle_model_id`, which is one of `vehicle-models/`."
        ),
    )
    max_length = serializers.IntegerField(allow_null=True, help_text=_("Of a text."))
    min = serializers.IntegerField(allow_null=True, help_text=_("Of a number."))
    max = serializers.IntegerField(allow_null=True, help_text=_("Of a number."))
    required = serializers.BooleanField(help_text=_("Whether the job can succeed only with it."))


class JobStep(Shape):
    name = serializers.ChoiceField(StepName.choices)
    status = serializers.ChoiceField(
        StepStatus.choices, help_text=_("BLOCKED: an earlier step has to be done first.")
    )
    missing = serializers.ListField(
        child=serializers.CharField(),
        help_text=_(
            "What the step lacks, as in 409 `incomplete`, e.g. `unit`, `test:GNSS` or `photo:PLATE`."
        ),
    )


@extend_schema_field({"oneOf": [reference("ProblemCode"), {"type": "null"}]})
class CodeField(KnownText):
    """The code of a problem; null where there is none."""


class Permit(Shape):
    allowed = serializers.BooleanField()
    code = CodeField(help_text=_("The code with which the move would be refused now."))
    text = serializers.CharField(allow_null=True, help_text=_("The same for people."))


class Permits(Shape):
    """Every move of a job, and whether the caller can make it now. The move itself decides again."""

    take = Permit()
    withdraw = Permit()
    hand_back = Permit()
    link_unit = Permit()
    fill_in = Permit()
    request_tests = Permit()
    renew = Permit(help_text=_("Renew the access."))
    add_photo = Permit()
    delete_photo = Permit()
    succeed = Permit()
    fail = Permit()


class JobAssignment(Shape):
    id = serializers.IntegerField()
    since = serializers.DateTimeField()
    holder = Person()


class Photo(Shape):
    example = examples.PHOTO

    id = serializers.CharField(source="pk")
    kind = serializers.ChoiceField(PhotoKind.choices)
    taken_at = serializers.DateTimeField(
        allow_null=True, help_text=_("What the client said. Nothing is sorted or judged by it.")
    )
    created_at = serializers.DateTimeField(help_text=_("When it was added."))
    by = Person(source="added_by")
    width = serializers.IntegerField()
    height = serializers.IntegerField()
    size = serializers.IntegerField(help_text=_("Of the picture as it is kept, in bytes."))
    sha256 = serializers.CharField(help_text=_("Of the file as it was sent, in hex digits."))
    version = serializers.IntegerField()
    image = serializers.SerializerMethodField(help_text=_("The path of the picture."))

    def get_image(self, photo: JobPhoto) -> str:
        return reverse("smartcontrol-api:photo", args=[photo.job_id, photo.pk])


class JobOutcome(Shape):
    """How a job ended."""

    outcome = serializers.ChoiceField([Job.Status.SUCCEEDED.value, Job.Status.FAILED.value])
    reason = serializers.ChoiceField(
        Job.FailureReason.choices, allow_null=True, help_text=_("null for a job that succeeded.")
    )
    comment = KnownText()
    by = Person(allow_null=True)
    taken_at = serializers.DateTimeField(allow_null=True)
    finished_at = serializers.DateTimeField(allow_null=True)


class JobWarning(Shape):
    code = serializers.CharField()
    text = serializers.CharField()


class JobVehicle(Shape):
    vehicle_id = serializers.CharField()
    license_plate = KnownText()
    vin = KnownText()
    custom_name = KnownText()


class JobUnit(Shape):
    qnr = serializers.CharField(source="*")


class AvailableUnit(Shape):
    example = {"qnr": "00A1B2C3D4E5F607", "planned": True}

    qnr = serializers.CharField()
    planned = serializers.BooleanField(help_text=_("Whether this unit is planned for the job."))


@extend_schema_serializer(component_name="Configuration")
class Setup(Shape):
    status = serializers.ChoiceField(Configuration.Status.choices)
    at = serializers.DateTimeField(allow_null=True)
    error = KnownText(source="error_text")


class Access(Shape):
    open = serializers.BooleanField()
    ends_at = serializers.DateTimeField(
        help_text=_("When it ended, or will end unless its holder does something before.")
    )
