"""How the OpenAPI documents are kept true: strict shapes, every refusal, the headers that are read."""

from typing import Any

from drf_spectacular.openapi import AutoSchema
from drf_spectacular.plumbing import ResolvedComponent
from drf_spectacular.utils import OpenApiParameter

from core.web.idempotency import HEADER
from core.web.problem_codes import CODES
from core.web.problems import CONTENT_TYPE
from core.web.serializers import Shape, StrictSerializer

PROBLEM = {
    "type": "object",
    "required": ["type", "title", "status", "detail", "code", "flow_id"],
    "properties": {
        "type": {"type": "string"},
        "title": {"type": "string"},
        "status": {"type": "integer"},
        "detail": {"type": "string"},
        "code": {"type": "string", "enum": sorted(CODES)},
        "flow_id": {"type": "string", "description": "Quote it when you ask us."},
        "errors": {
            "type": "object",
            "additionalProperties": {"type": "array", "items": {"type": "string"}},
            "description": "By field, on 400.",
        },
        "job_status": {"type": "string", "description": "On 409 where a job is concerned."},
    },
}
# What any address may answer; then what writing adds, and what a key adds.
ALWAYS, WRITING, KEYED = (400, 401, 403, 404, 406, 500, 503), (409, 413, 415), (422,)


class ProblemSchema(AutoSchema):
    """A view says `keys = {"PUT": True}` for the methods that read an Idempotency-Key (True: they need it), and what else it
    `refuses = {"PATCH": [412]}`.
    """

    def get_override_parameters(self) -> list:
        parameters = super().get_override_parameters()
        if (required := self._view_says("keys").get(self.method)) is not None:
            parameters = [*parameters, OpenApiParameter(HEADER, str, OpenApiParameter.HEADER, required=required)]
        return parameters

    def _get_response_bodies(self, direction: Any = "response") -> dict:
        refusals = {str(status): self._refusal(status) for status in self._refusing()}
        return super()._get_response_bodies(direction) | refusals

    def _refusing(self) -> list[int]:
        statuses = [*ALWAYS]
        if self.method != "GET":
            statuses += WRITING
        if self.method in self._view_says("keys"):
            statuses += KEYED
        return [*statuses, *self._view_says("refuses").get(self.method, ())]

    def _view_says(self, name: str) -> dict:
        return getattr(self.view, name, {})

    def _refusal(self, status: int) -> dict:
        problem = ResolvedComponent("Problem", ResolvedComponent.SCHEMA, PROBLEM, "Problem")
        self.registry.register_on_missing(problem)
        titles = sorted(str(code.title) for code in CODES.values() if code.status == status)
        return {"description": " · ".join(titles[:3]), "content": {CONTENT_TYPE: {"schema": problem.ref}}}

    def _map_basic_serializer(self, serializer: Any, direction: Any) -> dict:
        schema = super()._map_basic_serializer(serializer, direction)
        return schema | {"additionalProperties": False} if isinstance(serializer, StrictSerializer | Shape) else schema
