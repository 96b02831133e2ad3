"""The answers of the SmartControl API. These classes render them and describe them in its OpenAPI document.

Here are people, fleets and vehicle models; jobs and what they consist of are in modules of their own.
"""

from typing import Any

from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import extend_schema_serializer
from rest_framework import serializers

from accounts.models import CompanyMembership
from core.web.api.cursors import page_shape
from core.web.api.serializers import KnownText, Shape
from installers.api import examples
from telematics.models.specification import (
    CentralLockConnectionType,
    FuelType,
    InstallationVariant,
    VehicleType,
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


class JobPlace(Shape):
    """A garage or depot of the fleet."""

    example = examples.PLACE

    id = serializers.CharField()
    name = serializers.CharField()
    address = KnownText()
    contact = KnownText()
    opening_hours = KnownText()


class Client(Fleet):
    """A fleet that works with the company."""

    example = examples.JOB_SUMMARY["fleet"]


VehicleModelPage = page_shape(VehicleModelShape, "VehicleModelPage")
MODEL_ROW = tuple(VehicleModelShape().fields)


def model_row(row: dict[str, Any]) -> dict[str, Any]:
    """`VehicleModelShape` of one row; `.values()` may have read more."""
    return {name: row[name] for name in MODEL_ROW}
