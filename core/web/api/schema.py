"""How an OpenAPI document is built: strict shapes, and for each operation its own texts, refusals and headers."""

from collections.abc import Iterable
from typing import Any

from django.utils.translation import gettext_lazy as _
from drf_spectacular.openapi import AutoSchema
from drf_spectacular.plumbing import ResolvedComponent, get_doc
from drf_spectacular.utils import OpenApiParameter
from rest_framework.serializers import ListSerializer

from core.refusals import CATALOGUE, MEMBERS
from core.web.api.idempotency import HEADER, KEY
from core.web.api.problems import CONTENT_TYPE
from core.web.api.serializers import Shape, StrictSerializer

PROBLEM: dict[str, Any] = {
    "type": "object",
    "required": ["type", "title", "status", "detail", "code", "flow_id"],
    "properties": {
        "type": {
            "type": "string",
            "description": "A page about this code, relative to the server.",
        },
        "title": {
            "type": "string",
            "description": "What the code means, in the reader's language.",
        },
        "status": {"type": "integer", "description": "The HTTP status again."},
        "detail": {"type": "string", "description": "What happened here, for people."},
        "code": {"type": "string"},
        "flow_id": {
            "type": "string",
            "description": "The id of this request in our logs. Quote it when you ask us.",
        },
        "errors": {
            "title": "FieldErrors",
            "type": "object",
            "additionalProperties": {"type": "array", "items": {"type": "string"}},
            "description": "On 400: what is wrong, by field.",
        },
    },
}
# The codes of every operation; then those of operations that write, that read an Idempotency-Key, and that require one.
ALWAYS = (
    "invalid",
    "not_authenticated",
    "authentication_failed",
    "not_acceptable",
    "server_error",
    "overloaded",
    "unavailable",
)
WRITING = ("parse_error", "conflict", "too_large", "unsupported_media_type")
KEYED = ("idempotency_key_reused",)
KEY_REQUIRED = ("idempotency_key_required",)
# In a response: the codes of its problem that are known. Clients are generated from the one schema of all problems.
CODES = "x-problem-codes"
KEY_DESCRIPTION = _(
    "Any unique text. A repeat with the same key and body gets the same answer and changes nothing."
)


def problem_codes() -> list[str]:
    """The codes that the rooms have registered."""
    return sorted(CATALOGUE)


def problem_schema() -> dict[str, Any]:
    """The schema of a problem, with the codes and members that the rooms have registered."""
    code = {
        "type": "string",
        "enum": problem_codes(),
        "description": "What a program branches on. More codes may come: what a client does not know, it judges by the "
        "status.",
    }
    return PROBLEM | {"properties": PROBLEM["properties"] | {"code": code} | MEMBERS}


class ProblemSchema(AutoSchema):
    """The schema of a view that names what it reads and how it refuses.

    `keys = {"PUT": True}`: the methods that read an Idempotency-Key; True where it is required.
    `refuses = {"PATCH": ("stale",)}`: the codes of one method; `always_refuses = ("not_found",)`: those of all methods.
    `repeats_refuse = ("done_before",)`: those of all methods that read an Idempotency-Key.
    `callers_refuse = ("other_person",)`, `writers_refuse`: those of all methods, and of all that write, in a site.
    `header_parameters`: what every view of a site reads from the headers.
    `reads = {"POST": [OCCURRED_AT]}`: the headers that one method reads besides.
    `path_parameters = {"id": "…"}`: what the variables in the URL mean.

    The first line of a method's docstring is the summary of its operation, the rest the description. `example` of a
    serializer is the example of every request or answer that has its shape.
    """

    def get_summary(self) -> str:
        return self._docstring()[0].rstrip(".")

    def get_description(self) -> str:
        return self._docstring()[1]

    def _docstring(self) -> tuple[str, str]:
        first, _blank, rest = get_doc(getattr(self.view, self.method.lower())).partition("\n\n")
        return first, rest

    def get_override_parameters(self) -> list:
        parameters = super().get_override_parameters() + getattr(self.view, "header_parameters", [])
        required = self._of_view("keys").get(self.method)
        if required is not None:
            parameters = [*parameters, self._key_parameter(required)]
        parameters = [*parameters, *self._of_view("reads").get(self.method, ())]
        if query := self._of_view("query_parameters").get(self.method):
            parameters = [*parameters, query]
        return parameters

    def _key_parameter(self, required: bool) -> OpenApiParameter:
        return OpenApiParameter(
            HEADER,
            str,
            OpenApiParameter.HEADER,
            required=required,
            description=str(KEY_DESCRIPTION),
            pattern=f"^{KEY.pattern}$",
        )

    def _resolve_path_parameters(self, variables: Iterable[str]) -> list[dict]:
        parameters = super()._resolve_path_parameters(variables)
        meanings = self._of_view("path_parameters")
        for parameter in parameters:
            if parameter["name"] in meanings:
                parameter["description"] = str(meanings[parameter["name"]])
        return parameters

    def _get_response_bodies(self, direction: Any = "response") -> dict:
        bodies = super()._get_response_bodies(direction)
        for status, codes in self.refusals().items():
            bodies[str(status)] = self._refusal(codes)
        return bodies

    def refusals(self) -> dict[int, list[str]]:
        """The codes with which this operation refuses, by status."""
        codes = [
            *ALWAYS,
            *getattr(self.view, "callers_refuse", ()),
            *getattr(self.view, "always_refuses", ()),
            *self._of_view("refuses").get(self.method, ()),
        ]
        if self.method != "GET":
            codes += [*WRITING, *getattr(self.view, "writers_refuse", ())]
        keys = self._of_view("keys")
        if self.method in keys:
            codes += [*KEYED, *getattr(self.view, "repeats_refuse", ())]
        if keys.get(self.method):
            codes += KEY_REQUIRED
        by_status: dict[int, list[str]] = {}
        for code in dict.fromkeys(codes):
            by_status.setdefault(CATALOGUE[code].status, []).append(code)
        return by_status

    def _of_view(self, name: str) -> dict:
        return getattr(self.view, name, {})

    def _refusal(self, codes: list[str]) -> dict:
        problem = ResolvedComponent(
            "Problem", ResolvedComponent.SCHEMA, problem_schema(), "Problem"
        )
        self.registry.register_on_missing(problem)
        return {
            "description": "\n".join(f"* `{code}`: {CATALOGUE[code].sentence}" for code in codes),
            "content": {CONTENT_TYPE: {"schema": problem.ref}},
            CODES: codes,
        }

    def _get_examples(self, serializer: Any, *args: Any, **kwargs: Any) -> dict | list:
        is_list = isinstance(serializer, ListSerializer)
        shape = serializer.child if is_list else serializer
        example = getattr(shape, "example", None)
        if example is None:
            return super()._get_examples(serializer, *args, **kwargs)
        return {"Example": {"value": [example] if is_list else example}}

    def _map_basic_serializer(self, serializer: Any, direction: Any) -> dict:
        schema = super()._map_basic_serializer(serializer, direction)
        if isinstance(serializer, StrictSerializer | Shape):
            return schema | {"additionalProperties": False}
        return schema
