"""Commands and states of vehicles as both APIs return them, and as their OpenAPI documents describe them."""

from drf_spectacular.utils import extend_schema_field, extend_schema_serializer
from rest_framework import serializers

from core.web.api.serializers import Plain, Shape
from telematics.models.command import Status
from telematics.verbs import VERBS

FLAG = {"type": ["boolean", "null"]}
NUMBER = {"type": ["number", "null"]}
WORD = {"type": ["string", "null"]}
VALUES: dict[str, dict] = {
    "ignition": FLAG,
    "central_lock": WORD | {"description": "`locked` or `unlocked`, as read back."},
    "driving_enabled": FLAG,
    "doors": WORD | {"description": "`open` or `closed`."},
    "key_fob": WORD | {"description": "`in` or `out` of its holder."},
    "mileage_in_kilometers": NUMBER,
    "state_of_charge_or_fuel_level_in_percent": NUMBER,
    "board_voltage": NUMBER,
    "speed_in_kilometers_per_hour": NUMBER,
    "position": {
        "type": ["object", "null"],
        "required": ["latitude", "longitude"],
        "properties": {"latitude": {"type": "number"}, "longitude": {"type": "number"}},
    },
    "cellular_signal_quality": NUMBER | {"description": "From 0 to 5."},
    "bluetooth_connected": FLAG,
    "alarm_input": FLAG,
}


def signal(value: dict) -> dict:
    return {
        "type": "object",
        "required": ["value", "timestamp"],
        "properties": {
            "value": value,
            "timestamp": {"type": ["string", "null"], "format": "date-time"},
        },
    }


# One format everywhere: what the vehicle's model can report, each signal with its time. More may come.
SIGNALS = {
    "type": "object",
    "properties": {name: signal(value) for name, value in VALUES.items()},
    "additionalProperties": signal({}),
}


EXAMPLE = {"central_lock": {"value": "locked", "timestamp": "2026-11-28T09:14:00Z"}}


@extend_schema_field(SIGNALS | {"type": ["object", "null"]})
class Signals(Plain):
    """null before there are any."""


@extend_schema_serializer(component_name="Command")
class CommandShape(Shape):
    example = {
        "id": "01JDG4M4Q2W8Z3V5T7Y9R1N6KD",
        "name": "lock-central-lock",
        "status": "DONE",
        "state": EXAMPLE,
        "error": "",
    }

    id = serializers.CharField()
    name = serializers.ChoiceField(list(VERBS.items()), source="verb")
    status = serializers.ChoiceField(Status.choices)
    state = Signals(source="shown_state")
    error = serializers.CharField()
