"""The parts of a vehicle in OneAPI: master data, model, custom fields, tags, status, state, capabilities."""

from django.core.exceptions import ValidationError
from drf_spectacular.utils import OpenApiExample, extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from core.limits import Bucket
from fleetcontrol.api import limits
from fleetcontrol.api.vehicle_shapes import (
    CUSTOM_FIELDS,
    EXAMPLE_FIELDS,
    STATE,
    CapabilitiesShape,
    CustomFields,
    MasterDataShape,
    OperationStatusShape,
    VehicleShape,
    capabilities_of,
    state_of,
)
from fleetcontrol.api.vehicle_values import (
    CUSTOM_FIELD_VALUES,
    MasterDataValues,
    OperationStatusValues,
    TagChanges,
    TagValues,
    VehicleModelChoice,
    columns_of,
    custom_field_values,
)
from fleetcontrol.api.vehicles import READ, WRITE, VehicleView, chosen_model
from fleetcontrol.api.versions import IF_MATCH
from telematics.web.shapes import EXAMPLE


class MasterData(VehicleView):
    rights = {"GET": READ, "PATCH": WRITE}
    keys = {"PATCH": False}
    reads = {"PATCH": [IF_MATCH]}
    refuses = {"PATCH": ("stale", "vehicle_archived", "vin_in_fleet")}

    @extend_schema(operation_id="show_master_data", responses=MasterDataShape)
    def get(self, request: Request, vehicle_id: str) -> Response:
        """Show the master data of a vehicle.

        What identifies and describes it. A missing value is null.
        """
        return self.part(MasterDataShape)

    @extend_schema(
        operation_id="change_master_data", request=MasterDataValues, responses=MasterDataShape
    )
    def patch(self, request: Request, vehicle_id: str) -> Response:
        """Change master data.

        Only the fields that are named are changed; null clears one.
        """

        def change() -> None:
            self.edits.set_master_data(**columns_of(self.given(MasterDataValues)))

        self.change(change)
        return self.part(MasterDataShape)


class ModelOfVehicle(VehicleView):
    rights = {"PUT": WRITE}
    keys = {"PUT": False}
    reads = {"PUT": [IF_MATCH]}
    refuses = {"PUT": ("stale", "vehicle_archived", "referenced_resource_not_found")}

    @extend_schema(
        operation_id="set_vehicle_model", request=VehicleModelChoice, responses=VehicleShape
    )
    def put(self, request: Request, vehicle_id: str) -> Response:
        """Set the vehicle model.

        It says what the vehicle can do and report. null: not known.
        """

        def change() -> None:
            model_id = self.given(VehicleModelChoice)["vehicle_model_id"]
            try:
                self.edits.set_vehicle_model(chosen_model(model_id))
            except ValidationError as unsupported:
                raise ValidationError({"vehicle_model_id": unsupported.messages}) from unsupported

        self.change(change)
        return self.part(VehicleShape)


FIELDS_EXAMPLE = [OpenApiExample("Example", EXAMPLE_FIELDS)]
FIELDS = {"application/json": CUSTOM_FIELD_VALUES}


class CustomFieldsOfVehicle(VehicleView):
    rights = {"GET": READ, "PATCH": WRITE, "PUT": WRITE}
    keys = {"PATCH": False, "PUT": False}
    reads = {"PATCH": [IF_MATCH], "PUT": [IF_MATCH]}
    refuses = dict.fromkeys(("PATCH", "PUT"), ("stale", "vehicle_archived"))

    @extend_schema(
        operation_id="show_custom_fields", responses={200: CUSTOM_FIELDS}, examples=FIELDS_EXAMPLE
    )
    def get(self, request: Request, vehicle_id: str) -> Response:
        """Show the custom fields of a vehicle.

        Names and texts that the fleet has chosen.
        """
        return self.fields()

    @extend_schema(
        operation_id="change_custom_fields",
        request=FIELDS,
        responses={200: CUSTOM_FIELDS},
        examples=FIELDS_EXAMPLE,
    )
    def patch(self, request: Request, vehicle_id: str) -> Response:
        """Change custom fields.

        Only those that are named are changed; null removes one. A vehicle has at most 50.
        """
        self.change(lambda: self.edits.set_custom_fields(custom_field_values(request.data)))
        return self.fields()

    @extend_schema(
        operation_id="replace_custom_fields",
        request=FIELDS,
        responses={200: CUSTOM_FIELDS},
        examples=FIELDS_EXAMPLE,
    )
    def put(self, request: Request, vehicle_id: str) -> Response:
        """Replace all custom fields.

        Those that are not named are removed. A vehicle has at most 50.
        """
        self.change(
            lambda: self.edits.set_custom_fields(custom_field_values(request.data), replace=True)
        )
        return self.fields()

    def fields(self) -> Response:
        return self.answer(CustomFields().to_representation(self.vehicle.custom_fields))


