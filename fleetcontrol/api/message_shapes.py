"""Messages as every channel delivers them. The OpenAPI document describes each as a webhook."""

from typing import Any

from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import (
    OpenApiExample,
    OpenApiWebhook,
    extend_schema,
    extend_schema_field,
    extend_schema_serializer,
)
from rest_framework import serializers

from core.outbox.message import TEST
from core.web.api.serializers import Shape
from fleetcontrol.api import job_examples
from fleetcontrol.api.job_shapes import JobShape, one_of
from fleetcontrol.api.vehicle_shapes import STATE, OrNull, VehicleShape
from jobs.messages import JOB_CHANGED
from telematics.messages import STATE_RECEIVED, VEHICLE_CHANGED
from telematics.models import ChangeReason

VEHICLE_ID = VehicleShape.example["vehicle_id"]


@extend_schema_field({"description": "What the message says; its shape depends on `type`."})
class Data(serializers.Field):
    def to_representation(self, value: Any) -> Any:
        return value


@extend_schema_serializer(component_name="Message")
class MessageShape(Shape):
    """What every message has. The `type` says which shape its `data` has."""

    id = serializers.CharField(help_text=_("A repeat of a message has the same id."))
    type = serializers.CharField(help_text=_("The topic, `TestMessage` or `Gap`."))
    version = serializers.IntegerField(help_text=_("Of the shape of `data`."))
    occurred_at = serializers.DateTimeField()
    sequence = serializers.IntegerField(
        help_text=_("The place among all messages of the fleet. There are no gaps.")
    )
    fleet_id = serializers.CharField()
    subject = serializers.CharField(
        help_text=_("The vehicle or job that it is about. Messages of one subject come in order.")
    )
    flow_id = OrNull(help_text=_("The flow id of the call that caused it."))
    data: Any = Data(help_text=_("null: the subject is no longer the fleet's to see."))


def envelope(topic: str, subject: str, sequence: int, data: Any) -> dict[str, Any]:
    """An example."""
    return {
        "id": f"01JDG4M4Q2W8Z3V5T7Y9R1N6{sequence:02}",
        "type": topic,
        "version": 1,
        "occurred_at": "2026-11-28T09:14:05Z",
        "sequence": sequence,
        "fleet_id": VehicleShape.example["fleet_id"],
        "subject": subject,
        "flow_id": "4f1c2a9e-sync",
        "data": data,
    }


@extend_schema_serializer(component_name="ChangedVehicle")
class ChangedVehicle(Shape):
    reasons = serializers.ListField(
        child=serializers.CharField(), help_text=one_of(ChangeReason.values)
    )
    vehicle = VehicleShape(allow_null=True, help_text=_("The vehicle as it is after the change."))


@extend_schema_serializer(component_name="VehicleChanged")
class VehicleChanged(MessageShape):
    """A vehicle of the fleet was created, changed, archived or restored."""

    example = envelope(
        VEHICLE_CHANGED,
        VEHICLE_ID,
        41,
        {"reasons": ["OPERATION_STATUS_CHANGED"], "vehicle": VehicleShape.example},
    )

    data = ChangedVehicle(allow_null=True)


@extend_schema_field(STATE)
class State(serializers.Field):
    """A map of signals, as in every answer with a state."""


@extend_schema_serializer(component_name="ReceivedState")
class ReceivedState(Shape):
    vehicle_id = serializers.CharField()
    state = State(help_text=_("As the unit has sent it. With tracking off it has no position."))


@extend_schema_serializer(component_name="VehicleStateReceived")
class VehicleStateReceived(MessageShape):
    """The unit of a vehicle has sent its state."""

    example = envelope(
        STATE_RECEIVED,
        VEHICLE_ID,
        42,
        {
            "vehicle_id": VEHICLE_ID,
            "state": {"central_lock": {"value": "LOCKED", "timestamp": "2026-11-28T09:14:05Z"}},
        },
    )

    data = ReceivedState(allow_null=True)


@extend_schema_serializer(component_name="ChangedJob")
class ChangedJob(Shape):
    verb = serializers.CharField(help_text=_("What was done, e.g. `assign`."))
    job = JobShape(allow_null=True, help_text=_("The job as it is after the change."))


@extend_schema_serializer(component_name="JobChanged")
class JobChanged(MessageShape):
    """A job of the fleet was created, assigned, taken, changed, finished or deleted."""

    example = envelope(
        JOB_CHANGED,
        job_examples.JOB["id"],
        43,
        {"verb": "take", "job": job_examples.JOB},
    )

    data = ChangedJob(allow_null=True)


@extend_schema_serializer(component_name="Greeting")
class Greeting(Shape):
    text = serializers.CharField()


@extend_schema_serializer(component_name="TestMessage")
class TestMessage(MessageShape):
    """Sent by an admin of the fleet, to see whether it arrives."""

    example = envelope(TEST, "01JDG4M4Q2W8Z3V5T7Y9R1N6KC", 44, {"text": "It works."})

    data = Greeting()


SHAPES: dict[str, type[MessageShape]] = {
    VEHICLE_CHANGED: VehicleChanged,
    STATE_RECEIVED: VehicleStateReceived,
    JOB_CHANGED: JobChanged,
    TEST: TestMessage,
}


def _webhook(name: str, shape: type[MessageShape]) -> OpenApiWebhook:
    text = (shape.__doc__ or "").strip()
    described = extend_schema(
        request=shape,
        responses={204: None},
        summary=text,
        description=f"{text} Any answer of 2xx means that it has arrived.",
        examples=[OpenApiExample(name, shape.example, request_only=True)],
    )
    return OpenApiWebhook(name, described)


vehicle_changed = _webhook(VEHICLE_CHANGED, VehicleChanged)
state_received = _webhook(STATE_RECEIVED, VehicleStateReceived)
job_changed = _webhook(JOB_CHANGED, JobChanged)
test_message = _webhook(TEST, TestMessage)
# drf-spectacular imports them by their names.
WEBHOOKS = [
    f"{__name__}.{name}"
    for name in ("vehicle_changed", "state_received", "job_changed", "test_message")
]


@extend_schema_serializer(component_name="MessageFeed")
class FeedShape(Shape):
    example = {"results": [VehicleChanged.example], "next_after": 41}

    results = MessageShape(many=True)
    next_after = serializers.IntegerField(help_text=_("`after` of the next request."))


@extend_schema_serializer(component_name="MessageType")
class TypeShape(Shape):
    type = serializers.CharField()
    version = serializers.IntegerField()
    description = serializers.CharField()
    schema = serializers.DictField(help_text=_("JSON Schema of the whole message (2020-12)."))
    example = serializers.DictField()  # type: ignore[assignment]


@extend_schema_serializer(component_name="MessageTypeList")
class TypeList(Shape):
    example = {
        "results": [
            {
                "type": TEST,
                "version": 1,
                "description": (TestMessage.__doc__ or "").strip(),
                "schema": {"type": "object"},
                "example": TestMessage.example,
            }
        ]
    }

    results = TypeShape(many=True)
