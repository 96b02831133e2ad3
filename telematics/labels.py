"""What a fleet writes on its vehicles: custom fields and tags. How they are read and what bounds them."""

from collections.abc import Iterable, Mapping
from typing import Any

from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from core.values.texts import LINE

MOST_FIELDS = 50
LONGEST_NAME = 50
LONGEST_VALUE = 500
MOST_TAGS = 50
LONGEST_TAG = 50

NO_NAME = _("Enter a name.")
TOO_LONG = _("Use at most %(most)s characters.")
TOO_MANY_FIELDS = _("A vehicle has at most %(most)s custom fields.")
TOO_MANY_TAGS = _("A vehicle has at most %(most)s tags.")


def read_custom_fields(given: Mapping[str, str | None]) -> dict[str, str | None]:
    """Return names and values in the form in which they are stored. None and blank values stay as None.

    Raises ValidationError with every error at the name it is about.
    """
    errors: dict[str, Any] = {}
    read: dict[str, str | None] = {}
    for name, value in given.items():
        try:
            key = _line(name, LONGEST_NAME)
            if not key:
                raise ValidationError(NO_NAME, code="required")
            read[key] = _line(value or "", LONGEST_VALUE) or None
        except ValidationError as wrong:
            errors[name] = wrong
    if errors:
        raise ValidationError(errors)
    return read


def check_number_of_fields(fields: Mapping[str, str]) -> None:
    """Raise ValidationError for more fields than a vehicle may have."""
    if len(fields) > MOST_FIELDS:
        raise ValidationError(TOO_MANY_FIELDS, code="too_many", params={"most": MOST_FIELDS})


def read_tags(given: Iterable[str]) -> list[str]:
    """Return the tags in the form in which they are stored: sorted, each once. Raises ValidationError."""
    return sorted({tag for text in given if (tag := _line(text, LONGEST_TAG))})


def check_number_of_tags(tags: Iterable[str]) -> None:
    """Raise ValidationError for more tags than a vehicle may have."""
    if len(list(tags)) > MOST_TAGS:
        raise ValidationError(TOO_MANY_TAGS, code="too_many", params={"most": MOST_TAGS})


def read(fields: dict[str, Any]) -> tuple[dict[str, Any], dict[str, Any]]:
    """Read the custom fields and tags among the fields of a new vehicle. Return them with what is wrong, by name."""
    errors: dict[str, Any] = {}
    if "custom_fields" in fields:
        try:
            named = read_custom_fields(fields["custom_fields"])
            kept = {name: value for name, value in named.items() if value is not None}
            check_number_of_fields(kept)
            fields = fields | {"custom_fields": kept}
        except ValidationError as wrong:
            errors |= _below("custom_fields", wrong)
    if "tags" in fields:
        try:
            tags = read_tags(fields["tags"])
            check_number_of_tags(tags)
            fields = fields | {"tags": tags}
        except ValidationError as wrong:
            errors |= _below("tags", wrong)
    if errors:
        fields = {
            name: value for name, value in fields.items() if name not in ("custom_fields", "tags")
        }
    return fields, errors


def _below(name: str, wrong: ValidationError) -> dict[str, Any]:
    if hasattr(wrong, "error_dict"):
        return {f"{name}.{key}": errors for key, errors in wrong.error_dict.items()}
    return {name: wrong.error_list}


def _line(text: str, most: int) -> str:
    line = LINE.read(text)
    if len(line) > most:
        raise ValidationError(TOO_LONG, code="max_length", params={"most": most})
    return line
