"""Vehicles by the hundred thousand with their units and last states, written by the database itself."""

from typing import Any

from django.utils import timezone

from bench.rows import insert

# The first fleet has a tenth of all, or `share` of them. Of ten vehicles nine have a unit, which has sent a message.
DRAWN = """
SELECT n, n::float8 / %(number)s AS age, random() AS a, random() AS b, random() AS c, random() AS d, random() AS e,
    random() AS has_unit, random() AS has_model, n::bigint * 1000003 %% 60466176 AS code,
    upper(md5(n::text || 'w')) AS hex FROM generate_series(1, %(number)s::int) n
"""
PLACED = (
    """
SELECT *, CASE WHEN a < %(share)s THEN 1
        ELSE 2 + floor(b * (cardinality(%(fleets)s::text[]) - 1))::int END AS f,
    now() - (1 - age) * interval '720 days' - interval '1 minute' AS created,
    CASE WHEN c < 0.03 THEN now() - d * interval '30 days' END AS archived,
    CASE WHEN c >= 0.03 AND has_unit < 0.9
        THEN lpad(upper(to_hex(n::bigint * 2654435761 %% 281474976710656)), 16, '0') END AS qnr,
    substr(%(alphabet)s, 1 + (code / 1679616 %% 36)::int, 1) || substr(%(alphabet)s, 1 + (code / 46656 %% 36)::int, 1)
        || substr(%(alphabet)s, 1 + (code / 1296 %% 36)::int, 1)
        || substr(%(alphabet)s, 1 + (code / 36 %% 36)::int, 1)
        || substr(%(alphabet)s, 1 + (code %% 36)::int, 1) AS key,
    (ARRAY['WVWZZZ', 'WAUZZZ', 'WDB906', 'VF1RFB', 'TMBJJ7'])[1 + n %% 5] || substr(hex, 1, 5)
        || lpad((n %% 1000000)::text, 6, '0') AS vin,
    CASE WHEN d < 0.9 THEN (ARRAY['B', 'HH', 'M', 'K', 'F', 'S', 'L'])[1 + n %% 7] || ' '
        || chr(65 + (n / 7 %% 26)::int) || chr(65 + (n / 182 %% 26)::int) || ' '
        || (1 + n::bigint * 7919 %% 9999) ELSE '' END AS plate,
    CASE WHEN e < 0.4 THEN (ARRAY['Van', 'Pool car', 'Courier', 'Cargo'])[1 + n %% 4]
        || ' ' || n ELSE '' END AS named
FROM ("""
    + DRAWN
    + "OFFSET 0) drawn"
)
KEYED = (
    "SELECT *, (%(fleets)s::text[])[f] AS fleet FROM ("  # noqa: S608 - ours
    + PLACED
    + " OFFSET 0) placed"
)
VALUES = {
    "vehicle_id": "key",
    "fleet_id": "fleet",
    "unit_id": "qnr",
    "unit_attached_at": "CASE WHEN qnr IS NOT NULL THEN created + interval '2 days' END",
    "vehicle_model_id": (
        "CASE WHEN has_model < 0.9"
        " THEN (%(models)s::uuid[])[1 + n %% cardinality(%(models)s::uuid[])] END"
    ),
    "brand": "'Ford'",
    "model": "'Transit'",
    "vin": "vin",
    "license_plate": "plate",
    "custom_name": "named",
    "search": (
        r"upper(vin || '|' || regexp_replace(plate, '\s', '', 'g')"
        r" || '|' || regexp_replace(named, '\s', '', 'g'))"
    ),
    "operation_status": (
        "CASE WHEN d < 0.9 THEN 'OPERATING' WHEN d < 0.96 THEN 'GARAGE'"
        " WHEN d < 0.998 THEN 'BROKEN' ELSE 'OUT_OF_SERVICE' END"
    ),
    "tags": (
        'CASE WHEN e < 0.001 THEN \'["recall", "winter"]\' WHEN e < 0.4 THEN \'["winter"]\''
        " WHEN e < 0.5 THEN '[\"pool\"]' ELSE '[]' END::jsonb"
    ),
    "custom_fields": (
        "jsonb_build_object('depot', 'Depot ' || n %% 40, 'cost_centre', (n %% 500)::text)"
    ),
    "version": "1 + n %% 9",
    "created_at": "created",
    "updated_at": "least(now(), created + (n %% 1000) * interval '1 hour')",
    "archived_at": "archived",
}
OF_UNIT = {
    "qnr": "qnr",
    "fleet_id": "fleet",
    "created_at": "created",
    "model": "'CloudBoxx 4'",
    "firmware": "'4.2.' || n %% 3",
}
OF_STATE = {"vehicle_id": "key", "received_at": "now() - c * interval '1 hour'"}


def fill_vehicles(cursor: Any, number: int, *, share: float = 0.1, **known: Any) -> None:
    """`number` vehicles of `fleets` and `models`, all ids. The first fleet has `share` of them."""
    from core.ids import ALPHABET
    from telematics.models import Unit, Vehicle, VehicleState

    known |= {"number": number, "share": share, "alphabet": ALPHABET}
    mounted = f"SELECT * FROM ({KEYED} OFFSET 0) keyed WHERE qnr IS NOT NULL"  # noqa: S608 - ours
    kinds = (
        (Unit(), OF_UNIT, mounted),
        (Vehicle(operation_status_remark=""), VALUES, KEYED),
        (VehicleState(signals=signals()), OF_STATE, mounted),
    )
    for sample, values, source in kinds:
        cursor.execute("SELECT setseed(0.5)")  # the same draws for each table
        insert(cursor, sample, values, source, known)


def signals() -> dict[str, Any]:
    """A state as units send it."""
    at = timezone.now().isoformat()
    values = {
        "ignition": False,
        "central_lock": "LOCKED",
        "mileage_in_kilometers": 12345,
        "board_voltage": 12.6,
        "speed_in_kilometers_per_hour": 0,
        "position": {"latitude": 52.5, "longitude": 13.4},
        "cellular_signal_quality": 80,
    }
    return {name: {"value": value, "timestamp": at} for name, value in values.items()}
