"""Jobs by the hundred thousand, written by the database itself: believable in who, what, when and how far."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from django.db import connection

# One tenth of all jobs belongs to the first fleet. What is older than a fifth of the time is nearly all done; the first
# companies have the most; each company has five people, each small fleet three partners.
DRAWN = """
SELECT n, n::float8 / %(number)s AS age, random() AS a, random() AS b, random() AS c, random() AS d, random() AS e,
    random() AS has_vin, random() AS has_plate, random() AS has_name, random() AS has_model, random() AS has_date,
    random() AS differing, upper(md5(n::text || 'v')) AS hex FROM generate_series(1, %(number)s::int) n
"""
PLACED = (
    """
SELECT *, CASE WHEN a < 0.1 THEN 1 ELSE 2 + floor(b * (cardinality(%(fleets)s::text[]) - 1))::int END AS f,
    CASE WHEN c < 0.88 THEN 'INSTALLATION' ELSE 'MAINTENANCE' END AS kind,
    now() - (1 - age) * interval '720 days' - interval '1 minute' AS created,
    CASE WHEN age > 0.8
        THEN CASE WHEN d < 0.02 THEN 'DELETED' WHEN d < 0.42 THEN 'PENDING' WHEN d < 0.70 THEN 'ASSIGNED'
            WHEN d < 0.85 THEN 'RUNNING' WHEN d < 0.97 THEN 'SUCCEEDED' ELSE 'FAILED' END
        ELSE CASE WHEN d < 0.02 THEN 'DELETED' WHEN d < 0.04 THEN 'PENDING' WHEN d < 0.05 THEN 'ASSIGNED'
            WHEN d < 0.055 THEN 'RUNNING' WHEN d < 0.9 THEN 'SUCCEEDED' ELSE 'FAILED' END END AS state
