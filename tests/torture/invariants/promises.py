"""What was acknowledged to somebody, line by line, against what is there."""

from tests.torture.invariants.base import Invariant

# Acts that are moves of a job, each with an event of its own.
MOVES = """
    ('take', 'withdraw', 'renew', 'succeed', 'fail', 'stop_access', 'allow_access', 'request_handback',
    'assign', 'delete', 'hand_back', 'refuse_handback')"""
# Those that nothing else does in the name of the same person.
OWN = """
    ('take', 'renew', 'succeed', 'fail', 'link_unit', 'fill_in', 'stop_access', 'allow_access',
    'refuse_handback')"""
# Acts whose key is required, so that their answer is kept.
KEYED = "('link_unit', 'fill_in', 'tests', 'confirmation', 'command', 'add_photo')"
LINE = "DELETE FROM ledger; INSERT INTO ledger VALUES (jsonb_build_object('what', 'kept', 'who', {}, {}))"
SOMEBODY = "'nobody@torture.example'"

PROMISES = [
    Invariant(
        "acknowledged moves are there",
        "each move that was acknowledged is in the history of its job, by the person who made it",
        f"""
        SELECT k.act, k.job, k.who FROM kept k WHERE k.act IN {MOVES} AND k.job IS NOT NULL
        AND NOT EXISTS (SELECT FROM acted a WHERE a.job = k.job AND a.who = k.who AND a.verb = k.act)""",
        "DELETE FROM jobs_jobevent WHERE verb = 'take'",
    ),
    Invariant(
        "acknowledged ends stay",
        "a job that was acknowledged as ended has that status",
        """
        SELECT k.act, k.job, j.status FROM kept k LEFT JOIN jobs_job j ON pg_temp.ulid(j.id) = k.job
        WHERE k.act IN ('succeed', 'fail') AND j.status IS DISTINCT FROM
            CASE k.act WHEN 'succeed' THEN 'SUCCEEDED' ELSE 'FAILED' END""",
        "UPDATE jobs_job SET status = 'FAILED', comment = 'x' WHERE status = 'SUCCEEDED'",
    ),
    Invariant(
        "late ends do nothing",
        "no end that was meant for an earlier assignment has ended the work of a later one",
        """
        SELECT k.job, k.act, k.assignment FROM kept k WHERE k.act IN ('succeed', 'fail')
        AND k.assignment IS NOT NULL AND EXISTS (SELECT FROM jobs_jobevent e
            WHERE pg_temp.ulid(e.job_id) = k.job AND e.verb = 'take' AND e.seq > k.assignment::int)""",
        """
        UPDATE ledger SET line = line || '{"assignment": "0"}'
        WHERE line->>'what' = 'kept' AND line->>'act' = 'succeed'""",
    ),
    Invariant(
        "nothing is done twice",
        "nobody's move is in a history more often than it was asked for",
        f"""
        SELECT a.job, a.who, a.verb, a.number FROM acted a WHERE a.verb IN {OWN}
        AND EXISTS (SELECT FROM sent s WHERE s.who = a.who)
        AND a.number > (SELECT count(*) FROM sent s WHERE s.job = a.job AND s.who = a.who
            AND s.act = a.verb)""",
        "DELETE FROM ledger WHERE line->>'what' = 'sent' AND line->>'act' = 'take'",
    ),
    Invariant(
        "acknowledged units were linked",
        "the history has each unit that was acknowledged as linked",
        """
        SELECT k.job, k.body FROM kept k WHERE k.act = 'link_unit' AND NOT EXISTS (
            SELECT FROM jobs_jobevent e WHERE pg_temp.ulid(e.job_id) = k.job AND e.verb = 'link_unit'
            AND e.data->>'unit' = k.body->>'qnr')""",
        "UPDATE jobs_jobevent SET data = '{}' WHERE verb = 'link_unit'",
    ),
    Invariant(
        "acknowledged fields are there",
        "no job has an older version of its fields than one that was acknowledged",
        """
        SELECT k.job, k.answer->>'version' FROM kept k LEFT JOIN jobs_job j ON pg_temp.ulid(j.id) = k.job
        WHERE k.answer->>'version' IS NOT NULL AND k.job IS NOT NULL
        AND (j.id IS NULL OR j.fields_version < (k.answer->>'version')::int)""",
        """
        UPDATE ledger SET line = jsonb_set(line, '{answer,version}', '99')
        WHERE line->>'what' = 'kept' AND line->>'act' = 'take'""",
    ),
    Invariant(
        "acknowledged tests are there",
        "each test that was acknowledged has an attempt",
        """
        SELECT k.job, wanted FROM kept k, jsonb_array_elements_text(k.body->'kinds') AS wanted
        WHERE k.act = 'tests' AND NOT EXISTS (SELECT FROM jobs_installationtest t
            WHERE pg_temp.ulid(t.job_id) = k.job AND t.kind = wanted)
        UNION ALL SELECT k.job, 'any' FROM kept k WHERE k.act = 'tests' AND NOT EXISTS (
            SELECT FROM jobs_installationtest t WHERE pg_temp.ulid(t.job_id) = k.job)""",
        """
        UPDATE ledger SET line = jsonb_set(line, '{body}', '{"kinds": ["SMOKE_DETECTION"]}')
        WHERE line->>'act' = 'tests'""",
    ),
    Invariant(
        "acknowledged commands are there",
        "each command that was acknowledged is there, by the person or machine that sent it",
        """
        SELECT k.who, k.answer FROM kept k LEFT JOIN telematics_command c
            ON pg_temp.ulid(c.id) = k.answer->>'id' AND c.verb = k.answer->>'name'
        WHERE k.act = 'command' AND k.answer ? 'id' AND NOT EXISTS (
            SELECT FROM caller a WHERE a.who = k.who
            AND (a.person = c.requested_by_id OR a.client = c.client_id))""",
        "UPDATE telematics_command SET requested_by_id = NULL WHERE requested_by_id IS NOT NULL",
    ),
    Invariant(
        "acknowledged keys are kept",
        "the answer to each keyed request that was acknowledged is kept under its key",
        f"""
        SELECT k.act, k.who, k.key FROM kept k JOIN caller u ON u.who = k.who
        WHERE (u.client IS NOT NULL OR k.act IN {KEYED}) AND NOT EXISTS (
            SELECT FROM core_answeredrequest a WHERE a.principal = u.principal AND a.key = k.key)""",
        """
        UPDATE ledger SET line = jsonb_set(line, '{key}', '"another"')
        WHERE line->>'what' = 'kept' AND line->>'act' = 'link_unit'""",
    ),
    Invariant(
        "acknowledged photos are there",
        "each photo that was acknowledged is there, with the checksum of the file that was sent",
        """
        SELECT k.job, k.answer FROM kept k WHERE k.act = 'add_photo' AND k.answer ? 'id'
        AND NOT EXISTS (SELECT FROM jobs_jobphoto p WHERE pg_temp.ulid(p.id) = k.answer->>'id'
            AND p.sha256 = k.body->>'sha256')
        AND EXISTS (SELECT FROM jobs_job j WHERE pg_temp.ulid(j.id) = k.job AND j.status <> 'DELETED')""",
        "UPDATE jobs_jobphoto SET sha256 = 'another'",
    ),
    Invariant(
        "acknowledged deletions of photos hold",
        "a photo that was acknowledged as deleted is deleted",
        """
        SELECT k.path FROM kept k JOIN jobs_jobphoto p
        ON k.path LIKE '%/photos/' || pg_temp.ulid(p.id) || '/'
        WHERE k.act = 'delete_photo' AND p.deleted_at IS NULL""",
        """
        INSERT INTO ledger SELECT jsonb_build_object('what', 'kept', 'act', 'delete_photo', 'path',
            '/photos/' || pg_temp.ulid(id) || '/') FROM jobs_jobphoto""",
    ),
    Invariant(
        "acknowledged jobs are there",
        "a manager has created all jobs that were acknowledged, and no more than were asked for",
        """
        WITH counted AS (SELECT line->>'what' AS what, line->>'who' AS who,
            sum((line->>'writes')::int) AS number FROM ledger WHERE (line->>'writes')::int > 0
            GROUP BY 1, 2)
        SELECT u.email, count(j.id), k.number, s.number FROM counted s
        LEFT JOIN counted k ON k.who = s.who AND k.what = 'kept'
        JOIN accounts_user u ON u.email = s.who LEFT JOIN jobs_job j ON j.created_by_id = u.id
        WHERE s.what = 'sent' GROUP BY u.email, k.number, s.number
        HAVING count(j.id) NOT BETWEEN coalesce(k.number, 0) AND s.number""",
        "DELETE FROM jobs_job WHERE status = 'PENDING'",
    ),
    Invariant(
        "acknowledged suspensions are on record",
        "each suspension that was acknowledged is among the acts of operators",
        """
        SELECT k.who, count(*) FROM kept k WHERE k.act = 'suspend' GROUP BY k.who
        HAVING count(*) > (SELECT count(*) FROM accounts_operatoract o JOIN accounts_user u
            ON u.id = o.operator_id WHERE u.email = k.who AND o.what ILIKE 'suspend')""",
        "DELETE FROM accounts_operatoract",
    ),
    Invariant(
        "acknowledged closings hold",
        "a company that was acknowledged as closed is closed",
        """
        SELECT k.body FROM kept k WHERE k.act = 'close_company' AND NOT EXISTS (
            SELECT FROM accounts_company c WHERE c.partner_id = k.body->>'_selected_action'
            AND c.closed_at IS NOT NULL)""",
        """
        INSERT INTO ledger SELECT jsonb_build_object('what', 'kept', 'act', 'close_company', 'body',
            jsonb_build_object('_selected_action', partner_id)) FROM accounts_company""",
    ),
    Invariant(
        "acknowledged removals hold",
        "a person who was acknowledged as removed is no longer a member, a partnership no longer live",
        """
        SELECT k.act, k.path FROM kept k JOIN accounts_companymembership m
            ON k.path = '/installers/users/' || m.id || '/remove/'
        WHERE k.act = 'remove_user' AND m.ended_at IS NULL
        UNION ALL SELECT k.act, k.path FROM kept k JOIN accounts_partnership p
            ON k.path LIKE '%/partners/' || p.id || '/remove/'
        WHERE k.act = 'end_partnership' AND p.ended_at IS NULL""",
        """
        INSERT INTO ledger SELECT jsonb_build_object('what', 'kept', 'act', 'remove_user', 'path',
            '/installers/users/' || id || '/remove/') FROM accounts_companymembership
        WHERE ended_at IS NULL""",
    ),
    Invariant(
        "acknowledged deletions hold",
        "a template that was acknowledged as deleted is gone",
        """
        SELECT k.path FROM kept k JOIN jobs_jobtemplate t
        ON k.path LIKE '%/templates/' || pg_temp.ulid(t.id) || '/delete/' WHERE k.act = 'delete_template'""",
        """
        INSERT INTO ledger SELECT jsonb_build_object('what', 'kept', 'act', 'delete_template', 'path',
            '/templates/' || pg_temp.ulid(id) || '/delete/') FROM jobs_jobtemplate""",
    ),
]
