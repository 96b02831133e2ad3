"""Access to vehicles: the rows of the jobs, the keys, and what the units know of them."""

from tests.torture.invariants.base import Invariant
from tests.torture.invariants.jobs import RUNNING

OPEN = f"(SELECT key_id FROM open_access WHERE job_id = {RUNNING})"
DROPPED = """
    (SELECT id FROM telematics_key WHERE dropped_at IS NOT NULL AND kind = 'PERSON'
        AND told_until IS NOT NULL ORDER BY id LIMIT 1)"""

ACCESS = [
    Invariant(
        "keys of persons have an access",
        "a person's key belongs to the access of a job, and an access to a person's key",
        """
        SELECT k.id FROM telematics_key k LEFT JOIN jobs_vehicleaccess a ON a.key_id = k.id
        WHERE (k.kind = 'PERSON') <> (a.id IS NOT NULL)""",
        f"DELETE FROM jobs_vehicleaccess WHERE key_id = {DROPPED}",
    ),
    Invariant(
        "keys of persons have a holder",
        "a person's key says whose it is, that of a client and the system's own are nobody's",
        """
        SELECT id FROM telematics_key
        WHERE (kind IN ('PERSON', 'STAFF')) <> (holder_id IS NOT NULL)""",
        f"UPDATE telematics_key SET holder_id = NULL WHERE id = {DROPPED}",
    ),
    Invariant(
        "keys of clients have a client",
        "a client's key says of which client it is, and no other key has one",
        "SELECT id FROM telematics_key WHERE (kind = 'CLIENT') <> (client_id IS NOT NULL)",
        f"UPDATE telematics_key SET client_id = 0 WHERE id = {DROPPED}",
    ),
    Invariant(
        "no client without rights has a key",
        "no key is open of a client that is revoked or suspended, itself or with its fleet",
        """
        SELECT k.id FROM telematics_key k JOIN accounts_apiclient a ON a.id = k.client_id
        JOIN accounts_fleet f ON f.fleet_id = a.fleet_id
        JOIN accounts_mobilityprovider p ON p.provider_id = f.provider_id
        WHERE k.ended_at IS NULL AND k.ends_at > now()
        AND coalesce(a.revoked_at, a.suspended_at, f.suspended_at, p.suspended_at) IS NOT NULL""",
        "UPDATE accounts_apiclient SET revoked_at = now()",
    ),
    Invariant(
        "one open key",
        "a vehicle has one open key of a person",
        """
        SELECT vehicle_id, count(*) FROM telematics_key WHERE kind = 'PERSON' AND ended_at IS NULL
        GROUP BY vehicle_id HAVING count(*) > 1""",
        f"""
        DROP INDEX key_one_open_of_a_person;
        INSERT INTO telematics_key (id, kind, vehicle_id, unit_id, holder_id, ends_at, due_at, attempts)
        SELECT gen_random_uuid(), kind, vehicle_id, unit_id, holder_id, ends_at, due_at, attempts
        FROM telematics_key WHERE id = {OPEN}""",
    ),
    Invariant(
        "one open access",
        "a job has one open access",
        """
        SELECT job_id, count(*) FROM jobs_vehicleaccess WHERE end_reason = ''
        GROUP BY job_id HAVING count(*) > 1""",
        f"""
        UPDATE jobs_vehicleaccess SET end_reason = '', job_id = {RUNNING} WHERE key_id = {DROPPED}""",
    ),
    Invariant(
        "access and key end together",
        "an access has a reason for its end when its key has ended, and only then",
        """
        SELECT a.id FROM jobs_vehicleaccess a JOIN telematics_key k ON k.id = a.key_id
        WHERE (a.end_reason = '') <> (k.ended_at IS NULL)""",
        f"UPDATE jobs_vehicleaccess SET end_reason = '' WHERE key_id = {DROPPED}",
    ),
    Invariant(
        "open access is that of the holder",
        "an access is open only for the holder of a RUNNING job, to its vehicle",
        """
        SELECT o.id FROM open_access o JOIN jobs_job j ON j.id = o.job_id
        WHERE j.status <> 'RUNNING' OR j.assignee_id IS DISTINCT FROM o.holder_id
        OR j.vehicle_id IS DISTINCT FROM o.vehicle_id""",
        f"""
        UPDATE telematics_key SET holder_id = (SELECT max(id) FROM accounts_user) WHERE id = {OPEN}""",
    ),
    Invariant(
        "a stop closes",
        "no access is open while the fleet has stopped it",
        """
        SELECT o.id FROM open_access o JOIN jobs_job j ON j.id = o.job_id
        WHERE j.access_stopped_at IS NOT NULL""",
        f"UPDATE jobs_job SET access_stopped_at = now() WHERE id = {RUNNING}",
    ),
    Invariant(
        "a suspension closes",
        "no access is open while its holder, company, fleet or provider is suspended",
        """
        SELECT o.id FROM open_access o JOIN jobs_job j ON j.id = o.job_id
        JOIN accounts_user u ON u.id = o.holder_id JOIN accounts_company c ON c.partner_id = j.company_id
        JOIN accounts_fleet f ON f.fleet_id = j.fleet_id
        JOIN accounts_mobilityprovider p ON p.provider_id = f.provider_id
        WHERE coalesce(u.suspended_at, u.closed_at, c.suspended_at, c.closed_at, f.suspended_at,
            p.suspended_at) IS NOT NULL""",
        "UPDATE accounts_fleet SET suspended_at = now()",
    ),
    Invariant(
        "ends have their cause",
        "the reason of each end is in the history of the job",
        """
        SELECT a.id, a.end_reason FROM jobs_vehicleaccess a JOIN (VALUES ('SUCCEEDED', 'succeed'),
            ('FAILED', 'fail'), ('WITHDRAWN', 'withdraw'), ('STOPPED', 'stop_access'),
            ('HANDED_BACK', 'hand_back'), ('PERSON_REMOVED', 'withdraw'), ('COMPANY_REMOVED', 'release'),
            ('PARTNERSHIP_ENDED', 'release'), ('SUSPENDED', 'suspend_access')) AS cause (reason, verb)
            ON cause.reason = a.end_reason
        WHERE NOT EXISTS (
            SELECT FROM jobs_jobevent e WHERE e.job_id = a.job_id AND e.verb = cause.verb)""",
        f"UPDATE jobs_vehicleaccess SET end_reason = 'STOPPED' WHERE key_id = {DROPPED}",
    ),
    Invariant(
        "no ended key is left",
        "a key that has ended or run out was dropped at the unit",
        """
        SELECT id FROM telematics_key WHERE (ended_at IS NOT NULL OR ends_at <= now())
        AND dropped_at IS NULL""",
        f"UPDATE telematics_key SET dropped_at = NULL WHERE id = {DROPPED}",
    ),
    Invariant(
        "no lease is left",
        "an access whose lease is over was ended",
        """
        SELECT a.id FROM jobs_vehicleaccess a JOIN telematics_key k ON k.id = a.key_id
        WHERE a.end_reason = '' AND k.ends_at <= now()""",
        f"""
        UPDATE telematics_key SET opened_at = now() - interval '9 h', ends_at = now() - interval '1 h',
            dropped_at = now() WHERE id = {OPEN}""",
    ),
    Invariant(
        "dropped after the end",
        "no key was dropped before it had ended or run out",
        "SELECT id FROM telematics_key WHERE dropped_at < least(coalesce(ended_at, ends_at), ends_at)",
        f"UPDATE telematics_key SET dropped_at = ended_at - interval '1 s' WHERE id = {DROPPED}",
    ),
    Invariant(
        "no unit keeps a dropped key",
        "a unit does not know a key that was dropped",
        """
        SELECT k.id, s.unit_id FROM telematics_key k JOIN telematics_simulatedunit s
        ON s.unit_id = k.unit_id WHERE k.dropped_at IS NOT NULL AND s.keys ? pg_temp.ulid(k.id)""",
        f"""
        UPDATE telematics_simulatedunit s SET keys = s.keys || jsonb_build_object(
            pg_temp.ulid(k.id), now()) FROM telematics_key k
        WHERE k.id = {DROPPED} AND s.unit_id = k.unit_id""",
    ),
    Invariant(
        "the drop reached the unit",
        "a key that the unit was told was dropped there, as the unit's log says",
        """
        SELECT k.id FROM telematics_key k WHERE k.dropped_at IS NOT NULL AND k.told_until IS NOT NULL
        AND NOT EXISTS (SELECT FROM telematics_simulatorlog l WHERE l.unit_id = k.unit_id
            AND l.key_id = k.id AND l.act = 'drop-key')""",
        f"DELETE FROM telematics_simulatorlog WHERE act = 'drop-key' AND key_id = {DROPPED}",
    ),
    Invariant(
        "units know the open keys",
        "the unit knows each open key that it was to be given",
        """
        SELECT k.id FROM telematics_key k LEFT JOIN telematics_simulatedunit s ON s.unit_id = k.unit_id
        WHERE k.ended_at IS NULL AND k.ends_at > now() AND k.unit_id IS NOT NULL
        AND (k.told_until IS NULL OR s.unit_id IS NULL OR NOT s.keys ? pg_temp.ulid(k.id))""",
        f"UPDATE telematics_key SET told_until = NULL WHERE id = {OPEN}",
    ),
    Invariant(
        "units know no other keys",
        "a unit knows no key that the product does not have for it",
        """
        SELECT s.unit_id, known FROM telematics_simulatedunit s, jsonb_object_keys(s.keys) AS known
        WHERE NOT EXISTS (SELECT FROM telematics_key k WHERE k.unit_id = s.unit_id
            AND pg_temp.ulid(k.id) = known)""",
        """
        UPDATE telematics_simulatedunit SET keys = keys || '{"01AAAAAAAAAAAAAAAAAAAAAAAA": "2030-01-01"}'""",
    ),
    Invariant(
        "open keys are at the unit of the vehicle",
        "an open key of a person or client is at the unit that is in its vehicle",
        """
        SELECT k.id FROM telematics_key k JOIN telematics_vehicle v ON v.vehicle_id = k.vehicle_id
        WHERE k.kind <> 'SYSTEM' AND k.ended_at IS NULL AND k.ends_at > now()
        AND k.unit_id IS DISTINCT FROM v.unit_id""",
        f"""
        UPDATE telematics_key SET told_until = NULL, unit_id = NULL WHERE id = {OPEN}""",
    ),
    Invariant(
        "keys of one command end with it",
        "a key of the system or of a person at the desk is open only for a command that is not settled",
        """
        SELECT k.id FROM telematics_key k WHERE k.kind IN ('SYSTEM', 'STAFF') AND k.ended_at IS NULL AND NOT EXISTS (
            SELECT FROM telematics_command c WHERE c.key_id = k.id AND c.settled_at IS NULL)""",
        """
        UPDATE telematics_key SET ended_at = NULL WHERE kind = 'SYSTEM'""",
    ),
]
