"""What an invariant is, and the tables and functions that their statements share."""

from typing import NamedTuple


class Invariant(NamedTuple):
    """`sql` finds the rows that break it. `broken_by` makes it find one, in a world where nothing is broken."""

    name: str
    meaning: str
    sql: str
    broken_by: str


# For the time of the session. `committed` says when the transaction of a row was committed, as far as the server keeps
# that: the clock of a row is the beginning of its transaction, which may have waited for a lock.
PREPARED = """
CREATE FUNCTION pg_temp.ulid(id uuid) RETURNS text LANGUAGE sql IMMUTABLE AS $$
    SELECT string_agg(substr('0123456789ABCDEFGHJKMNPQRSTVWXYZ',
        substring(bits FROM place * 5 + 1 FOR 5)::bit(5)::int + 1, 1), '' ORDER BY place)
    FROM (SELECT B'00' || ('x' || replace(id::text, '-', ''))::bit(128) AS bits) AS b,
        generate_series(0, 25) AS place
$$;
CREATE FUNCTION pg_temp.committed(id xid, otherwise timestamptz) RETURNS timestamptz LANGUAGE plpgsql AS $$
BEGIN
    IF current_setting('track_commit_timestamp') <> 'on' THEN RETURN otherwise; END IF;
    RETURN coalesce(pg_xact_commit_timestamp(id), otherwise);
END $$;
CREATE TEMP TABLE moves (verb text PRIMARY KEY, sources text[], target text);
INSERT INTO moves VALUES
    ('create', '{}', 'PENDING'), ('edit', '{PENDING}', NULL), ('delete', '{PENDING}', 'DELETED'),
    ('assign', '{PENDING}', 'ASSIGNED'), ('reserve', '{ASSIGNED}', NULL),
    ('take', '{ASSIGNED}', 'RUNNING'), ('withdraw', '{RUNNING}', 'ASSIGNED'),
    ('hand_back', '{ASSIGNED}', 'PENDING'), ('request_handback', '{ASSIGNED}', NULL),
    ('refuse_handback', '{ASSIGNED}', NULL), ('release', '{ASSIGNED,RUNNING}', 'PENDING'),
    ('link_unit', '{RUNNING}', NULL), ('fill_in', '{RUNNING}', NULL), ('renew', '{RUNNING}', NULL),
    ('stop_access', '{RUNNING}', NULL), ('allow_access', '{RUNNING}', NULL),
    ('suspend_access', '{RUNNING}', NULL), ('succeed', '{RUNNING}', 'SUCCEEDED'),
    ('fail', '{RUNNING}', 'FAILED');
CREATE TEMP VIEW status_after AS
    SELECT e.job_id, e.seq, e.verb,
        (SELECT m.target FROM jobs_jobevent p JOIN moves m ON m.verb = p.verb AND m.target IS NOT NULL
            WHERE p.job_id = e.job_id AND p.seq <= e.seq ORDER BY p.seq DESC LIMIT 1) AS status
    FROM jobs_jobevent e;
-- What units have carried out for somebody's key, as their own logs say.
CREATE TEMP VIEW carried_out AS
    SELECT * FROM telematics_simulatorlog
    WHERE key_id IS NOT NULL AND act NOT IN ('add-key', 'drop-key');
CREATE TEMP VIEW open_access AS
    SELECT a.id, a.job_id, a.key_id, k.vehicle_id, k.unit_id, k.holder_id, k.ends_at
    FROM jobs_vehicleaccess a JOIN telematics_key k ON k.id = a.key_id
    WHERE k.ended_at IS NULL AND k.ends_at > now();
CREATE TEMP TABLE ledger (line jsonb);
CREATE TEMP TABLE mail_file (mail_id uuid, recipient text);
CREATE TEMP TABLE photo_file (name text PRIMARY KEY);
CREATE TEMP VIEW kept AS
    SELECT line->>'who' AS who, line->>'act' AS act, line->>'job' AS job, line->>'path' AS path,
        line->>'key' AS key, line->>'assignment' AS assignment, line->'body' AS body,
        line->'answer' AS answer, line
    FROM ledger WHERE line->>'what' = 'kept';
CREATE TEMP VIEW sent AS
    SELECT line->>'who' AS who, line->>'act' AS act, line->>'job' AS job, line->>'key' AS key,
        line->'body' AS body, line
    FROM ledger WHERE line->>'what' = 'sent';
-- An account that is closed gives its address up: the ledger knows whose it was.
CREATE TEMP VIEW person AS
    SELECT id, email FROM accounts_user UNION
    SELECT (line->>'id')::bigint, line->>'email' FROM ledger WHERE line->>'what' = 'person';
-- People and machines: as the ledger names them, and as an answered request and an event do.
CREATE TEMP VIEW caller AS
    SELECT email AS who, 'user:' || id AS principal, id AS person, NULL::bigint AS client FROM person UNION ALL
    SELECT 'client:' || client_id, 'client:' || client_id, NULL, id FROM accounts_apiclient;
CREATE TEMP VIEW acted AS
    SELECT pg_temp.ulid(e.job_id) AS job, c.who, e.verb, count(*) AS number FROM jobs_jobevent e
    JOIN caller c ON c.person = e.actor_id OR c.client = e.client_id GROUP BY 1, 2, 3;
-- What people and machines of a fleet did to its vehicles, each with the text that is after it and was not before.
CREATE TEMP VIEW change AS
    SELECT e.vehicle_id, e.seq, e.verb, c.who, e.data::text AS text,
        (SELECT string_agg((pair->1)::text, ' ') FROM jsonb_each(e.data->'changes') AS each (name, pair)
        ) AS after
    FROM telematics_vehicleevent e JOIN caller c ON c.person = e.actor_id OR c.client = e.client_id;
"""
