"""Vehicles by the ten thousand, a tenth of them in the first fleet."""

from typing import Any

from bench.rows import insert

DRAWN = """
SELECT n, CASE WHEN n %% 10 = 0 THEN 1 ELSE 2 + n %% (cardinality(%(fleets)s::text[]) - 1) END AS f,
    lpad((n * 7919 %% 999983)::text, 6, '0') AS mixed FROM generate_series(1, %(number)s::int) n
"""
VALUES = {
    "vehicle_id": "'V' || lpad(n::text, 6, '0')",
    "fleet_id": "(%(fleets)s::text[])[f]",
    "vehicle_model_id": "(%(models)s::uuid[])[1 + n / 10 %% cardinality(%(models)s::uuid[])]",
    "brand": "CASE WHEN n %% 300 = 0 THEN 'Fiat' ELSE '' END",
    "vin": "'WVWZZZ1KZAW' || mixed",
    "license_plate": "CASE WHEN n %% 7 > 0 THEN 'B AD ' || mixed ELSE '' END",
    "custom_name": "CASE WHEN n %% 3 = 0 THEN 'Van ' || n ELSE '' END",
    "search": "'WVWZZZ1KZAW' || mixed || '|BAD' || mixed || '|VAN' || n",
    "operation_status": "CASE WHEN n %% 500 = 0 THEN 'BROKEN' ELSE 'OPERATING' END",
    "tags": """CASE WHEN n %% 400 = 0 THEN '["winter"]'::jsonb ELSE '["summer"]'::jsonb END""",
    "created_at": "now() - n * interval '1 minute'",
    "updated_at": "now() - (n * 7919 %% 999983) * interval '1 second'",
    "archived_at": "CASE WHEN n %% 50 = 0 THEN now() END",
}


def park(cursor: Any, number: int, **known: Any) -> None:
    """`number` vehicles of `fleets` and `models`, all ids; none has a unit."""
    from telematics.models import Vehicle

    insert(cursor, Vehicle(operation_status_remark=""), VALUES, DRAWN, {"number": number, **known})
