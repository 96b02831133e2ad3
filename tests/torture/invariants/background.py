"""Bulk actions, imports, repeated requests, and the failures of tasks."""

from tests.torture.invariants.base import Invariant

RUN = "(SELECT id FROM jobs_bulkrun ORDER BY id LIMIT 1)"
KEYED = "(SELECT min(id) FROM core_answeredrequest WHERE key NOT LIKE 'form:%')"

BACKGROUND = [
    Invariant(
        "bulk actions come to an end",
        "no bulk action is left unfinished",
        "SELECT id FROM jobs_bulkrun WHERE finished_at IS NULL",
        f"UPDATE jobs_bulkrun SET finished_at = NULL WHERE id = {RUN}",
    ),
    Invariant(
        "bulk actions count each job",
        "of a bulk action each job was done or refused",
        """
        SELECT r.id, r.total, r.looked_at, r.done, r.refused FROM jobs_bulkrun r
        WHERE r.finished_at IS NOT NULL AND (r.looked_at <> r.total OR r.total <> r.done + coalesce(
            (SELECT sum(number::int) FROM jsonb_each_text(r.refused) AS each (reason, number)), 0))""",
        f"UPDATE jobs_bulkrun SET done = done + 1 WHERE id = {RUN}",
    ),
    Invariant(
        "bulk actions leave no jobs",
        "no job waits for a bulk action that is finished",
        """
        SELECT b.id FROM jobs_bulkrunjob b LEFT JOIN jobs_bulkrun r ON r.id = b.run_id
        WHERE r.id IS NULL OR r.finished_at IS NOT NULL""",
        f"INSERT INTO jobs_bulkrunjob (run_id, job_id) SELECT {RUN}, id FROM jobs_job LIMIT 1",
    ),
    Invariant(
        "imports count their jobs",
        "an import has created the jobs that it says, all of them or none",
        """
        SELECT i.id, i.created, count(j.id) FROM jobs_jobimport i LEFT JOIN jobs_job j
        ON j.job_import_id = i.id GROUP BY i.id
        HAVING count(j.id) <> CASE i.status WHEN 'DONE' THEN i.created ELSE 0 END""",
        "UPDATE jobs_jobimport SET created = created + 1",
    ),
    Invariant(
        "answers are kept whole",
        "no key of a request is taken without an answer",
        """
        SELECT id, key FROM core_answeredrequest
        WHERE object_id = '' AND object_ids = '[]' OR status NOT BETWEEN 200 AND 399 OR expires_at IS NULL""",
        f"UPDATE core_answeredrequest SET object_id = '' WHERE id = {KEYED}",
    ),
    Invariant(
        "answers lead to their rows",
        "the row of each answer to a keyed request is there",
        """
        SELECT id, key, object_id FROM core_answeredrequest WHERE key NOT LIKE 'form:%'
        AND object_id <> '' AND object_id NOT IN (
            SELECT pg_temp.ulid(id) FROM jobs_job UNION ALL
            SELECT pg_temp.ulid(id) FROM jobs_installationtest UNION ALL
            SELECT pg_temp.ulid(id) FROM jobs_jobimport UNION ALL
            SELECT pg_temp.ulid(id) FROM jobs_jobphoto UNION ALL
            SELECT pg_temp.ulid(id) FROM telematics_command UNION ALL
            SELECT vehicle_id FROM telematics_vehicle)""",
        f"UPDATE core_answeredrequest SET object_id = '01AAAAAAAAAAAAAAAAAAAAAAAA' WHERE id = {KEYED}",
    ),
    Invariant(
        "one answer for a key",
        "a key of a caller has one answer",
        """
        SELECT principal, key FROM core_answeredrequest GROUP BY principal, key HAVING count(*) > 1""",
        f"""
        ALTER TABLE core_answeredrequest DROP CONSTRAINT answered_once;
        INSERT INTO core_answeredrequest (principal, key, body_hash, status, code, object_id, on_behalf_of,
            created_at, expires_at)
        SELECT principal, key, body_hash, status, code, object_id, on_behalf_of, created_at, expires_at
        FROM core_answeredrequest WHERE id = {KEYED}""",
    ),
    Invariant(
        "no work is given up",
        "no task has failed for the same row so often that it rests",
        "SELECT task, row, count, error FROM core_failure WHERE count >= 5",
        """
        INSERT INTO core_failure (task, row, count, error, ended) VALUES ('a.task', '1', 5, 'Error', false)""",
    ),
]
