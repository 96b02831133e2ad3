"""Messages to programs: none is missing, none is in the wrong place, and none is another fleet's."""

from tests.torture.invariants.base import Invariant

FIRST = "(SELECT min(id) FROM core_outboxmessage WHERE topic = 'JobChanged')"

MESSAGES = [
    Invariant(
        "every message has a place",
        "what was written for a consumer is numbered, and so can be read",
        "SELECT id FROM core_outboxmessage WHERE sequence IS NULL",
        f"UPDATE core_outboxmessage SET sequence = NULL WHERE id = {FIRST}",
    ),
    Invariant(
        "places of messages have no gaps",
        "the messages of a stream are numbered from 1 to its last place",
        """
        SELECT s.name FROM core_outboxstream s LEFT JOIN core_outboxmessage m ON m.stream = s.name
        GROUP BY s.name, s.last HAVING count(m.sequence) <> s.last
            OR coalesce(max(m.sequence), 0) <> s.last""",
        f"DELETE FROM core_outboxmessage WHERE id = {FIRST}",
    ),
    Invariant(
        "each step of a job is one message",
        "the history of a job and its messages have the same verbs, each as often",
        """
        SELECT e.job_id, e.verb FROM jobs_jobevent e GROUP BY e.job_id, e.verb
        HAVING count(*) <> (SELECT count(*) FROM core_outboxmessage m
            WHERE m.topic = 'JobChanged' AND m.subject = pg_temp.ulid(e.job_id)
            AND m.reasons ->> 0 = e.verb)""",
        """
        UPDATE core_outboxmessage SET reasons = '["take"]' WHERE reasons ->> 0 = 'create'""",
    ),
    Invariant(
        "the last message of a job shows it as it is",
        "no change of a job is without a message",
        """
        SELECT j.id FROM jobs_job j JOIN LATERAL (
            SELECT m.body::jsonb AS body FROM core_outboxmessage m
            WHERE m.topic = 'JobChanged' AND m.subject = pg_temp.ulid(j.id)
            ORDER BY m.sequence DESC LIMIT 1) AS latest ON true
        WHERE (latest.body #>> '{data,job,version}')::int IS DISTINCT FROM j.version""",
        "UPDATE jobs_job SET version = version + 1",
    ),
    Invariant(
        "the last message of a vehicle shows it as it is",
        "no change of a vehicle is without a message",
        """
        SELECT v.vehicle_id FROM telematics_vehicle v LEFT JOIN LATERAL (
            SELECT m.body::jsonb AS body FROM core_outboxmessage m
            WHERE m.topic = 'VehicleChanged' AND m.subject = v.vehicle_id
            ORDER BY m.sequence DESC LIMIT 1) AS latest ON true
        WHERE (latest.body #>> '{data,vehicle,version}')::int IS DISTINCT FROM v.version""",
        "UPDATE telematics_vehicle SET version = version + 1",
    ),
    Invariant(
        "messages of a vehicle come in its order",
        "a later message never shows an earlier version",
        """
        SELECT subject FROM (
            SELECT subject, (body::jsonb #>> '{data,vehicle,version}')::int AS version,
                lag((body::jsonb #>> '{data,vehicle,version}')::int)
                    OVER (PARTITION BY subject ORDER BY sequence) AS before
            FROM core_outboxmessage WHERE topic = 'VehicleChanged') AS shown
        WHERE version < before""",
        """
        UPDATE core_outboxmessage SET body = jsonb_set(
            body::jsonb, '{data,vehicle,version}', '999')::text
        WHERE id = (SELECT min(id) FROM core_outboxmessage WHERE subject = (
            SELECT subject FROM core_outboxmessage WHERE topic = 'VehicleChanged'
            GROUP BY subject HAVING count(*) > 1 LIMIT 1))""",
    ),
    Invariant(
        "a message is its fleet's",
        "no message about a vehicle or job is in the stream of another fleet",
        """
        SELECT m.id FROM core_outboxmessage m
        LEFT JOIN telematics_vehicle v ON v.vehicle_id = m.subject
        LEFT JOIN jobs_job j ON pg_temp.ulid(j.id) = m.subject
        WHERE coalesce(v.fleet_id, j.fleet_id) IS DISTINCT FROM m.stream""",
        "UPDATE core_outboxmessage SET stream = 'ZZZZZ'",
    ),
]
