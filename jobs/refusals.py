"""Why the move of a job, a test or an import is refused."""

from django.utils.translation import gettext_lazy as _

from core.refusals import Refusal, register

# Of `fleet_suspended`, to the installers of a client.
CLIENT_SUSPENDED = _("This client is suspended. You can withdraw the job or hand it back.")
# Of `other_unit_planned`, where the unit to link may be named.
OTHER_UNIT_PLANNED = _("Another unit is planned for this job: %(qnr)s.")
# Of `not_a_partner` and `unit_not_available`, for the rows of a file.
PARTNER_IN_FILE_ENDED = _("A company in this file is no longer a partner of this fleet.")
UNITS_IN_FILE_TAKEN = _("Units in this file are no longer available: %(units)s.")
# ... and for jobs that a request creates.
UNITS_TAKEN = _("These units are not available: %(units)s.")
# Of `stale`, for the preview of an import.
PREVIEW_CHANGED = _("The preview has changed. Check it again before you import.")
# Of `unreadable`, with what is wrong in the file.
FILE_UNREADABLE = _("The file cannot be read. %(reason)s")
# Of `wrong_status`, where the fleet wants to change a job: by the job's status, otherwise the last one.
LOCKED_JOBS = {
    "ASSIGNED": _("%(job)s is assigned to %(company)s and can no longer be changed here."),
    "RUNNING": _("%(job)s is in work at %(company)s and can no longer be changed here."),
}
FINISHED_JOB = _("%(job)s is finished and can no longer be changed.")
# Of `wrong_status`, where a job is created again.
NOT_FAILED = _("Only a failed job is created again.")

ANY = {"type": ["string", "number", "boolean", "null"]}

register(
    {
        "access_ended": Refusal(409, _("Your access has ended. Renew it first.")),
        "access_not_stopped": Refusal(409, _("Access is not stopped.")),
        "access_stopped": Refusal(409, _("The fleet manager has stopped access to this vehicle.")),
        "agreement_required": Refusal(
            409, _("Your company has to accept the current agreement first.")
        ),
        "already_requested": Refusal(409, _("The partner has been asked already.")),
        "assignment_over": Refusal(
            409, _("The job has been withdrawn or taken again since. Look at it as it is now.")
        ),
        "bad_rows": Refusal(
            409, _("Some rows have errors. Correct them, or import only the valid rows.")
        ),
        "command_in_flight": Refusal(409, _("A command is still being sent to the vehicle.")),
        "comment_required": Refusal(409, _("Explain in a comment why the job failed.")),
        "date_out_of_range": Refusal(
            409,
            _("The planned service date is not possible. Correct it before you assign the job."),
        ),
        "field_changed": Refusal(409, _("Somebody else has changed this in the meantime.")),
        "field_locked": Refusal(409, _("The fleet manager has set this and locked it.")),
        "import_rejected": Refusal(
            422,
            _("The file, its rows, the template or the partner have errors. Nothing was written."),
        ),
        "incomplete": Refusal(409, _("Something is still missing before this job can succeed.")),
        "no_prompt": Refusal(409, _("This question is no longer open.")),
        "no_template": Refusal(409, _("The template has been deleted.")),
        "no_unit_here": Refusal(409, _("This job does not change the unit.")),
        "no_vehicle": Refusal(409, _("There is no vehicle yet.")),
        "not_configured": Refusal(409, _("The unit is not configured yet.")),
        "not_holder": Refusal(409, _("Somebody else is working on this job.")),
        "not_requested": Refusal(409, _("Nobody has asked to get this job back.")),
        "nothing_to_import": Refusal(409, _("No row can be imported.")),
        "other_unit_mounted": Refusal(409, _("Another unit is mounted in this vehicle. Check it.")),
        "other_unit_planned": Refusal(409, _("Another unit is planned for this job.")),
        "reason_required": Refusal(409, _("Give a reason why the job is handed back.")),
        "reserved": Refusal(409, _("This job is reserved for a colleague.")),
        "test_running": Refusal(409, _("A test is running at this vehicle.")),
        "too_many_photos": Refusal(409, _("A job has at most 40 photos.")),
        "unreadable": Refusal(409, _("The file cannot be read.")),
        "vehicle_required": Refusal(
            409, _("A maintenance job needs a vehicle before it can be assigned.")
        ),
        "vin_differs": Refusal(
            409, _("The unit reads another VIN than the job has. Check it, then confirm it.")
        ),
        "wrong_kind": Refusal(409, _("A maintenance job has nothing to fill in.")),
    },
    members={
        "job_status": {
            "example": "RUNNING",
            "type": "string",
            "description": "On 409 where a job is concerned: its status now.",
        },
        "planned_unit": {
            "example": {"qnr": "00A1B2C3D4E5F607"},
            "title": "PlannedUnit",
            "type": "object",
            "required": ["qnr"],
            "properties": {"qnr": {"type": "string"}},
            "description": "On 409 `other_unit_planned`: the unit to link.",
        },
        "holder": {
            "example": {"id": 17, "name": "Ines Vogt"},
            "title": "Holder",
            "type": "object",
            "required": ["id", "name"],
            "properties": {"id": {"type": "integer"}, "name": {"type": "string"}},
            "description": "On 409 `wrong_status` and `not_holder`: the colleague who works on the job.",
        },
        "read_vin": {
            "example": "WVWZZZ1KZAW000999",
            "type": "string",
            "description": "On 409 `vin_differs`: the VIN that the unit reads.",
        },
        "vin": {
            "example": "WVWZZZ1KZAW000123",
            "type": "string",
            "description": "On 409 `vin_differs`: the VIN that the job has.",
        },
        "fields_version": {
            "example": 4,
            "type": "integer",
            "description": "On 412: the number before the dot in the job's `ETag` now.",
        },
        "missing": {
            "example": ["unit", "test:GNSS"],
            "type": "array",
            "items": {"type": "string"},
            "description": "On 409 `incomplete`: what the job still lacks, e.g. `unit`, `test:GNSS` or `photo:PLATE`.",
        },
        "changed": {
            "example": {"license_plate": {"expected": "B QX 2041", "value": "B QX 2042"}},
            "title": "ChangedValues",
            "type": "object",
            "additionalProperties": {
                "title": "ChangedValue",
                "type": "object",
                "required": ["expected", "value"],
                "properties": {"expected": ANY, "value": ANY},
            },
            "description": "On 409 `field_changed`, by field: the value that was expected, and the one that is there.",
        },
        "fields": {
            "example": ["license_plate"],
            "type": "array",
            "items": {"type": "string"},
            "description": "On 409 `field_locked`: the names of the locked fields.",
        },
    },
)
