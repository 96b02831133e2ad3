"""Tests of the units, and the cars that they leave."""

from tests.torture.invariants.base import Invariant
from tests.torture.invariants.jobs import FAILED, RUNNING, SUCCEEDED

PASSED = f"""
    (SELECT id FROM jobs_installationtest WHERE status = 'PASSED' AND job_id = {SUCCEEDED}
        ORDER BY id LIMIT 1)"""
WAITING = "(SELECT id FROM jobs_installationtest WHERE status = 'AWAITING_CONFIRMATION')"
OPEN = "('QUEUED', 'RUNNING', 'AWAITING_CONFIRMATION')"

TESTS = [
    Invariant(
        "attempts without gaps",
        "the attempts at each test of a job are numbered from 1",
        """
        SELECT job_id, kind, count(*), max(attempt) FROM jobs_installationtest GROUP BY job_id, kind
        HAVING count(DISTINCT attempt) <> count(*) OR max(attempt) <> count(*)""",
        f"UPDATE jobs_installationtest SET attempt = attempt + 1 WHERE id = {PASSED}",
    ),
    Invariant(
        "tests end with the job",
        "a test waits or runs only while its job is RUNNING",
        f"""
        SELECT t.id, t.status, j.status FROM jobs_installationtest t JOIN jobs_job j ON j.id = t.job_id
        WHERE t.status IN {OPEN} AND j.status <> 'RUNNING'""",
        f"UPDATE jobs_installationtest SET job_id = {FAILED} WHERE id = {WAITING}",
    ),
    Invariant(
        "no test is left",
        "each test has ended, or waits for a person, or for the unit of one that does",
        """
        SELECT t.id, t.status FROM jobs_installationtest t WHERE t.status = 'RUNNING'
        OR t.status = 'QUEUED' AND NOT EXISTS (SELECT FROM jobs_installationtest o
            WHERE o.unit_id = t.unit_id AND o.status = 'AWAITING_CONFIRMATION')""",
        f"""
        UPDATE jobs_installationtest SET status = 'RUNNING', lease_until = now() + interval '1 min'
        WHERE id = {WAITING}""",
    ),
    Invariant(
        "no prompt is left",
        "no test waits for a person longer than its prompt lasts",
        """
        SELECT id FROM jobs_installationtest WHERE status = 'AWAITING_CONFIRMATION'
        AND (prompt_id = '' OR prompt_until IS NULL OR prompt_until < now() - interval '10 s')""",
        f"UPDATE jobs_installationtest SET prompt_until = now() - interval '1 min' WHERE id = {WAITING}",
    ),
    Invariant(
        "leases are those of workers",
        "a test has a lease while it is RUNNING and not otherwise, and none is over",
        """
        SELECT id, status, lease_until FROM jobs_installationtest
        WHERE (status = 'RUNNING') <> (lease_until IS NOT NULL) OR lease_until < now() - interval '10 s'""",
        f"UPDATE jobs_installationtest SET lease_until = now() + interval '1 min' WHERE id = {PASSED}",
    ),
    Invariant(
        "ended tests say when",
        "a test has the time of its end once it has ended, and not before",
        f"""
        SELECT id, status FROM jobs_installationtest
        WHERE (status IN {OPEN}) = (finished_at IS NOT NULL)""",
        f"UPDATE jobs_installationtest SET finished_at = NULL WHERE id = {PASSED}",
    ),
    Invariant(
        "a pass is proven",
        "what a PASSED test has measured is all right",
        """
        SELECT t.id FROM jobs_installationtest t, jsonb_array_elements(t.evidence) AS line
        WHERE t.status = 'PASSED' AND NOT (line->>'ok')::boolean""",
        f"""
        UPDATE jobs_installationtest SET evidence = '[{{"ok": false}}]' WHERE id = {PASSED}""",
    ),
    Invariant(
        "a pass is that of the last setup",
        "no pass counts that was made before the last configuration of its job",
        """
        SELECT t.id FROM jobs_installationtest t JOIN jobs_configuration own ON own.id = t.configuration_id
        JOIN jobs_configuration later ON later.job_id = t.job_id AND later.sequence > own.sequence
        WHERE t.status = 'PASSED' AND t.voided_at IS NULL""",
        f"""
        INSERT INTO jobs_configuration (id, job_id, unit_id, setup, sequence, status, at, error, fence)
        SELECT gen_random_uuid(), c.job_id, c.unit_id, c.setup, c.sequence + 1, 'FAILED', now(), 'x', 1
        FROM jobs_configuration c JOIN jobs_installationtest t ON t.configuration_id = c.id
        WHERE t.id = {PASSED}""",
    ),
    Invariant(
        "void tests are no passes",
        "a void test says why and is no pass, and only a void test is VOIDED",
        """
        SELECT id, status FROM jobs_installationtest WHERE (voided_at IS NULL) <> (void_reason = '')
        OR status = 'VOIDED' AND voided_at IS NULL OR status = 'PASSED' AND voided_at IS NOT NULL""",
        f"UPDATE jobs_installationtest SET voided_at = now() WHERE id = {PASSED}",
    ),
    Invariant(
        "one test at a unit",
        "at most one test of a unit runs or waits for a person",
        """
        SELECT unit_id, count(*) FROM jobs_installationtest
        WHERE status IN ('RUNNING', 'AWAITING_CONFIRMATION') GROUP BY unit_id HAVING count(*) > 1""",
        f"""
        DROP INDEX test_one_at_a_unit;
        INSERT INTO jobs_installationtest SELECT (t.r).* FROM (SELECT jsonb_populate_record(
            o, jsonb_build_object('id', gen_random_uuid(), 'kind', 'KEY_FOB', 'attempt', 1)) AS r
            FROM jobs_installationtest o WHERE o.id = {WAITING}) AS t""",
    ),
    Invariant(
        "no car is left open by a test",
        "where the last command at a sound unit was a test's or the system's, the car is locked and cannot be driven",
        """
        SELECT s.unit_id, s.car->'locked' AS locked, s.car->'blocked' AS blocked
        FROM telematics_simulatedunit s JOIN LATERAL (
            SELECT c.requested_by_id, c.client_id, c.vehicle_id FROM carried_out l
            JOIN telematics_command c ON c.key_id = l.key_id AND c.verb = l.act AND c.unit_id = l.unit_id
                AND c.sent_at <= l.at AND l.at < c.expires_at
            WHERE l.unit_id = s.unit_id AND l.act NOT IN ('request-vehicle-state', 'draw-attention')
            ORDER BY l.at DESC, l.id DESC LIMIT 1) AS last ON true
        WHERE last.requested_by_id IS NULL AND last.client_id IS NULL
        AND (s.fault = '' OR s.healed_at IS NOT NULL) AND NOT (s.car->>'ignition')::boolean
        AND (s.setup->'capabilities' ? 'central_lock' AND NOT (s.car->>'locked')::boolean
            OR s.setup->'capabilities' ? 'immobilizer' AND NOT (s.car->>'blocked')::boolean)
        AND NOT EXISTS (SELECT FROM jobs_installationtest t WHERE t.unit_id = s.unit_id
            AND t.status IN ('RUNNING', 'AWAITING_CONFIRMATION'))""",
        f"""
        UPDATE telematics_simulatedunit SET car = car || '{{"locked": false}}'
        WHERE unit_id = (SELECT unit_id FROM jobs_job WHERE id = {SUCCEEDED})""",
    ),
    Invariant(
        "tests are requested by holders",
        "everybody who requested a test had taken its job",
        """
        SELECT t.id FROM jobs_installationtest t WHERE NOT EXISTS (SELECT FROM jobs_jobevent e
            WHERE e.job_id = t.job_id AND e.verb = 'take' AND e.actor_id = t.requested_by_id)""",
        f"""
        UPDATE jobs_installationtest SET job_id = {RUNNING}, kind = 'KEY_FOB', requested_by_id = NULL
        WHERE id = {PASSED}""",
    ),
]
