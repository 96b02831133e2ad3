"""Holds every answer that a test sees against the OpenAPI document."""

import re
from collections.abc import Iterator
from copy import deepcopy
from functools import cache
from urllib.parse import urlsplit

from jsonschema import Draft202012Validator, FormatChecker

from core.web.api.schema import CODES
from installers.api.views.document import SmartControlDocument

ROOT = "/api/smartcontrol/v1/"
TIME = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d")
# What was seen in this run: (operation, status).
SEEN: set[tuple[str, int]] = set()


@cache
def document() -> dict:
    return SmartControlDocument.document()


@cache
def closed() -> dict:
    """The document without its openness: what this version answers is what it names, and nothing else."""
    found = deepcopy(document())
    for schema in found["components"]["schemas"].values():
        _close(schema)
    return found


def _close(schema) -> None:
    if isinstance(schema, list):
        for item in schema:
            _close(item)
    elif isinstance(schema, dict):
        if "properties" in schema:
            schema.setdefault("additionalProperties", False)
        choices = schema.get("anyOf", [])
        if any("$ref" in choice for choice in choices):
            schema["anyOf"] = [choice for choice in choices if choice != {"type": "string"}]
        for value in schema.values():
            _close(value)


@cache
def paths() -> list[tuple[re.Pattern, dict]]:
    """Fixed addresses first: jobs/counts/ is no job."""
    templates = sorted(document()["paths"], key=lambda path: path.count("{"))
    return [
        (re.compile(re.sub(r"\{\w+\}", "[^/]+", path)), document()["paths"][path])
        for path in templates
    ]


def operation_of(method: str, url: str) -> dict | None:
    path = ROOT + urlsplit(url).path.removeprefix(ROOT)
    return next((found.get(method) for pattern, found in paths() if pattern.fullmatch(path)), None)


def check(method: str, url: str, response) -> None:
    """Fails the test when the document does not tell of this answer."""
    operation = operation_of(method, url)
    if operation is None:
        assert response.status_code in (401, 404, 405), (
            f"{method} {url} answers and is not in the document"
        )
        return
    name, told = operation["operationId"], operation["responses"].get(str(response.status_code))
    assert told, f"{name} answered {response.status_code}, which the document does not tell"
    SEEN.add((name, response.status_code))
    if "content" not in told:
        assert response.content == b"", f"{name} answered {response.content!r}"
        return
    media = response["Content-Type"].partition(";")[0]
    assert media in told["content"], f"{name} answered {media}"
    if media == "image/jpeg":
        return
    validate(told["content"][media]["schema"], response.json())
    assert [text for text in texts_of(response.json()) if is_elsewhere(text)] == []
    if CODES in told:
        assert response.json()["code"] in told[CODES], f"{name} refused {response.json()['code']}"


def texts_of(value) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict | list):
        for inner in value.values() if isinstance(value, dict) else value:
            yield from texts_of(inner)


def is_elsewhere(text: str) -> bool:
    """Whether it is a time that does not end in Z."""
    return bool(TIME.match(text)) and not text.endswith("Z")


def validate(schema: dict, value) -> None:
    errors = [
        f"{error.json_path}: {error.message}" for error in validator(schema).iter_errors(value)
    ]
    assert not errors, errors


def validator(schema: dict) -> Draft202012Validator:
    """References begin at the document's root, so the schema is read as a part of it."""
    return Draft202012Validator({**closed(), **schema}, format_checker=FormatChecker())


def accepts(method: str, url: str, body) -> bool:
    """Whether the document allows this body."""
    content = operation_of(method, url)["requestBody"]["content"]
    return validator(content["application/json"]["schema"]).is_valid(body)
