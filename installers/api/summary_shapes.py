"""A job as a row of the phone's list, and how many jobs each of its tabs has."""

from typing import Any

from django.utils.translation import gettext_lazy as _
from rest_framework import serializers

from accounts.models import User
from core.web.api.cursors import page_shape
from core.web.api.serializers import KnownText, KnownWord, Shape
from installers.api import examples
from installers.api.shapes import Fleet, JobPlace, Person, VehicleModelName
from jobs.models import Job
from jobs.parts.names import lenders
from jobs.parts.number import spoken
from telematics.models import Vehicle

PLACE = ("id", "name", "address", "contact", "opening_hours")
# The columns that the list reads.
ROW = (
    "pk",
    "number",
    "kind",
    "status",
    "task",
    "license_plate",
    "vin",
    "custom_name",
    "planned_service_date",
    *(f"place__{name}" for name in PLACE),
    "location",
    "updated_at",
    "fleet_id",
    "fleet__name",
    "fleet__job_prefix",
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


class JobSummary(Shape):
    NUMBER = _("The fleet's number of the job, such as `BER-1043`. null while it has none.")
    example = examples.JOB_SUMMARY

    id = serializers.CharField()
    number = KnownText(help_text=NUMBER)
    kind = serializers.ChoiceField(Job.Kind.choices)
    status = serializers.ChoiceField(Job.Status.shown_choices())
    task = KnownWord(Job.Task.choices, help_text=_("null for an installation."))
    fleet = Fleet()
    license_plate = KnownText()
    vin = KnownText()
    custom_name = KnownText()
    vehicle_model = VehicleModelName(allow_null=True)
    planned_service_date = serializers.DateField(allow_null=True)
    place = JobPlace(
        allow_null=True,
        help_text=_(
            "Where the work is done: a place of the fleet, as it is now. `location` may add to it."
        ),
    )
    location = KnownText()
    assignee = Person(allow_null=True)
    reserved_for = Person(
        allow_null=True,
        help_text=_(
            "The installer for whom the company reserved the job. Apart from them, only an admin can take it."
        ),
    )
    updated_at = serializers.DateTimeField()


JobPage = page_shape(JobSummary, "JobPage")


class JobCounts(Shape):
    example = examples.COUNTS

    available = serializers.IntegerField()
    mine = serializers.IntegerField()
    running = serializers.IntegerField()
    finished = serializers.IntegerField()


def job_rows(rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """`JobSummary` of each row of `ROW`, without model instances: the phone's list is read often."""
    vehicles = lenders(rows)
    return [_job_row(row, vehicles.get(row["vehicle_id"])) for row in rows]


def _job_row(row: dict[str, Any], vehicle: Vehicle | None) -> dict[str, Any]:
    """One row. A maintenance job takes its names and its model from its vehicle."""
    return {
        "id": row["pk"],
        "number": spoken(row["fleet__job_prefix"], row["number"]) or None,
        "kind": row["kind"],
        "status": row["status"],
        "task": row["task"] or None,
        "fleet": _fleet(row),
        "vin": row["vin"] or getattr(vehicle, "vin", None) or None,
        "license_plate": row["license_plate"] or getattr(vehicle, "license_plate", None) or None,
        "custom_name": row["custom_name"] or getattr(vehicle, "custom_name", None) or None,
        "vehicle_model": _vehicle_model(row, vehicle),
        "planned_service_date": row["planned_service_date"],
        "place": _place(row),
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


def _place(row: dict[str, Any]) -> dict[str, Any] | None:
    if row["place__id"] is None:
        return None
    return {name: row[f"place__{name}"] or None for name in PLACE}


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
