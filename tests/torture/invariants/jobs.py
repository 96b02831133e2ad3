"""Jobs and their histories."""

from tests.torture.invariants.base import Invariant

ONE = "(SELECT id FROM jobs_job WHERE status = '{}' ORDER BY id LIMIT 1)"
RUNNING, ASSIGNED, PENDING = (ONE.format(s) for s in ("RUNNING", "ASSIGNED", "PENDING"))
SUCCEEDED, FAILED = ONE.format("SUCCEEDED"), ONE.format("FAILED")

JOBS = [
    Invariant(
        "history without gaps",
        "a job has one event for each of its versions, numbered from 1",
        """
        SELECT j.id, j.version, count(e.id), max(e.seq) FROM jobs_job j
        LEFT JOIN jobs_jobevent e ON e.job_id = j.id GROUP BY j.id
        HAVING count(e.id) <> j.version OR max(e.seq) IS DISTINCT FROM j.version
            OR count(DISTINCT e.seq) <> j.version""",
        f"UPDATE jobs_job SET version = version + 1 WHERE id = {RUNNING}",
    ),
    Invariant(
        "history begins with the creation",
        "the first event of a job is its creation, and no other one is",
        "SELECT job_id, seq FROM jobs_jobevent WHERE (seq = 1) <> (verb = 'create')",
        f"UPDATE jobs_jobevent SET verb = 'edit' WHERE seq = 1 AND job_id = {PENDING}",
    ),
    Invariant(
        "status is that of the history",
        "a job has the status to which its moves have led",
        """
        SELECT j.id, j.status, s.status FROM jobs_job j
        JOIN status_after s ON s.job_id = j.id AND s.seq = j.version WHERE s.status <> j.status""",
        "UPDATE jobs_jobevent SET verb = 'edit' WHERE verb = 'delete'",
    ),
    Invariant(
        "moves from their statuses",
        "each move was made from a status that allows it",
        """
        SELECT e.job_id, e.seq, e.verb, s.status FROM jobs_jobevent e
        LEFT JOIN moves m ON m.verb = e.verb
        LEFT JOIN status_after s ON s.job_id = e.job_id AND s.seq = e.seq - 1
        WHERE m.verb IS NULL OR e.seq > 1 AND NOT s.status = ANY (m.sources)""",
        "UPDATE jobs_jobevent SET verb = 'renew' WHERE verb = 'request_handback'",
    ),
    Invariant(
        "one end",
        "a job ends once",
        """
        SELECT job_id, count(*) FROM jobs_jobevent WHERE verb IN ('succeed', 'fail', 'delete')
        GROUP BY job_id HAVING count(*) > 1""",
        f"UPDATE jobs_jobevent SET verb = 'succeed' WHERE verb = 'take' AND job_id = {SUCCEEDED}",
    ),
    Invariant(
        "nothing after the end",
        "the end is the last event of a job",
        """
        SELECT e.job_id, e.seq FROM jobs_jobevent e JOIN jobs_jobevent l ON l.job_id = e.job_id
        WHERE e.verb IN ('succeed', 'fail', 'delete') AND l.seq > e.seq""",
        f"""
        UPDATE jobs_jobevent SET verb = 'fail' WHERE verb = 'assign' AND job_id = {ASSIGNED}""",
    ),
    Invariant(
        "finished jobs say when",
        "SUCCEEDED and FAILED jobs have the time of their end, and no others",
        """
        SELECT id FROM jobs_job
        WHERE (finished_at IS NOT NULL) <> (status IN ('SUCCEEDED', 'FAILED'))""",
        f"UPDATE jobs_job SET finished_at = NULL WHERE id = {SUCCEEDED}",
    ),
    Invariant(
        "waiting jobs have no holder",
        "a PENDING, ASSIGNED or DELETED job is in nobody's hands, and says of no time that it was",
        """
        SELECT id FROM jobs_job WHERE status IN ('PENDING', 'ASSIGNED', 'DELETED')
        AND (assignee_id IS NOT NULL OR taken_at IS NOT NULL)""",
        f"UPDATE jobs_job SET assignee_id = created_by_id WHERE id = {ASSIGNED}",
    ),
    Invariant(
        "the holder took the job",
        "the holder of a RUNNING job is who took it last",
        """
        SELECT j.id FROM jobs_job j WHERE j.status = 'RUNNING' AND j.assignee_id IS DISTINCT FROM (
            SELECT e.actor_id FROM jobs_jobevent e WHERE e.job_id = j.id AND e.verb = 'take'
            ORDER BY e.seq DESC LIMIT 1)""",
        f"""
        UPDATE jobs_jobevent SET actor_id = (SELECT max(id) FROM accounts_user)
        WHERE verb = 'take' AND job_id = {RUNNING}""",
    ),
    Invariant(
        "the assignment is the take",
        "the assignment of a RUNNING job is the version of its last take, a waiting job has none",
        """
        SELECT j.id, j.assignment FROM jobs_job j WHERE j.status IN ('PENDING', 'ASSIGNED', 'RUNNING')
        AND j.assignment IS DISTINCT FROM (SELECT max(e.seq) FROM jobs_jobevent e
            WHERE e.job_id = j.id AND e.verb = 'take' AND j.status = 'RUNNING')""",
        f"UPDATE jobs_job SET assignment = assignment + 1 WHERE id = {RUNNING}",
    ),
    Invariant(
        "pending jobs leave nothing behind",
        "a PENDING job has no company, plan, unit or reservation from before",
        """
        SELECT id FROM jobs_job WHERE status = 'PENDING' AND (company_id IS NOT NULL
            OR planned IS NOT NULL OR unit_id IS NOT NULL OR replaced_unit_id IS NOT NULL
            OR reserved_for_id IS NOT NULL OR access_stopped_at IS NOT NULL OR mounted
            OR vehicle_created OR differs)""",
        f"UPDATE jobs_job SET mounted = true WHERE id = {PENDING}",
    ),
    Invariant(
        "assigned work has a partner",
        "the company of an ASSIGNED or RUNNING job is an accepted partner of the fleet",
        """
        SELECT j.id FROM jobs_job j WHERE j.status IN ('ASSIGNED', 'RUNNING') AND NOT EXISTS (
            SELECT FROM accounts_partnership p WHERE p.fleet_id = j.fleet_id
            AND p.company_id = j.company_id AND p.status = 'ACCEPTED' AND p.ended_at IS NULL)""",
        "UPDATE accounts_partnership SET ended_at = now()",
    ),
    Invariant(
        "the holder belongs to the company",
        "the holder of a RUNNING job is a live member of its company",
        """
        SELECT j.id FROM jobs_job j WHERE j.status = 'RUNNING' AND NOT EXISTS (
            SELECT FROM accounts_companymembership m WHERE m.user_id = j.assignee_id
            AND m.company_id = j.company_id AND m.ended_at IS NULL)""",
        f"""
        UPDATE accounts_companymembership SET ended_at = now()
        WHERE user_id = (SELECT assignee_id FROM jobs_job WHERE id = {RUNNING})""",
    ),
    Invariant(
        "reserved for somebody who is there",
        "an ASSIGNED job is reserved for nobody but a live member of its company",
        """
        SELECT j.id FROM jobs_job j WHERE j.status = 'ASSIGNED' AND j.reserved_for_id IS NOT NULL
        AND NOT EXISTS (SELECT FROM accounts_companymembership m WHERE m.user_id = j.reserved_for_id
            AND m.company_id = j.company_id AND m.ended_at IS NULL)""",
        f"UPDATE jobs_job SET reserved_for_id = created_by_id WHERE id = {ASSIGNED}",
    ),
    Invariant(
        "versions of the fields",
        "the version of the fields counts the edits and the filling in, nothing else",
        """
        SELECT j.id, j.fields_version, count(e.id) FROM jobs_job j LEFT JOIN jobs_jobevent e
        ON e.job_id = j.id AND e.verb IN ('edit', 'fill_in') GROUP BY j.id
        HAVING j.fields_version <> 1 + count(e.id)""",
        f"UPDATE jobs_job SET fields_version = fields_version + 1 WHERE id = {RUNNING}",
    ),
    Invariant(
        "the comment is that of the end",
        "what a finished job says is what its end said",
        """
        SELECT j.id FROM jobs_job j JOIN jobs_jobevent e ON e.job_id = j.id
        AND e.verb IN ('succeed', 'fail') WHERE e.data->>'comment' IS DISTINCT FROM j.comment""",
        f"UPDATE jobs_job SET comment = 'Another one.' WHERE id = {FAILED}",
    ),
    Invariant(
        "success is configured",
        "a SUCCEEDED installation has a vehicle, a unit, and its last configuration APPLIED there",
        """
        SELECT j.id FROM jobs_job j LEFT JOIN LATERAL (
            SELECT * FROM jobs_configuration c WHERE c.job_id = j.id
            ORDER BY c.sequence DESC, c.id DESC LIMIT 1) c ON true
        WHERE j.status = 'SUCCEEDED' AND j.kind = 'INSTALLATION' AND (j.vehicle_id IS NULL
            OR j.unit_id IS NULL OR c.status IS DISTINCT FROM 'APPLIED' OR c.unit_id <> j.unit_id
            OR c.requested_at > j.finished_at)""",
        f"UPDATE jobs_job SET unit_id = NULL WHERE id = {SUCCEEDED}",
    ),
    Invariant(
        "success is proven",
        "the last result of each test that a SUCCEEDED installation had to pass is a pass",
        """
        SELECT j.id, needed.kind FROM jobs_job j JOIN telematics_vehiclemodel m ON m.id = j.vehicle_model_id
        CROSS JOIN LATERAL (
            SELECT unnest(ARRAY['CONNECTIVITY', 'SUPPLY_VOLTAGE', 'GNSS']) AS kind
            UNION SELECT kind FROM (VALUES ('CENTRAL_LOCK', 'central_lock'), ('IMMOBILIZER', 'immobilizer'),
                ('IGNITION', 'ignition'), ('ODOMETER', 'mileage_in_kilometers'),
                ('ENERGY_LEVEL', 'state_of_charge_or_fuel_level_in_percent'), ('KEY_FOB', 'key_holder')
            ) AS by_capability (kind, capability) WHERE m.capabilities ? capability
        ) AS needed
        WHERE j.status = 'SUCCEEDED' AND j.kind = 'INSTALLATION' AND 'PASSED' IS DISTINCT FROM (
            SELECT t.status FROM jobs_installationtest t WHERE t.job_id = j.id AND t.kind = needed.kind
            AND t.status IN ('PASSED', 'FAILED') AND t.voided_at IS NULL ORDER BY t.id DESC LIMIT 1)""",
        f"""
        UPDATE jobs_installationtest SET status = 'FAILED' WHERE kind = 'GNSS' AND job_id = {SUCCEEDED}""",
    ),
    Invariant(
        "failure undoes its vehicle",
        "a vehicle that a FAILED job brought into the fleet is archived, unless a later job has it",
        """
        SELECT j.id, v.vehicle_id FROM jobs_job j JOIN telematics_vehicle v ON v.vehicle_id = j.vehicle_id
        WHERE j.status = 'FAILED' AND j.vehicle_created AND v.archived_at IS NULL""",
        f"""
        UPDATE telematics_vehicle SET archived_at = NULL
        WHERE vehicle_id = (SELECT vehicle_id FROM jobs_job WHERE id = {FAILED})""",
    ),
    Invariant(
        "work stays in the fleet",
        "vehicle and units of an open job belong to its fleet",
        """
        SELECT j.id FROM jobs_job j LEFT JOIN telematics_vehicle v ON v.vehicle_id = j.vehicle_id
        LEFT JOIN telematics_unit u ON u.qnr IN (j.unit_id, j.planned_unit_id)
        WHERE j.status IN ('PENDING', 'ASSIGNED', 'RUNNING')
        AND (v.fleet_id <> j.fleet_id OR u.fleet_id IS DISTINCT FROM j.fleet_id AND u.qnr IS NOT NULL)""",
        f"""
        UPDATE telematics_unit SET fleet_id = NULL
        WHERE qnr = (SELECT unit_id FROM jobs_job WHERE id = {RUNNING})""",
    ),
    Invariant(
        "what was mounted is in place",
        "the unit that an open job has mounted is in its vehicle",
        """
        SELECT j.id FROM jobs_job j LEFT JOIN telematics_vehicle v ON v.vehicle_id = j.vehicle_id
        WHERE j.status IN ('ASSIGNED', 'RUNNING') AND j.mounted
        AND v.unit_id IS DISTINCT FROM j.unit_id""",
        f"""
        UPDATE telematics_vehicle SET unit_id = NULL
        WHERE vehicle_id = (SELECT vehicle_id FROM jobs_job WHERE id = {RUNNING})""",
    ),
    Invariant(
        "a unit serves one open job",
        "no unit is linked, planned or taken out by two open jobs",
        """
        SELECT qnr, count(DISTINCT job) FROM (
            SELECT id AS job, unnest(ARRAY[unit_id, planned_unit_id, replaced_unit_id]) AS qnr
            FROM jobs_job WHERE status IN ('PENDING', 'ASSIGNED', 'RUNNING')) AS used
        WHERE qnr IS NOT NULL GROUP BY qnr HAVING count(DISTINCT job) > 1""",
        f"""
        UPDATE jobs_job SET planned_unit_id = (SELECT unit_id FROM jobs_job WHERE id = {RUNNING})
        WHERE id = {ASSIGNED}""",
    ),
    Invariant(
        "a stop ends with the job",
        "no finished or pending job says that its access was stopped",
        """
        SELECT id FROM jobs_job WHERE access_stopped_at IS NOT NULL
        AND status IN ('PENDING', 'SUCCEEDED', 'FAILED', 'DELETED')""",
        f"UPDATE jobs_job SET access_stopped_at = now() WHERE id = {FAILED}",
    ),
    Invariant(
        "open requests are for assigned jobs",
        "a request to hand back is open only while the job is ASSIGNED, and only one is",
        """
        SELECT r.job_id, count(*) FROM jobs_handbackrequest r JOIN jobs_job j ON j.id = r.job_id
        WHERE r.status = 'OPEN' GROUP BY r.job_id, j.status
        HAVING j.status NOT IN ('ASSIGNED', 'RUNNING') OR count(*) > 1""",
        f"UPDATE jobs_handbackrequest SET job_id = {FAILED} WHERE status = 'OPEN'",
    ),
    Invariant(
        "answers to requests say when",
        "a request to hand back has the time of its answer once it is answered",
        "SELECT id FROM jobs_handbackrequest WHERE (status = 'OPEN') = (answered_at IS NOT NULL)",
        "UPDATE jobs_handbackrequest SET answered_at = now() WHERE status = 'OPEN'",
    ),
]