class TagsOfVehicle(VehicleView):
    rights = {"PUT": WRITE, "PATCH": WRITE}
    keys = {"PUT": False, "PATCH": False}
    reads = {"PUT": [IF_MATCH], "PATCH": [IF_MATCH]}
    refuses = dict.fromkeys(("PATCH", "PUT"), ("stale", "vehicle_archived"))

    @extend_schema(operation_id="replace_tags", request=TagValues, responses=VehicleShape)
    def put(self, request: Request, vehicle_id: str) -> Response:
        """Replace the tags of a vehicle.

        Each tag is kept once. A vehicle has at most 50.
        """
        self.change(lambda: self.edits.set_tags(self.given(TagValues)["tags"]))
        return self.part(VehicleShape)

    @extend_schema(operation_id="change_tags", request=TagChanges, responses=VehicleShape)
    def patch(self, request: Request, vehicle_id: str) -> Response:
        """Add and remove tags of a vehicle.

        Tags that are not named stay. A tag that is in both lists is removed.
        """
        self.change(lambda: self.edits.change_tags(**self.given(TagChanges)))
        return self.part(VehicleShape)


class StatusOfVehicle(VehicleView):
    rights = {"PUT": WRITE}
    keys = {"PUT": False}
    reads = {"PUT": [IF_MATCH]}
    refuses = {"PUT": ("stale", "vehicle_archived")}

    @extend_schema(
        operation_id="set_operation_status",
        request=OperationStatusValues,
        responses=OperationStatusShape,
    )
    def put(self, request: Request, vehicle_id: str) -> Response:
        """Set the operation status.

        With a remark for people. `changed_at` is when the status itself last changed.
        """

        def change() -> None:
            given = self.given(OperationStatusValues)
            self.edits.set_operation_status(given["operation_status"], remark=given["remark"])

        self.change(change)
        return self.part(OperationStatusShape)


class StateOfVehicle(VehicleView):
    rights = {"GET": READ}

    def own_buckets(self) -> list[Bucket]:
        key = f"oneapi:state:{self.caller.principal}:{self.kwargs['vehicle_id']}"
        return [Bucket(key, limits.STATES_PER_SECOND, limits.STATES_AT_ONCE)]

    @extend_schema(
        operation_id="show_state",
        responses={200: STATE},
        examples=[OpenApiExample("Example", EXAMPLE, response_only=True, status_codes=["200"])],
    )
    def get(self, request: Request, vehicle_id: str) -> Response:
        """Show the state of a vehicle.

        The last value of each signal that the vehicle's model supports, with its time. Empty before the first message.
        To follow vehicles, receive messages instead of calling this again and again: it answers once a second for each
        vehicle.
        """
        return Response(state_of(self.vehicle))


class CapabilitiesOfVehicle(VehicleView):
    rights = {"GET": READ}

    @extend_schema(operation_id="show_capabilities", responses=CapabilitiesShape)
    def get(self, request: Request, vehicle_id: str) -> Response:
        """Show what a vehicle can do and report.

        The commands that its model supports, and the signals of its state. Both are empty while the model is not known.
        """
        return Response(CapabilitiesShape.of(capabilities_of(self.vehicle)))
