"""What both APIs read of a job: a value means the same in each of them."""

from core.web.api.serializers import Choice, Flag, StrictSerializer, Text, Whole
from telematics.models.specification import (
    CentralLockConnectionType,
    FuelType,
    InstallationVariant,
    Transmission,
    VehicleType,
)
from telematics.values import MODEL_NAME, PLATE, VIN, VIN_LENGTH

# The bounds that the database can store. The model checks which years make sense.
FIRST_YEAR = 1980
LAST_YEAR = 9999


class SpecificationValues(StrictSerializer):
    """The identity and the specification of a job, named as the columns of the import. null or "" is blank."""

    license_plate = Text(
        kind=PLATE, max_length=20, required=False, allow_blank=True, allow_null=True
    )
    vin = Text(
        kind=VIN,
        max_length=VIN_LENGTH,
        required=False,
        allow_blank=True,
        allow_null=True,
    )
    custom_name = Text(
        max_length=100,
        required=False,
        allow_blank=True,
        allow_null=True,
    )
    vehicle_model_id = Text(max_length=26, required=False, allow_null=True)
    brand = Text(
        kind=MODEL_NAME,
        max_length=100,
        required=False,
        allow_blank=True,
        allow_null=True,
    )
    model = Text(
        kind=MODEL_NAME,
        max_length=100,
        required=False,
        allow_blank=True,
        allow_null=True,
    )
    fuel_type = Choice(
        choices=FuelType.choices,
        required=False,
        allow_blank=True,
        allow_null=True,
    )
    year_of_production = Whole(
        required=False, allow_null=True, min_value=FIRST_YEAR, max_value=LAST_YEAR
    )
    vehicle_type = Choice(
        choices=VehicleType.choices, required=False, allow_blank=True, allow_null=True
    )
    transmission = Choice(
        choices=Transmission.choices, required=False, allow_blank=True, allow_null=True
    )
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
