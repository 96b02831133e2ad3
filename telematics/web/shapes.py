"""Commands and states of vehicles as both APIs return them, and as their OpenAPI documents describe them."""

from drf_spectacular.utils import extend_schema_field, extend_schema_serializer
from rest_framework import serializers

from core.web.api.open_document import reference
from core.web.api.serializers import KnownText, Plain, Shape
from telematics.models.command import Status
from telematics.verbs import VERBS

TIMESTAMP = {"type": ["string", "null"], "format": "date-time"}
STATES: dict[str, list[str]] = {
    "LockState": ["locked", "unlocked"],
    "DoorState": ["open", "closed"],
    "KeyFobState": ["in", "out"],
}
POSITION = {
    "type": "object",
    "required": ["latitude", "longitude"],
    "properties": {
        "latitude": {"type": "number"},
        "longitude": {"type": "number"},
        "satellites": {"type": ["integer", "null"]},
        "time": TIMESTAMP | {"description": "Of the fix."},
    },
}


def nullable(name: str) -> dict:
    return {"oneOf": [reference(name), {"type": "null"}]}


def signal(value: dict) -> dict:
    return {
        "type": "object",
        "required": ["value", "timestamp"],
        "properties": {"value": value, "timestamp": TIMESTAMP},
    }


# The kinds of signal: each with its value and the time of that.
KINDS = {
    "FlagSignal": {"type": ["boolean", "null"]},
    "NumberSignal": {"type": ["number", "null"]},
    "LockSignal": nullable("LockState"),
    "DoorSignal": nullable("DoorState"),
    "KeyFobSignal": nullable("KeyFobState"),
    "PositionSignal": nullable("Position"),
    "OtherSignal": {},
}
SIGNALS = {
    "ignition": ("FlagSignal", ""),
    "central_lock": ("LockSignal", "As read back."),
    "driving_enabled": ("FlagSignal", ""),
    "doors": ("DoorSignal", ""),
    "key_fob": ("KeyFobSignal", "In or out of its holder."),
    "mileage_in_kilometers": ("NumberSignal", ""),
    "state_of_charge_or_fuel_level_in_percent": ("NumberSignal", ""),
    "board_voltage": ("NumberSignal", ""),
    "speed_in_kilometers_per_hour": ("NumberSignal", ""),
    "position": ("PositionSignal", ""),
    "cellular_signal_quality": ("NumberSignal", "From 0 to 5."),
    "bluetooth_connected": ("FlagSignal", ""),
    "alarm_input": ("FlagSignal", ""),
}


def described(kind: str, description: str) -> dict:
    if description:
        return {"allOf": [reference(kind)], "description": description}
    return reference(kind)


# One format everywhere: what the vehicle's model can report, each signal with its time. More may come.
VEHICLE_SIGNALS = {
    "type": "object",
    "properties": {name: described(*kind) for name, kind in SIGNALS.items()},
    "additionalProperties": reference("OtherSignal"),
}
# What the document of an API with signals has among its components.
COMPONENTS = {
    "Signals": VEHICLE_SIGNALS,
    "Position": POSITION,
    **{name: signal(value) for name, value in KINDS.items()},
    **{name: {"type": "string", "enum": words} for name, words in STATES.items()},
}


EXAMPLE = {"central_lock": {"value": "locked", "timestamp": "2026-11-28T09:14:00Z"}}


@extend_schema_field(nullable("Signals"))
class Signals(Plain):
    """null before there are any."""


@extend_schema_serializer(component_name="Command")
class CommandShape(Shape):
    example = {
        "id": "01JDG4M4Q2W8Z3V5T7Y9R1N6KD",
        "name": "lock-central-lock",
        "status": "DONE",
        "state": EXAMPLE,
        "error": None,
    }

    id = serializers.CharField()
    name = serializers.ChoiceField(list(VERBS.items()), source="verb")
    status = serializers.ChoiceField(Status.choices)
    state = Signals(source="shown_state")
    error = KnownText()
