"""The types of messages with JSON Schemas that stand alone, taken from the OpenAPI document."""

import json
from functools import cache
from typing import Any

from core.outbox.rendering import VERSION
from core.web.api.open_document import COMPONENTS
from fleetcontrol.api.message_shapes import SHAPES

DIALECT = "https://json-schema.org/draft/2020-12/schema"
DEFINITIONS = "#/$defs/"


@cache
def described_types() -> list[dict[str, Any]]:
    from fleetcontrol.api.document import OneApiDocument

    components = OneApiDocument.document()["components"]["schemas"]
    return [
        {
            "type": name,
            "version": VERSION,
            "description": (shape.__doc__ or "").strip(),
            "schema": _standing_alone(name, components),
            "example": shape.example,
        }
        for name, shape in SHAPES.items()
    ]


def _standing_alone(name: str, components: dict[str, Any]) -> dict[str, Any]:
    """The component with everything that it refers to."""
    found: dict[str, Any] = {}
    wanted = [name]
    while wanted:
        noun = wanted.pop()
        if noun not in found:
            found[noun] = components[noun]
            wanted += _referred(components[noun])
    own = {"$schema": DIALECT, **found.pop(name), "$defs": found}
    return json.loads(json.dumps(own).replace(COMPONENTS, DEFINITIONS))


def _referred(schema: Any) -> list[str]:
    if isinstance(schema, list):
        return [noun for item in schema for noun in _referred(item)]
    if not isinstance(schema, dict):
        return []
    own = [schema["$ref"].removeprefix(COMPONENTS)] if "$ref" in schema else []
    return own + [noun for value in schema.values() for noun in _referred(value)]
