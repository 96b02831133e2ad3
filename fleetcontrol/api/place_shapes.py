"""A place of the fleet, as OneAPI returns it with its jobs and vehicles."""

from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import extend_schema_serializer
from rest_framework import serializers

from core.web.api.serializers import KnownText, Shape

EXAMPLE = {
    "id": "01JDG4M4Q2W8Z3V5T7Y9R1N6KP",
    "name": "Depot North",
    "address": "Yard 3, 13355 Berlin",
    "contact": "Gate, +49 30 123456",
    "opening_hours": "Mon–Fri 8–18",
}


@extend_schema_serializer(component_name="Place")
class PlaceShape(Shape):
    example = EXAMPLE

    id = serializers.CharField()
    name = serializers.CharField()
    address = KnownText()
    contact = KnownText()
    opening_hours = KnownText(help_text=_("As people write them, e.g. `Mon–Fri 8–18`."))
