"""The examples of jobs in the OpenAPI document: one job of a small fleet, seen by its machine."""

from typing import Any

from fleetcontrol.api.place_shapes import EXAMPLE as PLACE

PLAN: dict[str, Any] = {"license_plate": "B QX 2041", "installation_variant": "WIRED"}
PARTNER = {"partner_id": "VEZ9A", "name": "QuickInstall"}
JOB: dict[str, Any] = {
    "id": "01JDG4M4Q2W8Z3V5T7Y9R1N6KC",
    "number": "BER-1043",
    "kind": "INSTALLATION",
    "status": "RUNNING",
    "task": None,
    "external_reference": "PO-4711",
    "company": PARTNER,
    "installer": {"name": "Ines Vogt"},
    "vehicle_id": "QX7A1",
    "plan": PLAN,
    "as_built": {**PLAN, "installation_variant": "OBD", "unit": "00A1B2C3D4E5F607"},
    "differences": [{"field": "installation_variant", "planned": "WIRED", "built": "OBD"}],
    "planned_service_date": "2026-11-30",
    "place": PLACE,
    "location": "Hall B",
    "contact": None,
    "instructions": "Keys are at the gate.",
    "roll_out": {"id": "01JDG4M4Q2W8Z3V5T7Y9R1N6KR", "name": "Spring"},
    "template_id": None,
    "access_stopped": False,
    "created_at": "2026-11-20T08:00:00Z",
    "updated_at": "2026-11-28T09:14:05Z",
    "assigned_at": "2026-11-20T08:05:00Z",
    "taken_at": "2026-11-28T08:40:00Z",
    "finished_at": None,
    "reason": None,
    "comment": None,
    "version": 5,
}
DETAILS: dict[str, Any] = {
    **JOB,
    "required_tests": ["CONNECTIVITY"],
    "tests": [
        {
            "kind": "CENTRAL_LOCK",
            "status": "PASSED",
            "attempt": 1,
            "started_at": "2026-11-28T09:12:40Z",
            "finished_at": "2026-11-28T09:13:02Z",
            "evidence": [
                {
                    "signal": "central_lock",
                    "value": "locked",
                    "unit": None,
                    "min": None,
                    "max": None,
                    "threshold": "locked",
                    "ok": True,
                    "at": "2026-11-28T09:12:51Z",
                }
            ],
            "hint": None,
            "voided_at": None,
            "void_reason": None,
        }
    ],
    "accesses": [
        {
            "holder": {"name": "Ines Vogt"},
            "open": True,
            "opened_at": "2026-11-28T08:45:00Z",
            "ends_at": "2026-11-28T17:13:02Z",
            "end_reason": None,
            "commands": [
                {
                    "name": "lock-central-lock",
                    "status": "DONE",
                    "created_at": "2026-11-28T09:12:41Z",
                    "error": None,
                }
            ],
        }
    ],
    "handback_requests": [],
    "history": [
        {
            "version": 1,
            "at": "2026-11-20T08:00:00Z",
            "verb": "create",
            "by": {"name": "Booking"},
            "channel": "oneapi",
            "flow_id": "5e1f0c9a2b7d4e63",
            "reason": None,
            "company": None,
            "changes": {},
        }
    ],
}
TEMPLATE: dict[str, Any] = {
    "id": "01JDG4M4Q2W8Z3V5T7Y9R1N6KT",
    "name": "Car sharing",
    "values": {"installation_variant": "WIRED", "tracking": True},
    "created_at": "2026-11-01T07:00:00Z",
    "updated_at": "2026-11-01T07:00:00Z",
}