FROM ("""
    + DRAWN
    + "OFFSET 0) drawn"
)
STAFFED = (
    """
SELECT *, (%(fleets)s::text[])[f] AS fleet, CASE WHEN state IN ('PENDING', 'DELETED') THEN NULL
    WHEN f = 1 THEN 1 + floor(power(e, 2) * cardinality(%(companies)s::text[]))::int
    ELSE 1 + (f * 3 + floor(e * 3)::int) %% cardinality(%(companies)s::text[]) END AS firm,
    CASE WHEN has_vin < 0.97 THEN (ARRAY['WVWZZZ', 'WAUZZZ', 'WDB906', 'VF1RFB', 'TMBJJ7'])[1 + n %% 5]
        || substr(hex, 1, 5) || lpad((n %% 1000000)::text, 6, '0') ELSE '' END AS vin,
    CASE WHEN has_plate < 0.7 THEN (ARRAY['B', 'HH', 'M', 'K', 'F', 'S', 'L'])[1 + n %% 7] || ' '
        || chr(65 + (n / 7 %% 26)::int) || chr(65 + (n / 182 %% 26)::int) || ' '
        || (1 + n::bigint * 7919 %% 9999) ELSE '' END AS plate,
    CASE WHEN has_name < 0.4 THEN (ARRAY['Van', 'Pool car', 'Courier', 'Cargo'])[1 + n %% 4]
        || ' ' || n ELSE '' END AS named
FROM ("""
    + PLACED
    + " OFFSET 0) placed"
)
VALUES = {
    "id": "(lpad(to_hex((extract(epoch FROM created) * 1000)::bigint), 12, '0') || substr(md5(n::text), 1, 20))::uuid",
    "number": "n",
    "fleet_id": "fleet",
    "kind": "kind",
    "status": "state",
    "task": "CASE kind WHEN 'MAINTENANCE' THEN 'SERVICE' ELSE '' END",
    "company_id": "(%(companies)s::text[])[firm]",
    "assignee_id": (
        "CASE WHEN state IN ('RUNNING', 'SUCCEEDED', 'FAILED')"
        " THEN (%(people)s::bigint[])[firm * 5 - n %% 5] END"
    ),
    "planned": "CASE WHEN firm IS NOT NULL THEN jsonb_build_object('vin', vin, 'license_plate', plate) END",
    "vehicle_model_id": (
        "CASE WHEN has_model < 0.9"
        " THEN (%(models)s::uuid[])[1 + n %% cardinality(%(models)s::uuid[])] END"
    ),
    "brand": "CASE WHEN has_model < 0.9 THEN '' ELSE 'Ford' END",
    "model": "CASE WHEN has_model < 0.9 THEN '' ELSE 'Transit' END",
    "vin": "vin",
    "license_plate": "plate",
    "custom_name": "named",
    "search": r"upper(vin || '|' || regexp_replace(plate || '|' || named, '\s', '', 'g'))",
    "planned_service_date": "CASE WHEN has_date < 0.8 THEN (created + (5 + n %% 40) * interval '1 day')::date END",
    "location": "'Hall ' || n %% 40",
    "differs": "firm IS NOT NULL AND differing < 0.05",
    "comment": "CASE state WHEN 'FAILED' THEN 'The car was not there.' ELSE '' END",
    "created_at": "created",
    "updated_at": "least(now(), created + (n %% 1000) * interval '1 hour')",
    "assigned_at": "CASE WHEN firm IS NOT NULL THEN created + interval '1 hour' END",
    "finished_at": "CASE WHEN state IN ('SUCCEEDED', 'FAILED') THEN created + interval '3 days' END",
}


def fill(cursor: Any, number: int, **known: Any) -> None:
    """`number` jobs of `fleets`, `companies` with `people`, `models`, and `created_by`, all ids."""
    from jobs.models import Job

    cursor.execute("SELECT setseed(0.5)")
    sample = Job(created_by_id=known["created_by"])
    insert(cursor, sample, VALUES, STAFFED, {"number": number, **known})
    cursor.execute(
        "INSERT INTO jobs_jobcounter (fleet_id, last) SELECT fleet_id, max(number) FROM jobs_job GROUP BY fleet_id "
        "ON CONFLICT (fleet_id) DO UPDATE SET last = excluded.last"
    )


# Each kind once, and a tenth of them again, at what one fleet has finished in the last months.
TESTED = """
SELECT job.id AS job, test.kind, attempt FROM jobs_job job CROSS JOIN unnest(%(kinds)s::text[]) test(kind)
    CROSS JOIN generate_series(1, 2) attempt
WHERE job.fleet_id = %(fleet)s AND job.finished_at > now() - interval '90 days' AND (attempt = 1 OR random() < 0.1)
"""


def fill_tests(cursor: Any, fleet: str) -> None:
    """The tests of this fleet's jobs."""
    from django.utils import timezone

    from jobs.models import InstallationTest
    from jobs.procedures.kinds import KINDS

    at = timezone.now()
    sample = InstallationTest(
        unit_id="7C0D1A0000000000",
        status="PASSED",
        requested_at=at,
        due_at=at,
        finished_at=at,
        request_id="",
        void_reason="",
    )
    columns = {"job_id": "job", "kind": "kind", "attempt": "attempt", "id": "gen_random_uuid()"}
    insert(cursor, sample, columns, TESTED, {"kinds": KINDS, "fleet": fleet})


def insert(
    cursor: Any, sample: Any, values: dict[str, str], source: str, known: dict[str, Any]
) -> None:
    """A row like `sample` for each of `source`, a SELECT; `values` has the columns that differ."""
    columns, known = [], dict(known)
    for field in sample._meta.concrete_fields:
        if field.column in values:
            columns.append((field.column, values[field.column]))
            continue
        columns.append((field.column, f"%({field.column})s::{field.db_type(connection)}"))
        known[field.column] = field.get_db_prep_save(getattr(sample, field.attname), connection)
    names, selected = zip(*columns, strict=True)
    table = sample._meta.db_table
    with bare(table, cursor):
        cursor.execute(
            f"INSERT INTO {table} ({', '.join(names)}) SELECT {', '.join(selected)} FROM ({source} OFFSET 0) drawn",  # noqa: S608
            known,
        )
    cursor.execute(f"ANALYZE {table}")


@contextmanager
def bare(table: str, cursor: Any) -> Iterator[None]:
    """Drop plain indexes and foreign keys' checks: both are made once for all rows."""
    cursor.execute(
        "SELECT indexname, indexdef FROM pg_indexes WHERE tablename = %s "
        "AND indexname NOT IN (SELECT conname FROM pg_constraint)",
        [table],
    )
    indexes = cursor.fetchall()
    cursor.execute("SET session_replication_role = replica")
    for name, _definition in indexes:
        cursor.execute(f'DROP INDEX "{name}"')
    yield
    cursor.execute("SET maintenance_work_mem = '256MB'")
    for _name, definition in indexes:
        cursor.execute(definition)
    cursor.execute("RESET session_replication_role")
