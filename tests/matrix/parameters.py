"""The names in queries and bodies that name a thing: each is tried with what is not the reader's.

They are found in the code: the fields of all forms, filters and serializers, the parameters of both OpenAPI documents,
and what views read by hand. A name that is in neither table fails `test_every_parameter_is_known`.
"""

import re
from collections.abc import Iterator
from types import SimpleNamespace
from typing import Any

import django_filters
from django import forms
from django.conf import settings
from django.db import models
from rest_framework import serializers

from accounts.models import Company, Fleet, User
from fleetcontrol.forms.lookups import LookupField
from fleetcontrol.forms.specification import ChosenRow
from jobs.models import ConfigurationPreset, Job, JobImport, JobTemplate, RollOut
from telematics.models import Place, Unit, Vehicle, VehicleModel
from tests.matrix.routes import DOCUMENTS
from tests.values.doors import (
    ROOMS,
    all_modules,
    below,
    fields_of_forms,
    fields_of_serializers,
)

# Name → what it names. Where a row has a name that people type, `mark` is a text with the mark of a tenant.
THINGS = {
    "assigned_installer_company_id": "company",
    "after": "import",
    "company": "company",
    "configuration_preset": "preset",
    "delete": "view",
    "external_reference": "mark",
    "fleet": "fleet",
    "fleets": "fleet",
    "ids": "job",
    "installer": "person",
    "job": "job",
    "job_id": "job",
    "job_import": "import",
    "like": "vehicle",
    "next": "mark",
    "owner": "person",
    "partner": "company",
    "place": "place",
    "planned_unit": "unit",
    "preset": "preset",
    "prompt": "job",
    "provider": "provider",
    "q": "mark",
    "qnr": "unit",
    "removed_qnr": "unit",
    "search": "mark",
    "roll_out": "roll_out",
    "select": "job",
    "tag": "mark",
    "telematics_unit_id": "unit",
    "template": "template",
    "template_id": "template",
    "unit": "unit",
    "user": "person",
    "vehicle": "vehicle",
    "vehicle_id": "vehicle",
    "vehicle_ids": "vehicle",
    "vin": "mark",
}
# What a name names on the routes whose names begin so, where that is something else.
THINGS_OF_ROUTES = [
    ("fleetcontrol:unit", "select", "unit"),
    ("fleetcontrol:vehicle", "select", "vehicle"),
]
# Read by hand, and naming nothing of a tenant: numbers, words, texts to store, signs that were shown to the reader.
WORDS = {
    "confirmed_vin",
    "act", "action", "again", "all", "allowed_addresses", "another", "attempts", "back", "bell", "brand", "by",
    "category", "changed_after", "client_id", "client_secret", "column", "columns", "comment", "confirmed", "contact",
    # The name of a file as its operator has it.
    "import_file_name",
    "cursor", "command", "custom_name", "digest", "down", "dry_run", "email", "encoding", "enter", "expected_version",
    "extent",
    "file", "follow", "former", "from", "grant_type", "header_row", "hidden_rows", "instructions", "job_view", "kind",
    "license_plate", "limit", "line", "live", "location", "login", "mail", "master_data", "model", "movable",
    "moved", "name", "number", "operation_status", "order", "page", "prefer_template",
    "prefer_template_data", "query", "reason", "remark", "remove", "reset", "rights", "save_as_template",
    "seen", "set", "since", "sort", "status", "step", "table", "taken_at", "task", "template_name", "theme", "touch",
    # QNRs to enter: one that nobody has becomes the fleet's, so that one of others cannot be answered like it.
    "units",
    "type", "until", "up", "valid_rows_only", "vehicle_model", "vehicle_model_id", "version",
}  # fmt: skip
# What a field's rows are; None for rows that belong to nobody.
KIND_OF_MODEL: dict[type[models.Model], str | None] = {
    Company: "company",
    ConfigurationPreset: "preset",
    Fleet: "fleet",
    Job: "job",
    JobImport: "import",
    JobTemplate: "template",
    Place: "place",
    RollOut: "roll_out",
    Unit: "unit",
    User: "person",
    Vehicle: "vehicle",
    VehicleModel: None,
}

READ_BY_HAND = re.compile(
    r'(?:GET|POST|query_params|given|sent)(?:\.get|\.getlist)?[(\[]\s*"(\w+)"'
    r'|"(\w+)" (?:not )?in (?:self\.)?request\.(?:GET|POST)'
)


def thing_named(name: str, route: str) -> str:
    """The kind of thing that a name of THINGS names on a route."""
    for beginning, one, kind in THINGS_OF_ROUTES:
        if name == one and route.startswith(beginning):
            return kind
    return THINGS[name]


def read_by_hand() -> Iterator[tuple[str, str]]:
    """Where a view reads a name from a query or a body, and the name."""
    for room in ROOMS:
        for path in sorted((settings.BASE_DIR / room).rglob("*.py")):
            if "migrations" in path.parts or "admin" in path.parts:
                continue
            for found in READ_BY_HAND.finditer(path.read_text()):
                yield str(path.relative_to(settings.BASE_DIR)), found[1] or found[2]


def fields_with_rows() -> Iterator[tuple[str, str, str | None]]:
    """The fields of forms and filters whose value is a row: where, name, kind of thing."""
    all_modules()
    for owner, name, field in fields_of_forms():
        if ".admin" in owner:
            continue
        if isinstance(field, LookupField):
            yield owner, name, field.what.removesuffix("s")
        elif isinstance(field, forms.ModelChoiceField):
            yield owner, name, kind_of_rows(owner, name, field, field.queryset.model)
    for filters in below(django_filters.FilterSet):
        for name, each in filters.base_filters.items():
            if isinstance(each, django_filters.ModelChoiceFilter):
                rows = each.extra["queryset"]
                model = rows(SimpleNamespace(fleet=Fleet())).model if callable(rows) else rows.model
                yield (
                    filters.__qualname__,
                    name,
                    kind_of_rows(filters.__qualname__, name, each, model),
                )


def kind_of_rows(owner: str, name: str, field: Any, model: type[models.Model]) -> str | None:
    if isinstance(field, ChosenRow) and name == "preset":
        return "preset"
    if model not in KIND_OF_MODEL:
        raise AssertionError(
            f"{owner}.{name} chooses a {model.__name__}. Declare it in KIND_OF_MODEL of "
            "tests/matrix/parameters.py, and make one for each tenant in tests/matrix/tenants.py."
        )
    return KIND_OF_MODEL[model]


def texts_of_apis() -> Iterator[tuple[str, str]]:
    for owner, name, field in fields_of_serializers():
        if isinstance(field, serializers.CharField):
            yield owner, name
    for site, view in DOCUMENTS.items():
        for path, operations in view.document()["paths"].items():
            for operation in operations.values():
                for one in operation.get("parameters", []):
                    if one["in"] == "query" and one["schema"].get("type") == "string":
                        yield f"{site} {path}", one["name"]


def unknown_parameters() -> list[str]:
    found = []
    for owner, name, kind in fields_with_rows():
        if kind and THINGS.get(name) != kind:
            found.append(f"{owner} takes a {kind} as “{name}”: add it to THINGS")
    for owner, name in (*read_by_hand(), *texts_of_apis()):
        if name not in THINGS and name not in WORDS:
            found.append(
                f"{owner} reads “{name}”: add it to THINGS with the kind of thing that it names, or to WORDS "
                "if it names nothing of a tenant"
            )
    return [f"{text} (tests/matrix/parameters.py)." for text in sorted(set(found))]
