"""The last step in making an OpenAPI document: it says that answers may grow, and every shape in it has a name.

Clients are generated from it. So that they survive a newer server, an answer may have members that the document does
not name, and wherever it has a word of a vocabulary, it may have another text: `anyOf` the enum and `string`. What is
sent stays closed, because an unknown member of a request is refused.
"""

import json
from collections.abc import Iterator
from typing import Any

from core.web.api.serializers import Shape, StrictSerializer

Schema = dict[str, Any]
COMPONENTS = "#/components/schemas/"
OF_REQUESTS = "Request"
NULL = {"type": "null"}
BLANK = {"type": "string", "const": ""}
NO_SCHEMAS = {"example", "examples", "enum", "default", "required"}
# The docstring of a base class describes none of its shapes.
BASE_DOCS = {(base.__doc__ or "").strip() for base in (Shape, StrictSerializer)}


def opened(document: Schema) -> Schema:
    """Return the document with open answers, named shapes, and nothing that only its maker needs."""
    document = json.loads(json.dumps(document, default=str))  # no part of it is also another's
    schemas = document["components"]["schemas"]
    _name_shapes(document, schemas)
    _name_parameters(document, schemas)
    _inline_constants(document, schemas)
    enums = {name for name, schema in schemas.items() if "enum" in schema}
    for name, schema in schemas.items():
        if schema.get("description") in BASE_DOCS:
            del schema["description"]
        if name.endswith(OF_REQUESTS):
            _describe_defaults(schema)
        else:
            _open(schema, enums)
    for operation in _operations(document):
        for response in operation["responses"].values():
            for content in response.get("content", {}).values():
                _open(content["schema"], enums)
    document["components"]["schemas"] = dict(sorted(schemas.items()))
    return document


def reference(name: str) -> Schema:
    return {"$ref": COMPONENTS + name}


def _describe_defaults(schema: Schema) -> None:
    """A generated client would require, or send, what means the same as nothing: it is described in words."""
    for member in schema.get("properties", {}).values():
        default = member.pop("default", "")
        if default not in ("", [], {}, None):
            described = member.get("description", "")
            value = json.dumps(default).strip('"')
            member["description"] = f"{described} Default: `{value}`.".strip()


def _open(schema: Any, enums: set[str]) -> None:
    if isinstance(schema, list):
        for item in schema:
            _open(item, enums)
    if not isinstance(schema, dict):
        return
    schema.pop("readOnly", None)
    if schema.get("additionalProperties") is False:
        del schema["additionalProperties"]
    if _open_word(schema, enums):
        return
    if "oneOf" in schema:  # open shapes overlap
        schema["anyOf"] = schema.pop("oneOf")
    for name, value in schema.items():
        if name not in NO_SCHEMAS:
            _open(value, enums)


def _open_word(schema: Schema, enums: set[str]) -> bool:
    """Let the place of a word have any other text, too. Return whether it is the place of a word."""
    for member in ("$ref", "allOf", "oneOf"):
        choices = [schema] if member == "$ref" else schema.get(member, [])
        words = [{"$ref": one["$ref"]} for one in choices if _is_word(one, enums)]
        if words:
            nulls = [one for one in choices if one == NULL]
            del schema[member]
            schema["anyOf"] = [*words, {"type": "string"}, *nulls]
            return True
    return False


def _is_word(schema: Schema, enums: set[str]) -> bool:
    return schema.get("$ref", "").removeprefix(COMPONENTS) in enums


def _inline_constants(document: Schema, schemas: Schema) -> None:
    """Write null and the blank text where they are allowed: neither is a concept with a name."""
    constants = {reference("Null")["$ref"]: NULL, reference("Blank")["$ref"]: BLANK}
    for part in _parts(document):
        for choices in (part.get("oneOf"), part.get("anyOf")):
            if isinstance(choices, list):
                choices[:] = [constants.get(choice.get("$ref", ""), choice) for choice in choices]
    schemas.pop("Null", None)
    schemas.pop("Blank", None)


def _name_shapes(document: Schema, schemas: Schema) -> None:
    """Make each shape with a `title` a component of that name."""
    for part in list(_parts(document)):
        for name, value in list(part.items()):
            if isinstance(value, dict) and isinstance(value.get("title"), str) and "type" in value:
                noun = value.pop("title")
                schemas.setdefault(noun, value)
                part[name] = reference(noun)


def _name_parameters(document: Schema, schemas: Schema) -> None:
    """Refer to the vocabulary of a parameter by its name."""
    names = {frozenset(one["enum"]): name for name, one in schemas.items() if "enum" in one}
    for operation in _operations(document):
        for parameter in operation.get("parameters", ()):
            schema = parameter["schema"]
            name = names.get(frozenset(schema.get("enum", ())))
            if name and "default" in schema:
                parameter["schema"] = {"allOf": [reference(name)], "default": schema["default"]}
            elif name:
                parameter["schema"] = reference(name)


def _operations(document: Schema) -> Iterator[Schema]:
    for methods in document["paths"].values():
        yield from methods.values()


def _parts(schema: Any) -> Iterator[Schema]:
    """Every object in a schema, itself first, without the examples."""
    if isinstance(schema, list):
        for item in schema:
            yield from _parts(item)
    elif isinstance(schema, dict):
        yield schema
        for name, value in schema.items():
            if name not in NO_SCHEMAS:
                yield from _parts(value)
