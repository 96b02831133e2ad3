"""The answers of the SmartControl API. These classes render them and describe them in its OpenAPI document."""

from typing import Any

from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import extend_schema_field, extend_schema_serializer
from rest_framework import serializers

from accounts.models import CompanyMembership, User
from core.web.api.cursors import page_shape
from core.web.api.open_document import reference
from core.web.api.serializers import KnownText, KnownWord, Plain, Shape
from installers.api import examples
from installers.api.serializers import column
from jobs.models import Configuration, InstallationTest, Job, JobPhoto
from jobs.models.choices import PhotoKind, VoidReason
from jobs.parts.names import lenders
from jobs.procedures.kinds import KINDS
from jobs.reading.steps import StepName, StepStatus
from telematics.models import Vehicle
from telematics.models.specification import (
    CentralLockConnectionType,
    FuelType,
    InstallationVariant,
    VehicleType,
)

# How a field of a job is entered.
FIELD_TYPES = ["text", "number", "date", "choice", "flag"]
# The status of a required test without an attempt.
NOT_RUN = "NOT_RUN"
# The columns that the list reads.
ROW = (
    "pk",
    "kind",
    "status",
    "task",
    "license_plate",
    "vin",
    "custom_name",
    "planned_service_date",
    "location",
    "updated_at",
    "fleet_id",
    "fleet__name",
    "fleet__provider_id",
    "fleet__provider__name",
    "vehicle_model_id",
    "vehicle_model__brand",
    "vehicle_model__model",
    "vehicle_id",
    "vehicle_created",
    "assignee_id",
    "assignee__first_name",
    "assignee__last_name",
    "assignee__email",
    "assignee__closed_at",
    "reserved_for_id",
    *(f"reserved_for__{part}" for part in ("first_name", "last_name", "email", "closed_at")),
)


class Person(Shape):
    id = serializers.IntegerField(source="pk")
    name = serializers.CharField()


class Account(Shape):
    example = examples.ACCOUNT

    class AccountHolder(Person):
        email = serializers.EmailField()
        first_name = serializers.CharField()
        last_name = serializers.CharField()

    class Company(Shape):
        partner_id = serializers.CharField()
        name = serializers.CharField()

    person = AccountHolder()

    class Agreement(Shape):
        """The company's signature of the non-disclosure agreement."""

        version = serializers.IntegerField(
            allow_null=True, help_text=_("The newest version. null before the first is published.")
        )
        signed = serializers.BooleanField(
            source="is_signed",
            help_text=_("Whether any version is signed. Before, no job is visible."),
        )
        newest_signed = serializers.BooleanField(source="is_newest_signed")
        binding_from = serializers.DateTimeField(
            allow_null=True,
            help_text=_("From then on, jobs can be taken only with the newest version signed."),
        )

    class SecondFactor(Shape):
        required = serializers.BooleanField(help_text=_("Whether the company requires it."))
        set_up = serializers.BooleanField()

    company = Company(allow_null=True, help_text=_("null for a person without a company."))
    agreement = Agreement(allow_null=True, help_text=_("null for a person without a company."))
    second_factor = SecondFactor()
    role = serializers.ChoiceField(CompanyMembership.Role.choices, allow_null=True)
    language = serializers.CharField(help_text=_("The language of texts in answers, e.g. `de`."))
    zone = serializers.CharField(
        help_text=_("The person's time zone. Times in answers are in UTC.")
    )
    expires_at = serializers.DateTimeField(
        help_text=_("When the session ends. Each use moves this to 14 days later.")
    )


class VehicleModelName(Shape):
    id = serializers.CharField()
    brand = serializers.CharField()
    model = serializers.CharField()


@extend_schema_serializer(component_name="VehicleModel")
class VehicleModelShape(VehicleModelName):
    example = examples.MODEL

    fuel_type = serializers.ChoiceField(FuelType.choices)
    vehicle_type = serializers.ChoiceField(VehicleType.choices)
    built_from = serializers.IntegerField()
    built_to = serializers.IntegerField(
        allow_null=True, help_text=_("null while it is still built.")
    )
    installation_variants = serializers.ListField(
        child=serializers.ChoiceField(InstallationVariant.choices)
    )
    central_lock_connection_types = serializers.ListField(
        child=serializers.ChoiceField(CentralLockConnectionType.choices)
    )
    features = serializers.ListField(child=serializers.CharField())
    capabilities = serializers.ListField(child=serializers.CharField())


class Fleet(Shape):
    class Provider(Shape):
        provider_id = serializers.CharField()
        name = serializers.CharField()

    fleet_id = serializers.CharField()
    name = serializers.CharField()
    provider = Provider()


class JobSummary(Shape):
    example = examples.JOB_SUMMARY

    id = serializers.CharField()
    kind = serializers.ChoiceField(Job.Kind.choices)
    status = serializers.ChoiceField(Job.Status.shown_choices())
    task = KnownWord(Job.Task.choices, help_text=_("null for an installation."))
    fleet = Fleet()
    license_plate = KnownText()
    vin = KnownText()
    custom_name = KnownText()
    vehicle_model = VehicleModelName(allow_null=True)
    planned_service_date = serializers.DateField(allow_null=True)
    location = KnownText()
    assignee = Person(allow_null=True)
    reserved_for = Person(
        allow_null=True,
        help_text=_(
            "The installer for whom the company reserved the job. Apart from them, only an admin can take it."
        ),
    )
    updated_at = serializers.DateTimeField()


class Client(Fleet):
    """A fleet that works with the company."""

    example = examples.JOB_SUMMARY["fleet"]


JobPage = page_shape(JobSummary, "JobPage")
VehicleModelPage = page_shape(VehicleModelShape, "VehicleModelPage")


