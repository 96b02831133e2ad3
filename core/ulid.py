"""ULIDs: ids that sort by the time they were made, 26 characters to a reader and 16 bytes to the database."""

import re
import uuid
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.core.exceptions import ValidationError
from django.db import models
from django.utils.translation import gettext_lazy as _
from ulid import ULID

# Crockford's digits as int() reads them: decoding sign by sign is what a large insert would spend its time on.
_SIGNS = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
_DIGITS = str.maketrans(_SIGNS, "0123456789ABCDEFGHIJKLMNOPQRSTUV")
# Two signs at a time: reading a long list would otherwise spend its time on this.
_PAIRS = [first + second for first in _SIGNS for second in _SIGNS]
_TEXT = re.compile("[0-7][0-9A-HJKMNP-TV-Z]{25}")


def new_ulid() -> str:
    return str(ULID())


def first_ulid(at: datetime) -> str:
    """The least ULID of a time: those made from then on are not before it."""
    milliseconds = int(at.timestamp() * 1000)
    return str(ULID.from_int(milliseconds << 80))


class ULIDField(models.UUIDField):
    """A ULID over the database's own uuid. In Python it is the 26-character text."""

    _pyi_private_get_type: str  # for mypy, which otherwise takes it for a UUID

    default_error_messages = {"invalid": _("“%(value)s” is not an id.")}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        if kwargs.get("primary_key"):
            kwargs.setdefault("default", new_ulid)
            kwargs.setdefault("editable", False)
        super().__init__(*args, **kwargs)

    def deconstruct(self) -> tuple[str, str, Sequence[Any], dict[str, Any]]:
        name, path, args, kwargs = super().deconstruct()
        # The default is Python's, so a migration that named it would change with our code.
        kwargs.pop("default", None)
        return name, path, args, kwargs

    def to_python(self, value: Any) -> Any:
        if value is None:
            return None
        try:
            return str(_parse(value))
        except (ValueError, TypeError, AttributeError) as error:
            raise ValidationError(
                self.error_messages["invalid"], code="invalid", params={"value": value}
            ) from error

    def get_db_prep_value(self, value: Any, connection: Any, prepared: Any = False) -> Any:
        if value is None:
            return None
        if isinstance(value, str) and _TEXT.fullmatch(value):
            as_uuid = uuid.UUID(int=int(value.translate(_DIGITS), 32))
        else:
            as_uuid = _parse(self.to_python(value)).to_uuid()
        if connection.features.has_native_uuid_field:
            return as_uuid
        return as_uuid.hex

    def from_db_value(self, value: Any, expression: Any, connection: Any) -> Any:
        if value is None:
            return None
        if isinstance(value, uuid.UUID):
            number = value.int
            return "".join([_PAIRS[number >> shift & 1023] for shift in range(120, -1, -10)])
        return str(_parse(value))

    def formfield(self, **kwargs: Any) -> Any:
        from django import forms

        return models.Field.formfield(
            self, **{"form_class": forms.CharField, "max_length": 26, **kwargs}
        )


def _parse(value: Any) -> ULID:
    if isinstance(value, ULID):
        return value
    if isinstance(value, uuid.UUID):
        return ULID.from_uuid(value)
    text = str(value)
    if len(text) == 26:
        return ULID.from_str(text.upper())
    return ULID.from_uuid(uuid.UUID(text))
