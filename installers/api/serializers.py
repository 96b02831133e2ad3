"""What the SmartControl API takes: strictly, every error at once."""

from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _
from rest_framework import serializers

from core.normal import normalise
from core.web.serializers import Choice, Flag, StrictSerializer, Text, Whole
from jobs.models import InstallationTest, Job
from telematics.models import VehicleModel
from telematics.models.specification import (
    CentralLockConnectionType,
    FuelType,
    InstallationVariant,
    Transmission,
    VehicleType,
)
from telematics.models.vehicle import vin_validator

# The columns of the import name another row's key with `_id`; so does this API.
COLUMNS = {"vehicle_model": "vehicle_model_id"}
# Of a PositiveSmallIntegerField; the model knows the sense, this the size.
YEARS = {"min_value": 1980, "max_value": 9999}


class LinkUnit(StrictSerializer):
    qnr = Text(max_length=64, help_text=_("As printed on the unit; blanks, hyphens and case do not matter."))

    def validate_qnr(self, text: str) -> str:
        return normalise(text)


class HandBack(StrictSerializer):
    reason = Text(max_length=2000)


class RequestTests(StrictSerializer):
    kinds = serializers.ListField(
        child=Choice(choices=InstallationTest.Kind.choices),
        required=False,
        allow_empty=False,
        max_length=50,
        help_text=_("Left out: all required ones."),
    )


class Confirm(StrictSerializer):
    prompt = Text(max_length=26, required=False, help_text=_("May be left out while only one is open."))
    observed = Flag(help_text=_("Whether it is as the prompt says."))


class Finish(StrictSerializer):
    outcome = Choice(choices=[Job.Status.SUCCEEDED.value, Job.Status.FAILED.value])
    comment = Text(max_length=2000, required=False, allow_blank=True, default="")
    reason = Choice(choices=Job.FailureReason.choices, required=False)

    def validate(self, data: dict) -> dict:
        failed = data["outcome"] == Job.Status.FAILED
        errors = {}
        if failed and not data["comment"]:
            errors["comment"] = _("Say what stood in the way.")
        if not failed and "reason" in data:
            errors["reason"] = _("Only a failed job has a reason.")
        if errors:
            raise serializers.ValidationError(errors)
        return data


class FillIn(StrictSerializer):
    """Named as the columns of the import. null or "" leaves a field open again."""

    license_plate = Text(max_length=20, required=False, allow_blank=True, allow_null=True)
    vin = Text(max_length=32, required=False, allow_blank=True, allow_null=True)
    custom_name = Text(max_length=100, required=False, allow_blank=True, allow_null=True)
    vehicle_model_id = Text(max_length=26, required=False, allow_null=True)
    brand = Text(max_length=100, required=False, allow_blank=True, allow_null=True)
    model = Text(max_length=100, required=False, allow_blank=True, allow_null=True)
    fuel_type = Choice(choices=FuelType.choices, required=False, allow_blank=True, allow_null=True)
    year_of_production = Whole(required=False, allow_null=True, **YEARS)
    vehicle_type = Choice(choices=VehicleType.choices, required=False, allow_blank=True, allow_null=True)
    transmission = Choice(choices=Transmission.choices, required=False, allow_blank=True, allow_null=True)
    installation_variant = Choice(
        choices=InstallationVariant.choices, required=False, allow_blank=True, allow_null=True
    )
    central_lock_connection_type = Choice(
        choices=CentralLockConnectionType.choices, required=False, allow_blank=True, allow_null=True
    )
    auto_immo_control = Flag(required=False, allow_null=True)
    driving_events = Flag(required=False, allow_null=True)
    damage_detection = Flag(required=False, allow_null=True)
    tracking = Flag(required=False, allow_null=True)
    smoke_detection = Flag(required=False, allow_null=True)

    def validate_vin(self, text: str | None) -> str:
        vin = (text or "").upper()
        if vin:
            vin_validator(vin)
        return vin

    def validate_vehicle_model_id(self, key: str | None) -> VehicleModel | None:
        if key is None:
            return None
        try:
            return VehicleModel.objects.active().get(pk=key)
        except (VehicleModel.DoesNotExist, ValidationError):
            raise serializers.ValidationError(_("There is no such vehicle model.")) from None

    def values(self) -> dict:
        """As the job's fields take them: a text that is left open is blank, another row stands under its own name."""
        return {
            attribute(name): ""
            if value is None and isinstance(self.fields[name], Text | Choice) and name != "vehicle_model_id"
            else value
            for name, value in self.validated_data.items()
        }


def attribute(column: str) -> str:
    return next((name for name, renamed in COLUMNS.items() if renamed == column), column)


def column(name: str) -> str:
    return COLUMNS.get(name, name)