class JobCounts(Shape):
    example = examples.COUNTS

    available = serializers.IntegerField()
    mine = serializers.IntegerField()
    running = serializers.IntegerField()
    finished = serializers.IntegerField()


MODEL_ROW = tuple(VehicleModelShape().fields)


def model_row(row: dict[str, Any]) -> dict[str, Any]:
    """`VehicleModelShape` of one row; `.values()` may have read more."""
    return {name: row[name] for name in MODEL_ROW}


def job_rows(rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """`JobSummary` of each row of `ROW`, without model instances: the phone's list is read often."""
    vehicles = lenders(rows)
    return [_job_row(row, vehicles.get(row["vehicle_id"])) for row in rows]


def _job_row(row: dict[str, Any], vehicle: Vehicle | None) -> dict[str, Any]:
    """One row. A maintenance job takes its names and its model from its vehicle."""
    return {
        "id": row["pk"],
        "kind": row["kind"],
        "status": row["status"],
        "task": row["task"] or None,
        "fleet": _fleet(row),
        "vin": row["vin"] or getattr(vehicle, "vin", None) or None,
        "license_plate": row["license_plate"] or getattr(vehicle, "license_plate", None) or None,
        "custom_name": row["custom_name"] or getattr(vehicle, "custom_name", None) or None,
        "vehicle_model": _vehicle_model(row, vehicle),
        "planned_service_date": row["planned_service_date"],
        "location": row["location"] or None,
        "assignee": _person(row, "assignee"),
        "reserved_for": _person(row, "reserved_for"),
        "updated_at": row["updated_at"],
    }


def _fleet(row: dict[str, Any]) -> dict[str, Any]:
    return {
        "fleet_id": row["fleet_id"],
        "name": row["fleet__name"],
        "provider": {
            "provider_id": row["fleet__provider_id"],
            "name": row["fleet__provider__name"],
        },
    }


def _vehicle_model(row: dict[str, Any], vehicle: Vehicle | None) -> dict[str, Any] | None:
    if row["vehicle_model_id"]:
        return {
            "id": row["vehicle_model_id"],
            "brand": row["vehicle_model__brand"],
            "model": row["vehicle_model__model"],
        }
    if vehicle and vehicle.vehicle_model:
        return VehicleModelName(vehicle.vehicle_model).data
    return None


def _person(row: dict[str, Any], role: str) -> dict[str, Any] | None:
    """The person in a column of the job: `assignee` or `reserved_for`."""
    key = row[f"{role}_id"]
    if key is None:
        return None
    names = {
        name: row[f"{role}__{name}"] for name in ("first_name", "last_name", "email", "closed_at")
    }
    return {"id": key, "name": User(pk=key, **names).name}


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


def test_statuses() -> list[tuple[str, Any]]:
    """The statuses of a test as the API has them: a required kind is listed before its first attempt."""
    return [(NOT_RUN, _("Not run")), *InstallationTest.Status.choices]


class Prompt(Shape):
    id = serializers.CharField()
    text = serializers.CharField()
    expires_at = serializers.DateTimeField(
        help_text=_("The test fails if nobody has answered until then.")
    )


class Evidence(Shape):
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


class Test(Shape):
    example = examples.TEST

    kind = serializers.ChoiceField(InstallationTest.Kind.choices)
    required = serializers.SerializerMethodField()
    status = serializers.ChoiceField(test_statuses())
    attempt = serializers.IntegerField(
        help_text=_("Counts from 1; 0 for a required test that has not been run.")
    )
    started_at = serializers.DateTimeField(allow_null=True)
    finished_at = serializers.DateTimeField(allow_null=True)
    prompt = Prompt(
        allow_null=True, help_text=_("What the person is asked to do or to look at now.")
    )
    evidence = Evidence(many=True, source="measured", help_text=_("What the test measured."))
    hint = KnownText(source="hint_text", help_text=_("What to do when the test did not pass."))
    voided_at = serializers.DateTimeField(
        allow_null=True,
        help_text=_("When the attempt stopped counting for the job. Its status is then `VOIDED`."),
    )
    void_reason = serializers.SerializerMethodField()

    def get_required(self, test: InstallationTest) -> bool:
        return test.kind in self.context["required"]

    @extend_schema_field(serializers.ChoiceField(VoidReason.choices, allow_null=True))
    def get_void_reason(self, test: InstallationTest) -> str | None:
        return test.void_reason or None


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


@extend_schema_serializer(component_name="Job")
class JobDetail(JobSummary):
    """A job with its `phone`, a PhoneSheet."""

    example = examples.JOB

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
        return _latest(job, job.phone.latest_tests)


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


def attempts_at(job: Job, *, every_attempt: bool = False) -> list[dict]:
    """The latest attempt of each kind, in the order in which they run; or every attempt, oldest first."""
    if every_attempt:
        return _tests(job.tests.order_by("id").as_read(), job.proof.required_tests())
    return _latest(job, job.tests.newest_of_each_kind())


def _latest(job: Job, tests: list[InstallationTest]) -> list[dict]:
    required = job.proof.required_tests()
    return _tests(with_not_run(tests, required), required)


def with_not_run(latest: list[InstallationTest], required: list[str]) -> list[InstallationTest]:
    """Return the tests, and a row for each required kind that has none yet."""
    tried = {test.kind for test in latest}
    untried = [kind for kind in required if kind not in tried]
    rows = [InstallationTest(kind=kind, status=NOT_RUN, attempt=0) for kind in untried]
    return sorted([*latest, *rows], key=lambda test: KINDS.index(test.kind))


def _tests(tests: list[InstallationTest], required: list[str]) -> list[dict]:
    return list(Test(tests, many=True, context={"required": required}).data)
