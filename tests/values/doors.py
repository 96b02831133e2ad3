"""Every place at which a text enters: found in the code, so that a new one is among them."""

import importlib
import pkgutil
from collections.abc import Callable, Iterator
from copy import deepcopy
from typing import Any, NamedTuple

from django import forms
from django.apps import apps
from django.contrib import admin
from django.core.exceptions import ValidationError
from django.core.validators import RegexValidator
from django.db import models
from rest_framework import serializers

from core.values.text_fields import LineFormField, TextField
from core.values.texts import Lines
from core.web.admin import ReadOnlyAdmin
from core.web.api.serializers import StrictSerializer, Text
from jobs.importing.characters import clean
from jobs.importing.columns import COLUMNS
from jobs.importing.errors import BadCell
from jobs.importing.rules import Qnr, Vin
from jobs.importing.rules import Text as TextRule
from telematics.values import QNR, VIN

ROOMS = ("accounts", "core", "fleetcontrol", "installers", "jobs", "telematics")
REFUSED = object()


class Door(NamedTuple):
    name: str
    field: str
    kind: Lines
    length: int | None
    read: Callable[[str], Any]

    def outcome(self, text: str) -> Any:
        """What is stored for a text; REFUSED for one that is not taken here."""
        try:
            return self.read(text) or ""
        except (ValidationError, serializers.ValidationError, BadCell):
            return REFUSED


def all_modules() -> None:
    for room in ROOMS:
        package = importlib.import_module(room)
        for module in pkgutil.walk_packages(package.__path__, f"{room}."):
            if ".migrations" not in module.name:
                importlib.import_module(module.name)


def below(base: type) -> Iterator[type]:
    for one in base.__subclasses__():
        yield from below(one)
        if one.__module__.split(".")[0] in ROOMS:
            yield one


def fields_of_forms() -> Iterator[tuple[str, str, forms.Field]]:
    for form in below(forms.BaseForm):
        for name, field in getattr(form, "base_fields", {}).items():
            yield f"{form.__module__}.{form.__qualname__}", name, field


def fields_of_serializers() -> Iterator[tuple[str, str, serializers.Field]]:
    for serializer in below(StrictSerializer):
        for name, field in serializer().get_fields().items():
            yield f"{serializer.__module__}.{serializer.__qualname__}", name, field


def fields_of_admin() -> Iterator[tuple[str, str, forms.Field]]:
    for page in admin.site._registry.values():
        if isinstance(page, ReadOnlyAdmin) or page.model.__module__.split(".")[0] not in ROOMS:
            continue
        for column in page.model._meta.concrete_fields:
            if column.editable and isinstance(column, models.CharField | models.TextField):
                field = page.formfield_for_dbfield(column, request=None)
                yield f"admin of {page.model._meta.label}", column.name, field


def columns() -> Iterator[tuple[str, models.Field]]:
    """The text columns of our tables."""
    for model in apps.get_models():
        if model.__module__.split(".")[0] not in ROOMS:
            continue
        for field in model._meta.concrete_fields:
            if isinstance(field, models.CharField | models.TextField):
                yield f"{model._meta.label}.{field.name}", field


def doors() -> list[Door]:
    all_modules()
    found = [*of_forms(), *of_serializers(), *of_columns(), *of_import()]
    return sorted(set(found), key=lambda door: door[:2])


def of_forms() -> Iterator[Door]:
    for owner, name, field in (*fields_of_forms(), *fields_of_admin()):
        if type(field).to_python is LineFormField.to_python:
            yield Door(owner, name, field.kind, field.max_length, optional(field).clean)


def optional(field: Any) -> Any:
    field = deepcopy(field)
    field.required = False
    return field


def of_serializers() -> Iterator[Door]:
    for owner, name, field in fields_of_serializers():
        if isinstance(field, Text) and not has_form(field):
            field.allow_blank = True
            yield Door(owner, name, field.kind, field.max_length, field.run_validation)


def has_form(field: Text) -> bool:
    """Whether it takes ids and no free text."""
    return any(isinstance(validator, RegexValidator) for validator in field.validators)


def of_columns() -> Iterator[Door]:
    for owner, field in columns():
        if isinstance(field, TextField) and field.name != "time_zone":  # one of a list
            yield Door("column", owner, field.kind, field.max_length, column_reader(field))


def column_reader(field: Any) -> Callable[[str], Any]:
    def read(text: str) -> Any:
        value = field.to_python(text)
        field.run_validators(value)
        if value:
            field.validate(value, None)
        return value

    return read


def of_import() -> Iterator[Door]:
    kinds = {Vin: VIN, Qnr: QNR}
    for column in COLUMNS:
        rule = column.rule
        if isinstance(rule, TextRule):
            yield Door("import", column.name, rule.kind, rule.length, cell_reader(rule))
        elif type(rule) in kinds:
            yield Door("import", column.name, kinds[type(rule)], None, cell_reader(rule))


def cell_reader(rule: Any) -> Callable[[str], Any]:
    def read(text: str) -> Any:
        cell = clean(text)
        return rule.read(cell) if cell else ""

    return read
