"""What the SmartControl API answers with: rendered by these, and described by these in its OpenAPI document."""

from typing import Any

from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from accounts.models import CompanyMembership, User
from core.web.cursors import page_shape
from core.web.serializers import Shape
from installers.api.serializers import column
from jobs.models import Configuration, InstallationTest, Job
from jobs.names import lenders
from telematics.models import Command, Vehicle

PLAIN = {"type": ["string", "number", "boolean", "null"]}


@extend_schema_field(PLAIN)
class Plain(serializers.Field):
    """As it is."""

    def to_representation(self, value: Any) -> Any:
        return value


# One format everywhere: what the vehicle's model can say, each with its time.
SIGNALS = {
    "type": "object",
    "additionalProperties": {
        "type": "object",
        "required": ["value", "timestamp"],
        "properties": {"value": {}, "timestamp": {"type": ["string", "null"], "format": "date-time"}},
    },
}


@extend_schema_field(SIGNALS | {"type": ["object", "null"]})
class Signals(Plain):
    """null before there are any."""


# The columns of a row of the list.
ROW = (
    "pk", "kind", "status", "task", "license_plate", "vin", "custom_name", "planned_service_date", "location", "updated_at",
    "fleet_id", "fleet__name", "fleet__provider_id", "fleet__provider__name",
    "vehicle_model_id", "vehicle_model__brand", "vehicle_model__model",
    "vehicle_id", "vehicle_created",
    "assignee_id", "assignee__first_name", "assignee__last_name", "assignee__email", "assignee__closed_at",
    "reserved_for_id", *(f"reserved_for__{part}" for part in ("first_name", "last_name", "email", "closed_at")),
)  # fmt: skip


class Person(Shape):
    id = serializers.IntegerField(source="pk")
    name = serializers.CharField()


class Me(Shape):
    class Myself(Person):
        email = serializers.EmailField()
        first_name = serializers.CharField()
        last_name = serializers.CharField()

    class Company(Shape):
        partner_id = serializers.CharField()
        name = serializers.CharField()

    person = Myself()
    company = Company(allow_null=True)
    role = serializers.ChoiceField(CompanyMembership.Role.choices, allow_null=True)
    language = serializers.CharField()
    zone = serializers.CharField()


class VehicleModelName(Shape):
    id = serializers.CharField()
    brand = serializers.CharField()
    model = serializers.CharField()


class VehicleModelShape(VehicleModelName):
    fuel_type = serializers.CharField()
    vehicle_type = serializers.CharField()
    built_from = serializers.IntegerField()
    built_to = serializers.IntegerField(allow_null=True)
    installation_variants = serializers.ListField(child=serializers.CharField())
    central_lock_connection_types = serializers.ListField(child=serializers.CharField())
    features = serializers.ListField(child=serializers.CharField())
    capabilities = serializers.ListField(child=serializers.CharField())


class Client(Shape):
    class Provider(Shape):
        provider_id = serializers.CharField()
        name = serializers.CharField()

    fleet_id = serializers.CharField()
    name = serializers.CharField()
    provider = Provider()


class JobRow(Shape):
    id = serializers.CharField()
    kind = serializers.ChoiceField(Job.Kind.choices)
    status = serializers.ChoiceField(Job.Status.shown_choices())
    task = serializers.ChoiceField(Job.Task.choices, allow_blank=True, help_text=_("Blank for an installation."))
    fleet = Client()
    license_plate = serializers.CharField()
    vin = serializers.CharField()
    custom_name = serializers.CharField()
    vehicle_model = VehicleModelName(allow_null=True)
    planned_service_date = serializers.DateField(allow_null=True)
    location = serializers.CharField()
    assignee = Person(allow_null=True)
    reserved_for = Person(
        allow_null=True, help_text=_("Whom the company keeps it for; nobody else but an admin takes it.")
    )
    updated_at = serializers.DateTimeField()


JobPage = page_shape(JobRow)
VehicleModelPage = page_shape(VehicleModelShape)


class Counts(Shape):
    available = serializers.IntegerField()
    mine = serializers.IntegerField()
    running = serializers.IntegerField()
    finished = serializers.IntegerField()


MODEL_ROW = tuple(VehicleModelShape().fields)


def model_row(row: dict[str, Any]) -> dict[str, Any]:
    return {name: row[name] for name in MODEL_ROW}


