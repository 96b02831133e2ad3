"""The catalogue of refusals: each code with its HTTP status and its sentence.

A room registers its codes in `refusals.py`. The API's title, the page's message and /problems/ come from here.
"""

from collections.abc import Mapping
from typing import Any, NamedTuple

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _


class Refusal(NamedTuple):
    status: int
    sentence: str | Promise


CATALOGUE: dict[str, Refusal] = {}
# What a problem may contain besides: name → JSON schema, for the OpenAPI documents.
MEMBERS: dict[str, dict[str, Any]] = {}


def register(
    refusals: Mapping[str, Refusal], *, members: Mapping[str, dict[str, Any]] | None = None
) -> None:
    """Add the refusals of a room, and the members that its problems may have. A code means one thing everywhere."""
    for code in refusals:
        if code in CATALOGUE:
            raise ValueError(f"The code {code} is registered twice.")
    CATALOGUE.update(refusals)
    MEMBERS.update(members or {})


def sentence(code: str) -> Any:
    """The sentence of a code, a lazy text; empty for a code that is not registered."""
    if code in CATALOGUE:
        return CATALOGUE[code].sentence
    return ""


register(
    {
        "invalid": Refusal(400, _("The request has invalid values.")),
        "parse_error": Refusal(400, _("The body cannot be read.")),
        "idempotency_key_required": Refusal(400, _("This request needs an Idempotency-Key.")),
        "invalid_cursor": Refusal(400, _("The cursor does not belong to this list.")),
        "referenced_resource_not_found": Refusal(
            400, _("Something that the request names does not exist.")
        ),
        "not_authenticated": Refusal(401, _("You are not signed in.")),
        "authentication_failed": Refusal(401, _("The credentials are not valid.")),
        "not_allowed": Refusal(403, _("Your role does not allow this.")),
        "missing_permissions": Refusal(403, _("The client does not have the right for this.")),
        "csrf_failed": Refusal(403, _("The CSRF token is missing or wrong. Load the page again.")),
        "not_found": Refusal(404, _("Not found.")),
        "method_not_allowed": Refusal(405, _("This URL does not support this method.")),
        "not_acceptable": Refusal(406, _("The response is not available in the requested format.")),
        "conflict": Refusal(409, _("This conflicts with something that exists already.")),
        "gone": Refusal(409, _("Something that was chosen here no longer exists.")),
        "wrong_status": Refusal(
            409, _("This is not possible now, because the status has changed.")
        ),
        "done_before": Refusal(410, _("This was done before.")),
        "stale": Refusal(412, _("This has changed in the meantime.")),
        "too_large": Refusal(413, _("The request is too large.")),
        "unsupported_media_type": Refusal(415, _("Unsupported media type.")),
        "idempotency_key_reused": Refusal(
            422, _("This Idempotency-Key was used for another request.")
        ),
        "throttled": Refusal(429, _("Too many requests.")),
        "server_error": Refusal(500, _("Something went wrong on our side.")),
        "overloaded": Refusal(503, _("Too much is going on right now.")),
        "unavailable": Refusal(503, _("The service is temporarily unavailable.")),
    },
    members={
        "done_status": {
            "example": 200,
            "type": "integer",
            "description": "On 410 `done_before`: the HTTP status of the first answer.",
        },
        "done_at": {
            "example": "2026-11-28T09:14:05Z",
            "type": "string",
            "format": "date-time",
            "description": "On 410 `done_before`: when the request was carried out.",
        },
    },
)
# For a code that is not registered. A test keeps the catalogue complete.
UNLISTED = CATALOGUE["conflict"]
