"""Every word an API says when it refuses, with its status and title. A client branches on the code, a person reads the title."""

from typing import NamedTuple

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _


class Code(NamedTuple):
    status: int
    title: str | Promise


REQUEST = {
    "invalid": Code(400, _("Some of what was sent is not valid.")),
    "parse_error": Code(400, _("The body could not be read.")),
    "idempotency_key_required": Code(400, _("This request needs an Idempotency-Key.")),
    "not_authenticated": Code(401, _("You are not signed in.")),
    "authentication_failed": Code(401, _("The sign-in is not valid.")),
    "not_allowed": Code(403, _("Your role does not allow this.")),
    "second_factor_required": Code(403, _("Your company demands a second factor. Set one up first.")),
    "not_found": Code(404, _("This does not exist for you.")),
    "method_not_allowed": Code(405, _("This address does not know this method.")),
    "not_acceptable": Code(406, _("The answer is not available in the format asked for.")),
    "stale": Code(412, _("It was changed in the meantime.")),
    "too_large": Code(413, _("Too much was sent at once.")),
    "unsupported_media_type": Code(415, _("The body is of a kind that is not read here.")),
    "idempotency_key_reused": Code(422, _("This Idempotency-Key was used for another request.")),
    "throttled": Code(429, _("Too many requests.")),
    "server_error": Code(500, _("Something went wrong on our side.")),
    "overloaded": Code(503, _("Too much is going on right now.")),
}

MOVES = {
    "conflict": Code(409, _("It collides with something that exists already.")),
    "wrong_status": Code(409, _("The status does not allow this now.")),
    "not_holder": Code(409, _("Somebody else works on this job.")),
}

JOBS = {
    "access_ended": Code(409, _("The access to the vehicle has ended.")),
    "access_not_stopped": Code(409, _("The access to the vehicle is not stopped.")),
    "access_stopped": Code(409, _("The client has stopped the access to the vehicle.")),
    "agreement_required": Code(409, _("The company has to accept the current agreement first.")),
    "already_requested": Code(409, _("It has been asked for already.")),
    "bad_rows": Code(409, _("Some rows have errors.")),
    "command_in_flight": Code(409, _("A command is still on its way to the vehicle.")),
    "comment_required": Code(409, _("A comment is needed.")),
    "field_locked": Code(409, _("The client decided this field.")),
    "gone": Code(409, _("What was to be set does not exist any more.")),
    "incomplete": Code(409, _("Something is still missing.")),
    "no_prompt": Code(409, _("Nothing is being asked.")),
    "no_template": Code(409, _("The template is gone.")),
    "no_unit": Code(409, _("There is no unit yet.")),
    "no_unit_here": Code(409, _("This job does not change the unit.")),
    "no_vehicle": Code(409, _("There is no vehicle yet.")),
    "not_a_partner": Code(409, _("The company and the fleet do not work together.")),
    "not_configured": Code(409, _("The unit is not configured yet.")),
    "not_requested": Code(409, _("Nobody has asked for it.")),
    "nothing_to_import": Code(409, _("There is no row to import.")),
    "other_unit_planned": Code(409, _("Another unit is planned for this job.")),
    "reason_required": Code(409, _("A reason is needed.")),
    "reserved": Code(409, _("The job is reserved for somebody else.")),
    "unit_not_available": Code(409, _("This unit is not available.")),
    "vehicle_in_use": Code(409, _("Somebody else uses this vehicle.")),
    "vehicle_required": Code(409, _("The job needs a vehicle first.")),
    "vin_in_fleet": Code(409, _("Another vehicle of the fleet has this VIN.")),
    "wrong_kind": Code(409, _("This kind of job does not know that.")),
}

VEHICLES = {
    "no_key": Code(409, _("There is no key to this vehicle.")),
    "not_supported": Code(409, _("The vehicle does not support this.")),
    "overtaken": Code(409, _("Somebody uses the vehicle by now.")),
    "vehicle_archived": Code(409, _("The vehicle is archived.")),
    "vehicle_has_unit": Code(409, _("Another unit is mounted in the vehicle.")),
}

CODES: dict[str, Code] = REQUEST | MOVES | JOBS | VEHICLES

# A refusal that nobody listed is still a refusal; a test keeps the list complete.
UNLISTED = MOVES["conflict"]
