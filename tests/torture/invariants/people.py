"""Mails, notifications, partnerships and the people themselves."""

from tests.torture.invariants.base import Invariant

MAIL = "(SELECT id FROM core_mail WHERE status = 'SENT' ORDER BY id LIMIT 1)"
# What is mailed unless the reader has chosen otherwise; in the torture nobody has.
MAILED = """
    ('fail', 'hand_back', 'release', 'refuse_handback', 'partnership_accepted', 'partnership_declined',
    'partnership_ended_by_company', 'partnership_ended_by_fleet', 'assign', 'request_handback',
    'stop_access', 'allow_access', 'client_suspended', 'company_suspended', 'installer_suspended',
    'agreement_published')"""
SUSPENDED = """
    EXISTS (SELECT FROM accounts_operatoract o WHERE o.what ILIKE 'suspend'
        AND o.subject = u.first_name || ' ' || u.last_name)"""
NOTICE = "(SELECT id FROM jobs_notice WHERE verb = '{}' ORDER BY id LIMIT 1)"

PEOPLE = [
    Invariant(
        "no mail is left",
        "each mail was sent",
        "SELECT id, status, error FROM core_mail WHERE status <> 'SENT'",
        f"UPDATE core_mail SET status = 'FAILED', sent_at = NULL WHERE id = {MAIL}",
    ),
    Invariant(
        "no mail is lost",
        "each mail that was sent has arrived",
        """
        SELECT m.id, m.to FROM core_mail m LEFT JOIN mail_file f ON f.mail_id = m.id
            AND f.recipient = m.to WHERE m.status = 'SENT' AND f.mail_id IS NULL""",
        f"DELETE FROM mail_file WHERE mail_id = {MAIL}",
    ),
    Invariant(
        "no mail comes without a try",
        "no mail has arrived more often than it was tried to send it",
        """
        SELECT f.mail_id, count(*), m.attempts FROM mail_file f JOIN core_mail m ON m.id = f.mail_id
        GROUP BY f.mail_id, m.attempts HAVING count(*) > m.attempts""",
        f"INSERT INTO mail_file SELECT * FROM mail_file WHERE mail_id = {MAIL}",
    ),
    Invariant(
        "no mail from nowhere",
        "each mail that has arrived is one of the product's, of a transaction that was committed",
        """
        SELECT f.mail_id, f.recipient FROM mail_file f
        LEFT JOIN core_mail m ON m.id = f.mail_id WHERE m.id IS NULL""",
        "INSERT INTO mail_file VALUES (gen_random_uuid(), 'nobody@torture.example')",
    ),
    Invariant(
        "sent mails forget",
        "a mail that was sent says when, and keeps nothing of what was in it",
        """
        SELECT id FROM core_mail WHERE (status = 'SENT') <> (sent_at IS NOT NULL)
        OR status = 'SENT' AND context <> '{}'""",
        f"""UPDATE core_mail SET context = '{{"path": "/x/"}}' WHERE id = {MAIL}""",
    ),
    Invariant(
        "no notification waits for its mail",
        "the mail of each notification was written",
        "SELECT id, verb FROM jobs_notice WHERE mail_due",
        f"UPDATE jobs_notice SET mail_due = true WHERE id = {NOTICE.format('fail')}",
    ),
    Invariant(
        "one mail for a notification",
        "a person has as many mails of notifications as notifications that are mailed; while suspended, fewer",
        f"""
        SELECT u.email, mails.number, notices.number FROM accounts_user u
        CROSS JOIN LATERAL (SELECT count(*) AS number FROM core_mail m WHERE m.to = u.email
            AND (m.template = 'mails/notice' OR m.template LIKE 'mails/partnership_%')) AS mails
        CROSS JOIN LATERAL (SELECT count(*) AS number FROM jobs_notice n WHERE n.user_id = u.id
            AND n.verb IN {MAILED}) AS notices
        WHERE mails.number > notices.number
        OR mails.number < notices.number AND u.closed_at IS NULL AND NOT {SUSPENDED}""",
        f"DELETE FROM jobs_notice WHERE id = {NOTICE.format('fail')}",
    ),
    Invariant(
        "no notification twice",
        "a person is notified of each event of a job once",
        """
        SELECT n.user_id, n.job_id, n.verb, count(*) FROM jobs_notice n
        WHERE n.count = 1 AND n.verb IN ('succeed', 'fail', 'hand_back', 'refuse_handback', 'withdraw',
            'request_handback', 'stop_access', 'allow_access')
        GROUP BY n.user_id, n.job_id, n.verb HAVING count(*) > (SELECT count(*) FROM jobs_jobevent e
            WHERE e.job_id = n.job_id AND e.verb = n.verb)""",
        f"""
        INSERT INTO jobs_notice SELECT (t.r).* FROM (SELECT jsonb_populate_record(
            n, jsonb_build_object('id', gen_random_uuid())) AS r FROM jobs_notice n
            WHERE n.id = {NOTICE.format("succeed")}) AS t""",
    ),
    Invariant(
        "no notification is lost",
        "everybody who writes the fleet's jobs was notified of each end, except the person who made it",
        """
        SELECT e.job_id, e.verb, m.user_id FROM jobs_jobevent e JOIN jobs_job j ON j.id = e.job_id
        JOIN accounts_fleetmembership m ON m.fleet_id = j.fleet_id AND m.role IN ('ADMIN', 'MANAGER')
        WHERE e.verb IN ('succeed', 'fail') AND m.user_id IS DISTINCT FROM e.actor_id
        AND NOT EXISTS (SELECT FROM jobs_notice n WHERE n.job_id = e.job_id AND n.verb = e.verb
            AND n.user_id = m.user_id)""",
        f"DELETE FROM jobs_notice WHERE id = {NOTICE.format('succeed')}",
    ),
    Invariant(
        "one live partnership of a pair",
        "a fleet and a company have one live partnership",
        """
        SELECT fleet_id, company_id FROM accounts_partnership WHERE ended_at IS NULL
        AND company_id IS NOT NULL GROUP BY fleet_id, company_id HAVING count(*) > 1""",
        """
        DROP INDEX one_live_partnership_a_pair;
        INSERT INTO accounts_partnership (status, version, email, allow_override, created_at, company_id, fleet_id)
        SELECT status, version, email, allow_override, created_at, company_id, fleet_id
        FROM accounts_partnership WHERE status = 'ACCEPTED'""",
    ),
    Invariant(
        "answered partnerships have a company",
        "an ACCEPTED partnership has a company, and one that has ended says so",
        """
        SELECT id FROM accounts_partnership WHERE status = 'ACCEPTED' AND company_id IS NULL
        OR ended_by_id IS NOT NULL AND ended_at IS NULL""",
        "UPDATE accounts_partnership SET ended_by_id = (SELECT min(id) FROM accounts_user)",
    ),
    Invariant(
        "ended partnerships invite nobody",
        "no invitation of a partnership that has ended can be used",
        """
        SELECT i.id FROM accounts_invitation i JOIN accounts_partnership p ON p.id = i.partnership_id
        WHERE p.ended_at IS NOT NULL AND coalesce(i.used_at, i.withdrawn_at, i.declined_at) IS NULL""",
        """
        UPDATE accounts_partnership SET ended_at = now()
        WHERE id = (SELECT min(partnership_id) FROM accounts_invitation)""",
    ),
    Invariant(
        "one company for a person",
        "a person is a live member of one company",
        """
        SELECT user_id, count(*) FROM accounts_companymembership WHERE ended_at IS NULL
        GROUP BY user_id HAVING count(*) > 1""",
        """
        DROP INDEX one_live_company_a_person;
        INSERT INTO accounts_companymembership (role, created_at, company_id, user_id)
        SELECT role, created_at, company_id, user_id FROM accounts_companymembership
        WHERE ended_at IS NULL LIMIT 1""",
    ),
    Invariant(
        "closed companies have nothing",
        "a company that is closed has no people, no partnerships and no jobs to do",
        """
        SELECT c.partner_id FROM accounts_company c WHERE c.closed_at IS NOT NULL AND (
            EXISTS (SELECT FROM accounts_companymembership m WHERE m.company_id = c.partner_id
                AND m.ended_at IS NULL)
            OR EXISTS (SELECT FROM accounts_partnership p WHERE p.company_id = c.partner_id
                AND p.ended_at IS NULL)
            OR EXISTS (SELECT FROM jobs_job j WHERE j.company_id = c.partner_id
                AND j.status IN ('ASSIGNED', 'RUNNING')))""",
        "UPDATE accounts_company SET closed_at = now()",
    ),
    Invariant(
        "nobody is suspended for good",
        "what the operators have reinstated is no longer suspended",
        """
        SELECT email FROM accounts_user WHERE suspended_at IS NOT NULL
        UNION ALL SELECT name FROM accounts_company WHERE suspended_at IS NOT NULL
        UNION ALL SELECT name FROM accounts_fleet WHERE suspended_at IS NOT NULL
        UNION ALL SELECT name FROM accounts_mobilityprovider WHERE suspended_at IS NOT NULL
        UNION ALL SELECT name FROM accounts_apiclient WHERE suspended_at IS NOT NULL
            AND revoked_at IS NULL""",
        "UPDATE accounts_user SET suspended_at = now() WHERE id = (SELECT max(id) FROM accounts_user)",
    ),
]
