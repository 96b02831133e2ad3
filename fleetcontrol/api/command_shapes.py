"""Commands as OneAPI returns them."""

from typing import Any

from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import extend_schema_field, extend_schema_serializer
from rest_framework import serializers

from core.web.api.open_document import NULL, reference
from core.web.api.serializers import Plain, Shape
from fleetcontrol.api.lists import list_shape
from fleetcontrol.api.vehicle_shapes import OrNull
from telematics.models import Command, Key
from telematics.models.command import Status
from telematics.verbs import LOCK
from telematics.web.shapes import EXAMPLE


@extend_schema_serializer(component_name="CommandSender")
class SenderShape(Shape):
    example = {"kind": "CLIENT", "name": "Booking"}

    kind = serializers.CharField(
        source="key.kind", help_text=_("One of: %(words)s.") % {"words": ", ".join(Key.Kind.values)}
    )
    name = serializers.SerializerMethodField(help_text=_("Of the person or the API client."))

    @extend_schema_field(serializers.CharField(allow_null=True))
    def get_name(self, command: Command) -> str | None:
        sender = command.sender
        return sender.name if sender is not None else None


@extend_schema_field({"anyOf": [reference("VehicleState"), NULL]})
class StateOrNull(Plain):
    """null before there is one, and where it is not the caller's to know."""


@extend_schema_serializer(component_name="VehicleCommand")
class VehicleCommandShape(Shape):
    example = {
        "id": "01JDG4M4Q2W8Z3V5T7Y9R1N6KD",
        "vehicle_id": "QX7A1",
        "name": LOCK,
        "status": "DONE",
        "state": EXAMPLE,
        "error": None,
        "sender": SenderShape.example,
        "created_at": "2026-11-28T09:14:00Z",
        "sent_at": "2026-11-28T09:14:00Z",
        "settled_at": "2026-11-28T09:14:03Z",
    }

    id = serializers.CharField()
    vehicle_id = serializers.CharField()
    name = serializers.CharField(source="verb")
    status = serializers.CharField(
        help_text=_("One of: %(words)s.") % {"words": ", ".join(Status.values)}
    )
    state = StateOrNull(source="shown_state")
    error = OrNull(help_text=_("Why it was not carried out."))
    sender = SenderShape(source="*")
    created_at = serializers.DateTimeField()
    sent_at = serializers.DateTimeField(allow_null=True)
    settled_at = serializers.DateTimeField(allow_null=True)

    def to_representation(self, command: Command) -> dict[str, Any]:
        """Nobody reads the result of a command that an installer or a test sent but they themselves."""
        shown = super().to_representation(command)
        if not command.is_fleets:
            shown |= {"state": None, "error": None}
        return shown


VehicleCommandList = list_shape(VehicleCommandShape, "VehicleCommandList")
