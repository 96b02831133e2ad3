"""The request bodies of the SmartControl API: strict, with every error at once."""

from typing import Any

from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from core import context
from core.values.texts import LINES
from core.web.api.serializers import (
    NAMED,
    OBJECT_EXPECTED,
    Array,
    Choice,
    Flag,
    StrictSerializer,
    Text,
)
from jobs.models import InstallationTest, Job
from jobs.models.choices import PhotoKind
from jobs.pictures.picture import Picture, read
from jobs.web.values import SpecificationValues
from telematics.models import VehicleModel
from telematics.values import NAMING_QNR, VIN, VIN_LENGTH

# As in the columns of the import, the key of another row ends in `_id`.
COLUMNS = {"vehicle_model": "vehicle_model_id"}
FIELDS = {"vehicle_model_id": "vehicle_model"}


class UnitLink(StrictSerializer):
    example = {"qnr": "00A1-B2C3-D4E5-F607"}

    qnr = Text(
        kind=NAMING_QNR,
        max_length=64,
        help_text=_("The QNR printed on the unit. Blanks, hyphens and case are ignored."),
    )
    removed_qnr = Text(
        kind=NAMING_QNR,
        max_length=64,
        required=False,
        help_text=_("The QNR of the unit that is taken out. Required where a unit is replaced."),
    )


class HandbackReason(StrictSerializer):
    example = {"reason": "The vehicle belongs to another site."}

    reason = Text(
        kind=LINES, max_length=2000, help_text=_("Why the job goes back. The fleet reads it.")
    )


class TestSelection(StrictSerializer):
    example = {"kinds": ["CENTRAL_LOCK"]}

    kinds = Array(
        child=Choice(choices=InstallationTest.Kind.choices),
        required=False,
        allow_empty=False,
        min_length=1,
        max_length=50,
        help_text=_("The kinds of test to run. Without it, all required tests run."),
    )


class Confirmation(StrictSerializer):
    example = {"prompt": "01JDG4M4Q2W8Z3V5T7Y9R1N6KE", "observed": True}

    prompt = Text(
        max_length=26,
        required=False,
        help_text=_("The id of the prompt. Optional while only one is open."),
    )
    observed = Flag(help_text=_("Whether the person saw what the prompt describes."))


class Outcome(StrictSerializer):
    example = {
        "outcome": "FAILED",
        "comment": "Nobody had the keys.",
        "reason": "VEHICLE_ABSENT",
    }

    outcome = Choice(choices=[Job.Status.SUCCEEDED.value, Job.Status.FAILED.value])
    comment = Text(
        kind=LINES,
        max_length=2000,
        required=False,
        allow_blank=True,
        default="",
        help_text=_("Required for a failed job."),
    )
    reason = Choice(
        choices=Job.FailureReason.choices,
        required=False,
        help_text=_("Only for a failed job. OTHER if left out."),
    )
    confirmed_vin = Text(
        kind=VIN,
        max_length=VIN_LENGTH,
        required=False,
        help_text=_(
            "The `read_vin` that the person has confirmed although the job has another VIN. Not for a failed job."
        ),
    )

    def validate(self, data: dict[str, Any]) -> dict[str, Any]:
        failed = data["outcome"] == Job.Status.FAILED
        errors = {}
        if failed and not data["comment"]:
            errors["comment"] = _("Say why the job failed.")
        if not failed and "reason" in data:
            errors["reason"] = _("Only a failed job has a reason.")
        if failed and "confirmed_vin" in data:
            errors["confirmed_vin"] = _("A failed job needs no VIN.")
        if errors:
            raise serializers.ValidationError(errors)
        return data


@extend_schema_field({"type": "string", "format": "date-time"})
class ClaimedTime(serializers.Field):
    """A time that is kept if it makes sense, and otherwise marked: no text is refused."""

    default_error_messages = {"invalid": serializers.CharField.default_error_messages["invalid"]}

    def to_internal_value(self, data: Any) -> context.Occurrence:
        if not isinstance(data, str):
            self.fail("invalid")
        return context.Occurrence.read(data)


class PhotoForm(StrictSerializer):
    """The parts of the form."""

    example = {"kind": "MOUNTING", "taken_at": "2026-11-28T09:20:11Z", "file": "mounting.jpg"}

    kind = Choice(choices=PhotoKind.choices)
    taken_at = ClaimedTime(
        required=False,
        default=context.occurrence,
        help_text=_(
            "When it was taken: ISO 8601 with a time zone. Without it, `Occurred-At` counts. A time that cannot be "
            "read or is more than 30 days off is kept as null."
        ),
    )
    file = serializers.FileField(
        max_length=1000,
        help_text=_("JPEG, PNG or WebP, up to 8 MB and 40 megapixels."),
    )

    def validate_file(self, upload: Any) -> Picture:
        return read(upload)

    def surplus(self, data: Any) -> dict[str, list]:
        errors = super().surplus(data)
        if not hasattr(data, "getlist"):  # there was no form at all
            return errors
        for name in self.fields:
            if len(data.getlist(name)) > 1:
                errors[str(name)] = [_("This name appears twice.")]
        return errors


class SimpleValue(serializers.Field):
    """A value of any simple type."""

    default_error_messages = {"invalid": _("A text, a number, true, false or null.")}

    def to_internal_value(self, data: Any) -> Any:
        if not isinstance(data, str | int | float):
            self.fail("invalid")
        return data


class Columns(SpecificationValues):
    def validate_vehicle_model_id(self, key: str | None) -> VehicleModel | None:
        if key is None:
            return None
        try:
            return VehicleModel.objects.active().get(pk=key)
        except (VehicleModel.DoesNotExist, ValidationError):
            raise serializers.ValidationError(_("There is no such vehicle model.")) from None


@extend_schema_field(
    {
        "title": "ExpectedValues",
        "type": "object",
        "propertyNames": {"enum": list(Columns().fields)},
        "additionalProperties": {"type": ["string", "number", "boolean", "null"]},
    }
)
class ExpectedValues(serializers.DictField):
    """A value of any simple type for each of some columns."""

    default_error_messages = {"not_a_dict": OBJECT_EXPECTED}
    child = SimpleValue(allow_null=True)


class FieldValues(Columns):
    """The columns of the import. null or "" clears a field."""

    example = {
        "license_plate": "B QX 2041",
        "vin": "WVWZZZ1KZAW000123",
        "tracking": True,
    }

    expected = ExpectedValues(
        required=False,
        help_text=_(
            "By field, the value that was read, null for a blank one. 409 `field_changed` if it is another one now."
        ),
    )

    def validate_expected(self, expected: dict[str, Any]) -> dict[str, Any]:
        unknown = [name for name in expected if name not in self.fields or name == "expected"]
        if unknown:
            raise serializers.ValidationError(
                {name: [_("There is no such field.")] for name in unknown[:NAMED]}
            )
        return {field_of(name): None if value == "" else value for name, value in expected.items()}

    def values(self) -> dict[str, Any]:
        """The values by the names of the job's fields. A cleared text is blank."""
        values = {}
        for name, value in self.validated_data.items():
            if name == "expected":
                continue
            if value is None and self._is_text(name):
                value = ""
            values[field_of(name)] = value
        return values

    def _is_text(self, name: str) -> bool:
        return isinstance(self.fields[name], Text | Choice) and name not in FIELDS


def column(field: str) -> str:
    """The name of a job's field in this API."""
    return COLUMNS.get(field, field)


def field_of(column: str) -> str:
    """The job's field behind a name of this API."""
    return FIELDS.get(column, column)
