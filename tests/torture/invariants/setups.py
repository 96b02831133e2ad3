"""Configurations: what was pushed, and what is in the units."""

from tests.torture.invariants.base import Invariant
from tests.torture.invariants.jobs import RUNNING, SUCCEEDED

APPLIED = f"""
    (SELECT id FROM jobs_configuration WHERE status = 'APPLIED' AND job_id = {SUCCEEDED}
        ORDER BY sequence DESC LIMIT 1)"""
ITS_UNIT = f"(SELECT unit_id FROM jobs_configuration WHERE id = {APPLIED})"

SETUPS = [
    Invariant(
        "units have the latest setup",
        "no unit has an earlier configuration than the latest that is APPLIED",
        """
        SELECT s.unit_id, s.sequence, max(c.sequence) FROM telematics_simulatedunit s
        JOIN jobs_configuration c ON c.unit_id = s.unit_id AND c.status = 'APPLIED' AND c.fence > 0
        GROUP BY s.unit_id, s.sequence HAVING s.sequence < max(c.sequence)""",
        f"UPDATE telematics_simulatedunit SET sequence = sequence - 1 WHERE unit_id = {ITS_UNIT}",
    ),
    Invariant(
        "units have the setup that was pushed",
        "the setup in a unit is that of the configuration whose number it has",
        """
        SELECT s.unit_id, s.sequence FROM telematics_simulatedunit s JOIN jobs_configuration c
        ON c.unit_id = s.unit_id AND c.sequence = s.sequence
        WHERE s.setup - 'capabilities' <> c.setup""",
        f"""
        UPDATE telematics_simulatedunit SET setup = setup || '{{"tracking": "off"}}'
        WHERE unit_id = {ITS_UNIT}""",
    ),
    Invariant(
        "no configuration is left",
        "each configuration was applied or has failed",
        "SELECT id FROM jobs_configuration WHERE status = 'PENDING'",
        f"UPDATE jobs_configuration SET status = 'PENDING', at = NULL WHERE id = {APPLIED}",
    ),
    Invariant(
        "configurations are in order",
        "no two configurations of a unit or of a job have the same number",
        """
        SELECT unit_id, sequence FROM jobs_configuration GROUP BY unit_id, sequence HAVING count(*) > 1
        UNION ALL SELECT job_id::text, sequence FROM jobs_configuration
        GROUP BY job_id, sequence HAVING count(*) > 1""",
        f"""
        INSERT INTO jobs_configuration (id, job_id, unit_id, setup, sequence, status, at, error, fence)
        SELECT gen_random_uuid(), job_id, unit_id, setup, sequence, 'APPLIED', now(), '', 1
        FROM jobs_configuration WHERE id = {APPLIED}""",
    ),
    Invariant(
        "no push holds a unit",
        "only a PENDING configuration is being pushed, and no lease of a push is over",
        """
        SELECT id FROM jobs_configuration WHERE lease_until IS NOT NULL
        AND (status <> 'PENDING' OR lease_until < now())""",
        f"UPDATE jobs_configuration SET lease_until = now() + interval '1 min' WHERE id = {APPLIED}",
    ),
    Invariant(
        "ends of configurations say what",
        "a configuration that has ended says when, and one that has failed says why",
        """
        SELECT id, status FROM jobs_configuration WHERE (status = 'PENDING') = (at IS NOT NULL)
        OR (status = 'FAILED') <> (error <> '')""",
        f"UPDATE jobs_configuration SET error = 'Failed.' WHERE id = {APPLIED}",
    ),
    Invariant(
        "applied is in the unit's log",
        "the unit's log has each configuration that is APPLIED, after it was requested",
        """
        SELECT c.id FROM jobs_configuration c WHERE c.status = 'APPLIED' AND c.fence > 0
        AND NOT EXISTS (SELECT FROM telematics_simulatorlog l WHERE l.unit_id = c.unit_id
            AND l.act = 'configure' AND l.at >= c.requested_at)""",
        f"DELETE FROM telematics_simulatorlog WHERE act = 'configure' AND unit_id = {ITS_UNIT}",
    ),
    Invariant(
        "one setup at a unit counts",
        "no open job relies on a setup that another job's push has replaced",
        """
        SELECT c.id FROM jobs_configuration c JOIN jobs_job j ON j.id = c.job_id
        JOIN jobs_configuration o ON o.unit_id = c.unit_id AND o.sequence > c.sequence
            AND o.job_id <> c.job_id AND o.fence > 0
        WHERE c.status = 'APPLIED' AND j.status IN ('PENDING', 'ASSIGNED', 'RUNNING')""",
        f"""
        INSERT INTO jobs_configuration (id, job_id, unit_id, setup, sequence, status, at, error, fence)
        SELECT gen_random_uuid(), {SUCCEEDED}, unit_id, setup, sequence + 1, 'FAILED', now(), 'x', 1
        FROM jobs_configuration WHERE status = 'APPLIED' AND job_id = {RUNNING}""",
    ),
]
