"""The examples of the OpenAPI document: one job of a small fleet, seen from the phone."""

from typing import Any

PERSON = {"id": 12, "name": "Ines Vogt"}
ACCOUNT = {
    "person": {
        "id": 12,
        "name": "Ines Vogt",
        "email": "ines.vogt@quickinstall.example",
        "first_name": "Ines",
        "last_name": "Vogt",
    },
    "company": {"partner_id": "VEZ9A", "name": "QuickInstall"},
    "role": "INSTALLER",
    "agreement": {
        "version": 2,
        "signed": True,
        "newest_signed": False,
        "binding_from": "2026-12-10T08:00:00Z",
    },
    "second_factor": {"required": False, "set_up": True},
    "language": "de",
    "zone": "Europe/Berlin",
    "expires_at": "2026-12-05T09:30:00Z",
}
MODEL_NAME = {
    "id": "01JDG4M4Q2W8Z3V5T7Y9R1N6KB",
    "brand": "Volkswagen",
    "model": "Golf",
}
MODEL = {
    **MODEL_NAME,
    "fuel_type": "PETROL",
    "vehicle_type": "CAR",
    "built_from": 2019,
    "built_to": None,
    "installation_variants": ["WIRED", "OBD"],
    "central_lock_connection_types": ["DIRECT", "SKM"],
    "features": ["driving_events", "tracking"],
    "capabilities": ["central_lock", "mileage"],
}
IDENTITY = {
    "license_plate": "B QX 2041",
    "vin": "WVWZZZ1KZAW000123",
    "custom_name": "Golf 12",
}
PLACE = {
    "id": "01JDG4M4Q2W8Z3V5T7Y9R1N6KP",
    "name": "Depot North",
    "address": "Yard 3, 13355 Berlin",
    "contact": "Gate, +49 30 123456",
    "opening_hours": "Mon–Fri 8–18",
}
JOB_SUMMARY = {
    "id": "01JDG4M4Q2W8Z3V5T7Y9R1N6KC",
    "number": "BER-1043",
    "kind": "INSTALLATION",
    "status": "RUNNING",
    "task": None,
    "fleet": {
        "fleet_id": "BER01",
        "name": "Berlin",
        "provider": {"provider_id": "APPDR", "name": "AppDrive"},
    },
    **IDENTITY,
    "vehicle_model": MODEL_NAME,
    "planned_service_date": "2026-11-30",
    "place": PLACE,
    "location": "Hall B",
    "assignee": PERSON,
    "reserved_for": None,
    "updated_at": "2026-11-28T09:14:05Z",
}
FIELD = {
    "name": "license_plate",
    "label": "Licence plate",
    "value": "B QX 2041",
    "planned": None,
    "locked": False,
    "reason": None,
    "type": "text",
    "choices": None,
    "max_length": 20,
    "min": None,
    "max": None,
    "required": False,
}
IS_OVER = {
    "allowed": False,
    "code": "wrong_status",
    "text": "This is not possible now, because the status has changed.",
}
IS_ALLOWED = {"allowed": True, "code": None, "text": None}
MOVES_OF_HOLDER = [
    "withdraw",
    "link_unit",
    "fill_in",
    "request_tests",
    "renew",
    "add_photo",
    "delete_photo",
    "succeed",
    "fail",
]
PERMITS = {
    "take": IS_OVER,
    **dict.fromkeys(MOVES_OF_HOLDER, IS_ALLOWED),
    "hand_back": {
        "allowed": False,
        "code": "not_allowed",
        "text": "Your role does not allow this.",
    },
}
TEST = {
    "kind": "CENTRAL_LOCK",
    "required": True,
    "status": "PASSED",
    "attempt": 1,
    "started_at": "2026-11-28T09:12:40Z",
    "finished_at": "2026-11-28T09:13:02Z",
    "prompt": None,
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
PHOTO = {
    "id": "01JDG4M4Q2W8Z3V5T7Y9R1N6KP",
    "kind": "MOUNTING",
    "taken_at": "2026-11-28T09:20:11Z",
    "created_at": "2026-11-28T09:20:14Z",
    "by": PERSON,
    "width": 2048,
    "height": 1536,
    "size": 412873,
    "sha256": "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08",
    "version": 1,
    "image": "/api/smartcontrol/v1/jobs/01JDG4M4Q2W8Z3V5T7Y9R1N6KC/photos/01JDG4M4Q2W8Z3V5T7Y9R1N6KP/",
}
STEPS: list[dict[str, Any]] = [
    {"name": name, "status": "DONE", "missing": []}
    for name in ("UNIT", "VEHICLE_DATA", "CONFIGURATION", "TESTS", "PHOTOS")
]
JOB = {
    **JOB_SUMMARY,
    "fields": [FIELD],
    "instructions": "Mount the unit behind the glove box.",
    "contact": "Max Keller, +49 30 1234567",
    "external_reference": "PO-4711",
    "vehicle": {"vehicle_id": "A1B2C", **IDENTITY},
    "planned_unit": None,
    "unit": {"qnr": "00A1B2C3D4E5F607"},
    "read_vin": IDENTITY["vin"],
    "configuration": {
        "status": "APPLIED",
        "at": "2026-11-28T09:11:30Z",
        "error": None,
    },
    "access": {"open": True, "ends_at": "2026-11-28T17:10:00Z"},
    "assignment": {"id": 3, "since": "2026-11-28T08:50:11Z", "holder": PERSON},
    "steps": [*STEPS, {"name": "OUTCOME", "status": "OPEN", "missing": []}],
    "can": PERMITS,
    "required_tests": ["CENTRAL_LOCK"],
    "tests": [TEST],
    "required_photos": ["MOUNTING"],
    "photos": [PHOTO],
    "comment": None,
    "outcome": None,
    "version": 3,
    "tag": 'W/"3.1f4b9c0d2e"',
}
OUTCOME = {
    "outcome": "SUCCEEDED",
    "reason": None,
    "comment": "Unit behind the glove box.",
    "by": PERSON,
    "taken_at": "2026-11-28T08:50:11Z",
    "finished_at": "2026-11-28T09:31:40Z",
}
FINISHED_JOB = {
    **JOB,
    "status": "SUCCEEDED",
    "steps": [*STEPS, {"name": "OUTCOME", "status": "DONE", "missing": []}],
    "can": {**dict.fromkeys(PERMITS, IS_OVER), "hand_back": PERMITS["hand_back"]},
    "fields": [{**FIELD, "locked": True, "reason": "The job is finished."}],
    "vehicle": None,
    "assignment": None,
    "read_vin": None,
    "access": {"open": False, "ends_at": "2026-11-28T09:31:40Z"},
    "comment": "Unit behind the glove box.",
    "outcome": OUTCOME,
}
WARNING = {
    "code": "unlocked",
    "text": "The vehicle was unlocked when the job ended. Somebody should lock it.",
}
COUNTS = {
    "available": 4,
    "mine": 1,
    "running": 2,
    "finished": 57,
}