def job_rows(rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """`JobRow`s made of the columns of `ROW`, past the models: the phone's list is read often."""
    cars = lenders(rows)
    return [_job_row(row, cars.get(row["vehicle_id"])) for row in rows]


def _job_row(row: dict[str, Any], car: Vehicle | None) -> dict[str, Any]:
    provider = {"provider_id": row["fleet__provider_id"], "name": row["fleet__provider__name"]}
    model = {"id": row["vehicle_model_id"], "brand": row["vehicle_model__brand"], "model": row["vehicle_model__model"]}
    if car and car.vehicle_model and not model["id"]:
        model = VehicleModelName(car.vehicle_model).data
    return {
        "id": row["pk"],
        **{name: row[name] for name in ("kind", "status", "task")},
        "fleet": {"fleet_id": row["fleet_id"], "name": row["fleet__name"], "provider": provider},
        **{name: row[name] or getattr(car, name, "") for name in Job.IDENTITY},
        "vehicle_model": model if model["id"] else None,
        **{name: row[name] for name in ("planned_service_date", "location")},
        "assignee": _person(row, "assignee"),
        "reserved_for": _person(row, "reserved_for"),
        "updated_at": row["updated_at"],
    }


def _person(row: dict[str, Any], who: str) -> dict[str, Any] | None:
    if row[f"{who}_id"] is None:
        return None
    names = {name: row[f"{who}__{name}"] for name in ("first_name", "last_name", "email", "closed_at")}
    return {"id": row[f"{who}_id"], "name": User(pk=row[f"{who}_id"], **names).name}


class JobField(Shape):
    name = serializers.CharField()
    label = serializers.CharField()
    value = Plain()
    planned = Plain()
    locked = serializers.BooleanField()
    reason = serializers.CharField(allow_null=True)


class Prompt(Shape):
    id = serializers.CharField()
    text = serializers.CharField()


class Evidence(Shape):
    signal = serializers.CharField()
    value = Plain()
    unit = serializers.CharField(allow_null=True)
    threshold = Plain()
    ok = serializers.BooleanField()
    at = serializers.DateTimeField()


class Test(Shape):
    kind = serializers.ChoiceField(InstallationTest.Kind.choices)
    required = serializers.SerializerMethodField()
    status = serializers.ChoiceField(InstallationTest.Status.choices)
    attempt = serializers.IntegerField()
    started_at = serializers.DateTimeField(allow_null=True)
    finished_at = serializers.DateTimeField(allow_null=True)
    prompt = Prompt(allow_null=True)
    evidence = Evidence(many=True)
    hint = serializers.CharField(source="said_hint")

    def get_required(self, test: InstallationTest) -> bool:
        return test.kind in self.context["required"]


class JobVehicle(Shape):
    vehicle_id = serializers.CharField()
    license_plate = serializers.CharField()
    vin = serializers.CharField()
    custom_name = serializers.CharField()


class JobUnit(Shape):
    qnr = serializers.CharField(source="*")


class Setup(Shape):
    status = serializers.ChoiceField(Configuration.Status.choices)
    at = serializers.DateTimeField(allow_null=True)
    error = serializers.CharField()


class Access(Shape):
    open = serializers.BooleanField()
    ends_at = serializers.DateTimeField()


# Of a job that was loaded `for_phone`.
class JobDetail(JobRow):
    license_plate = serializers.CharField(source="names.license_plate")
    vin = serializers.CharField(source="names.vin")
    custom_name = serializers.CharField(source="names.custom_name")
    vehicle_model = VehicleModelName(allow_null=True, source="model_in_work")
    fields = serializers.SerializerMethodField(method_name="get_job_fields")
    instructions = serializers.CharField()
    contact = serializers.CharField()
    external_reference = serializers.CharField()
    vehicle = JobVehicle(allow_null=True, source="vehicle_in_work")
    unit = JobUnit(allow_null=True, source="qnr_in_work")
    configuration = Setup(allow_null=True, source="configuration_seen")
    access = Access(allow_null=True, source="access_seen")
    required_tests = serializers.ListField(child=serializers.ChoiceField(InstallationTest.Kind.choices))
    tests = serializers.SerializerMethodField()
    comment = serializers.CharField()
    version = serializers.IntegerField(source="fields_version", help_text="What `If-Match` compares.")

    @extend_schema_field(JobField(many=True))
    def get_job_fields(self, job: Job) -> list[dict]:
        return [{**field, "name": column(field["name"])} for field in job.fields_for_installer()]

    @extend_schema_field(Test(many=True))
    def get_tests(self, job: Job) -> list[dict]:
        return attempts_at(job) if job.has_tests else []


def attempts_at(job: Job, *, every_attempt: bool = False) -> list[dict]:
    """The latest attempt of each kind in the order in which they run, or every one in the order in which they were asked for."""
    required = job.required_tests()
    tests = job.tests.order_by("id") if every_attempt else job.tests.latest()
    return Test(tests, many=True, context={"required": required}).data


class CommandShape(Shape):
    id = serializers.CharField()
    name = serializers.ChoiceField(Command.verb.field.choices, source="verb")
    status = serializers.ChoiceField(Command.status.field.choices)
    state = Signals()
    error = serializers.CharField()
