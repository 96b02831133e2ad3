"""Photos of jobs: their rows, and the files that the rows name."""

from tests.torture.invariants.base import Invariant

# Photos of a job as an INSERT of so many rows: job, number.
INSERT = """
INSERT INTO jobs_jobphoto (id, job_id, kind, added_by_id, company_id, width, height, size, sha256, file)
SELECT gen_random_uuid(), j.id, 'OTHER', j.created_by_id, c.partner_id, 1, 1, 1, '', 'x/' || n || '.jpg'
FROM jobs_job j CROSS JOIN generate_series(1, {number}) n
JOIN accounts_company c
    ON c.partner_id = coalesce(j.company_id, (SELECT min(partner_id) FROM accounts_company))
WHERE j.id = (SELECT id FROM jobs_job WHERE status = '{status}' ORDER BY id LIMIT 1)"""

PHOTOS = [
    Invariant(
        "at most forty photos",
        "a job has at most 40 photos from since it was assigned",
        """
        SELECT p.job_id, count(*) FROM jobs_jobphoto p JOIN jobs_job j ON j.id = p.job_id
        WHERE p.deleted_at IS NULL AND p.company_id = j.company_id AND p.created_at >= j.assigned_at
        GROUP BY p.job_id HAVING count(*) > 40""",
        INSERT.format(number=41, status="RUNNING"),
    ),
    Invariant(
        "photos of jobs that were taken",
        "only a job that somebody has taken has photos, and they were added after that",
        """
        SELECT p.id FROM jobs_jobphoto p WHERE NOT EXISTS (
            SELECT 1 FROM jobs_jobevent e
            WHERE e.job_id = p.job_id AND e.verb = 'take' AND e.at <= p.created_at)""",
        INSERT.format(number=1, status="PENDING"),
    ),
    Invariant(
        "photos have their files",
        "the file of each photo is in the storage, and that of a deleted photo is not",
        """
        SELECT p.id, p.file FROM jobs_jobphoto p WHERE (p.deleted_at IS NULL) <> (p.file <> '')
        OR p.file <> '' AND NOT EXISTS (SELECT FROM photo_file f WHERE f.name = p.file)""",
        "DELETE FROM photo_file",
    ),
    Invariant(
        "one file, one photo",
        "a file is named by one row",
        "SELECT file, count(*) FROM jobs_jobphoto WHERE file <> '' GROUP BY file HAVING count(*) > 1",
        "DROP INDEX photo_file_once;"
        + INSERT.format(number=1, status="RUNNING")
        + ";"
        + INSERT.format(number=1, status="RUNNING"),
    ),
]
