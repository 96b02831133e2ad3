"""What machines create, once for each key, all of it or nothing; and what they are told of changes."""

from tests.torture.invariants.base import Invariant

CREATED = "(SELECT vehicle_id FROM telematics_vehicleevent WHERE verb = 'create' AND client_id IS NOT NULL LIMIT 1)"

CREATIONS = [
    Invariant(
        "one key for each vehicle",
        "a vehicle that a machine has created is the answer to one key of it",
        """
        SELECT e.vehicle_id, count(r.id) FROM telematics_vehicleevent e
        JOIN accounts_apiclient a ON a.id = e.client_id
        LEFT JOIN core_answeredrequest r ON r.principal = 'client:' || a.client_id AND r.status = 201
            AND (r.object_id = e.vehicle_id OR r.object_ids ? e.vehicle_id)
        WHERE e.verb = 'create' GROUP BY e.vehicle_id HAVING count(r.id) <> 1""",
        """
        UPDATE core_answeredrequest SET object_id = 'ZZZZZ', object_ids = '[]'
        WHERE principal LIKE 'client:%'""",
    ),
    Invariant(
        "one key for each job",
        "a job that a machine has created is the answer to one key of it, or of the import of such a key",
        """
        SELECT e.job_id, count(r.id) FROM jobs_jobevent e JOIN jobs_job j ON j.id = e.job_id
        JOIN accounts_apiclient a ON a.id = e.client_id
        LEFT JOIN core_answeredrequest r ON r.principal = 'client:' || a.client_id AND r.status = 201
            AND (r.object_id = pg_temp.ulid(e.job_id) OR r.object_ids ? pg_temp.ulid(e.job_id)
                OR r.object_id = pg_temp.ulid(j.job_import_id))
        WHERE e.verb = 'create' GROUP BY e.job_id HAVING count(r.id) <> 1""",
        """
        UPDATE core_answeredrequest SET object_id = 'ZZZZZ', object_ids = '[]'
        WHERE principal LIKE 'client:%'""",
    ),
    Invariant(
        "one key for each command",
        "a command of a machine is the answer to one key of it",
        """
        SELECT c.id, count(r.id) FROM telematics_command c JOIN accounts_apiclient a ON a.id = c.client_id
        LEFT JOIN core_answeredrequest r ON r.principal = 'client:' || a.client_id
            AND r.object_id = pg_temp.ulid(c.id) GROUP BY c.id HAVING count(r.id) <> 1""",
        """
        UPDATE core_answeredrequest SET object_id = 'ZZZZZ', object_ids = '[]'
        WHERE principal LIKE 'client:%'""",
    ),
    Invariant(
        "all of a list or nothing",
        "a machine that has created many at once has created as many as it asked for, and they are there",
        """
        SELECT s.act, s.key, jsonb_array_length(r.object_ids) FROM sent s JOIN core_answeredrequest r
        ON r.principal = s.who AND r.key = s.key WHERE s.act IN ('add_vehicles', 'create_jobs')
        AND (SELECT count(*) FROM jsonb_array_elements_text(r.object_ids) AS one WHERE EXISTS (
                SELECT FROM telematics_vehicleevent e WHERE e.vehicle_id = one AND e.verb = 'create')
            OR EXISTS (SELECT FROM jobs_job j WHERE pg_temp.ulid(j.id) = one))
        <> jsonb_array_length(coalesce(s.body->'vehicles', s.body->'jobs'))""",
        """
        UPDATE core_answeredrequest SET object_ids = object_ids - 0 WHERE object_ids <> '[]'""",
    ),
    Invariant(
        "acknowledged creations are there",
        "each vehicle and job that a machine was told to be created is there",
        """
        SELECT k.act, one FROM kept k, jsonb_array_elements_text(coalesce(k.answer->'ids',
            jsonb_build_array(coalesce(k.answer->>'vehicle_id', k.answer->>'id')))) AS one
        WHERE k.act IN ('add_vehicle', 'add_vehicles', 'create_job', 'create_jobs', 'import_jobs')
        AND NOT EXISTS (SELECT FROM telematics_vehicle v WHERE v.vehicle_id = one)
        AND NOT EXISTS (SELECT FROM jobs_job j WHERE pg_temp.ulid(j.id) = one)
        AND NOT EXISTS (SELECT FROM jobs_jobimport i WHERE pg_temp.ulid(i.id) = one)""",
        f"UPDATE telematics_vehicle SET vehicle_id = 'ZZZZZ' WHERE vehicle_id = {CREATED}",
    ),
    Invariant(
        "jobs of machines are there once",
        "of each job that a machine asked for there is one at most, and one where it was acknowledged",
        """
        WITH asked AS (SELECT DISTINCT one, EXISTS (SELECT FROM kept k WHERE k.key = s.key) AS kept
            FROM sent s, jsonb_array_elements_text(s.line->'references') AS one)
        SELECT a.one, a.kept, count(j.id) FROM asked a LEFT JOIN jobs_job j ON j.external_reference = a.one
        GROUP BY a.one, a.kept HAVING count(j.id) > 1 OR a.kept AND count(j.id) = 0""",
        "UPDATE jobs_job SET external_reference = ''",
    ),
    Invariant(
        "fields of all or of none",
        "a field that a machine gave to many vehicles was given to all of them, or to none",
        """
        SELECT s.key, count(c.vehicle_id) FROM sent s LEFT JOIN change c ON c.who = s.who
            AND c.verb = 'set_custom_fields' AND position(s.line->>'mark' IN c.after) > 0
        WHERE s.act = 'sweep_fields' GROUP BY s.key, s.line
        HAVING count(DISTINCT c.vehicle_id) NOT IN (0, (s.line->>'rows')::int)
        OR count(c.vehicle_id) = 0 AND EXISTS (SELECT FROM kept k WHERE k.key = s.key)""",
        "DELETE FROM telematics_vehicleevent WHERE verb = 'set_custom_fields'",
    ),
    Invariant(
        "followers know the newest vehicles",
        "a machine that has followed the changes from the start knows the version of each vehicle",
        """
        SELECT f.line->>'fleet', v.vehicle_id, v.version, f.line->'versions'->>v.vehicle_id
        FROM ledger f JOIN telematics_vehicle v ON v.fleet_id = f.line->>'fleet'
        WHERE f.line->>'what' = 'followed' AND f.line->>'list' = 'vehicles'
        AND (f.line->'versions'->>v.vehicle_id)::int IS DISTINCT FROM v.version""",
        "UPDATE telematics_vehicle SET version = version + 1",
    ),
    Invariant(
        "followers know the newest jobs",
        "a machine that has followed the changes from the start knows the version of each job that is shown",
        """
        SELECT f.line->>'fleet', j.id, j.version, f.line->'versions'->>pg_temp.ulid(j.id)
        FROM ledger f JOIN jobs_job j ON j.fleet_id = f.line->>'fleet' AND j.status <> 'DELETED'
        WHERE f.line->>'what' = 'followed' AND f.line->>'list' = 'jobs'
        AND (f.line->'versions'->>pg_temp.ulid(j.id))::int IS DISTINCT FROM j.version""",
        "UPDATE jobs_job SET version = version + 1",
    ),
]
