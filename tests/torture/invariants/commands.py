"""Commands, and what the units carried out."""

from tests.torture.invariants.base import Invariant

DONE = """
    (SELECT c.id FROM telematics_command c JOIN telematics_key k ON k.id = c.key_id
        WHERE c.status = 'DONE' AND k.kind = 'PERSON' ORDER BY c.id LIMIT 1)"""
ITS_KEY = f"(SELECT key_id FROM telematics_command WHERE id = {DONE})"
LINE = f"""
    (SELECT min(l.id::text)::uuid FROM telematics_simulatorlog l JOIN telematics_command c
        ON c.key_id = l.key_id AND c.verb = l.act WHERE c.id = {DONE})"""
# Of the ends that wait for a command under way, and of all ends of an access by a move.
WAITING_ENDS = "('succeed', 'fail')"
ENDS = "('succeed', 'fail', 'withdraw', 'stop_access', 'suspend_access', 'release')"

COMMANDS = [
    Invariant(
        "no command is left",
        "each command has come to an end",
        "SELECT id, status FROM telematics_command WHERE settled_at IS NULL",
        f"UPDATE telematics_command SET status = 'SENT', settled_at = NULL WHERE id = {DONE}",
    ),
    Invariant(
        "nothing without a command",
        "a unit carried out only what a command of the same key had asked for",
        """
        SELECT l.id, l.act FROM carried_out l WHERE NOT EXISTS (SELECT FROM telematics_command c
            WHERE c.unit_id = l.unit_id AND c.key_id = l.key_id AND c.verb = l.act
            AND c.sent_at <= l.at)""",
        f"UPDATE telematics_simulatorlog SET act = 'draw-attention' WHERE id = {LINE}",
    ),
    Invariant(
        "nothing after it expired",
        "a unit began nothing after its command had expired",
        """
        SELECT l.id, l.act, l.at FROM carried_out l WHERE EXISTS (SELECT FROM telematics_command c
            WHERE c.unit_id = l.unit_id AND c.key_id = l.key_id AND c.verb = l.act AND c.sent_at <= l.at)
        AND NOT EXISTS (SELECT FROM telematics_command c WHERE c.unit_id = l.unit_id
            AND c.key_id = l.key_id AND c.verb = l.act AND c.sent_at <= l.at AND l.at < c.expires_at)""",
        f"UPDATE telematics_simulatorlog SET at = at + interval '1 min' WHERE id = {LINE}",
    ),
    Invariant(
        "nothing twice",
        "a unit carried out no more than the commands that it was sent",
        """
        SELECT l.key_id, l.act, count(*) FROM carried_out l GROUP BY l.key_id, l.act
        HAVING count(*) > (SELECT count(*) FROM telematics_command c WHERE c.key_id = l.key_id
            AND c.verb = l.act AND c.sent_at IS NOT NULL)""",
        f"""
        INSERT INTO telematics_simulatorlog (id, unit_id, act, key_id, at)
        SELECT gen_random_uuid(), unit_id, act, key_id, at FROM telematics_simulatorlog
        WHERE id = {LINE}""",
    ),
    Invariant(
        "nothing under a dropped key",
        "a unit carried out nothing under a key after it had dropped it",
        """
        SELECT l.id, l.act FROM carried_out l JOIN telematics_simulatorlog d ON d.unit_id = l.unit_id
        AND d.key_id = l.key_id AND d.act = 'drop-key' WHERE l.at > d.at""",
        f"""
        UPDATE telematics_simulatorlog SET at = '2020-01-01' WHERE act = 'drop-key'
        AND key_id = {ITS_KEY}""",
    ),
    Invariant(
        "nothing after success and failure",
        "a unit carried out nothing for an access after the end of the job was committed",
        f"""
        SELECT l.id, e.job_id, e.verb, l.act FROM carried_out l
        JOIN jobs_vehicleaccess a ON a.key_id = l.key_id
        JOIN jobs_jobevent e ON e.job_id = a.job_id AND e.verb IN {WAITING_ENDS}
        WHERE l.at > pg_temp.committed(e.xmin, e.at)""",
        f"""
        UPDATE telematics_simulatorlog SET at = at + interval '1 h' WHERE id = {LINE};
        UPDATE telematics_command SET sent_at = sent_at + interval '1 h',
            expires_at = expires_at + interval '1 h', settled_at = settled_at + interval '1 h'
        WHERE id = {DONE}""",
    ),
    Invariant(
        "nothing long after an end",
        "a unit began nothing for an access later than a command lives after any end of it",
        f"""
        SELECT l.id, e.job_id, e.verb, l.act FROM carried_out l
        JOIN jobs_vehicleaccess a ON a.key_id = l.key_id JOIN telematics_key k ON k.id = a.key_id
        JOIN jobs_jobevent e ON e.job_id = a.job_id AND e.verb IN {ENDS} AND k.opened_at < e.at
        WHERE l.at > pg_temp.committed(e.xmin, e.at) + interval '10 s'""",
        f"""
        UPDATE telematics_simulatorlog SET at = at + interval '1 h' WHERE id = {LINE};
        UPDATE telematics_command SET sent_at = sent_at + interval '1 h',
            expires_at = expires_at + interval '1 h', settled_at = settled_at + interval '1 h'
        WHERE id = {DONE}""",
    ),
    Invariant(
        "sent under a live key",
        "no command was handed over a minute after its key had ended",
        """
        SELECT c.id FROM telematics_command c JOIN telematics_key k ON k.id = c.key_id
        WHERE c.sent_at > k.ended_at + interval '1 min'""",
        f"""
        UPDATE telematics_key SET opened_at = opened_at - interval '1 h',
            ended_at = ended_at - interval '1 h' WHERE id = {ITS_KEY}""",
    ),
    Invariant(
        "the fleet disturbs no test",
        "while a test ran or waited at a unit, the fleet itself had only its state read there",
        """
        SELECT l.id, l.act, t.id FROM carried_out l JOIN telematics_key k ON k.id = l.key_id
        JOIN jobs_installationtest t ON t.unit_id = l.unit_id
        WHERE k.kind IN ('STAFF', 'CLIENT') AND l.act <> 'request-vehicle-state'
        AND l.at > t.started_at AND (t.finished_at IS NULL OR l.at < t.finished_at)""",
        "UPDATE telematics_key SET kind = 'CLIENT' WHERE kind = 'PERSON'",
    ),
    Invariant(
        "done is done",
        "the unit's log has each command that is DONE, within its time",
        """
        SELECT c.id, c.verb FROM telematics_command c WHERE c.status = 'DONE' AND NOT EXISTS (
            SELECT FROM carried_out l WHERE l.unit_id = c.unit_id AND l.key_id = c.key_id
            AND l.act = c.verb AND l.at >= c.sent_at AND l.at < c.expires_at)""",
        f"DELETE FROM telematics_simulatorlog WHERE id = {LINE}",
    ),
    Invariant(
        "ends of commands say why",
        "a command that was not DONE says why, and one that was DONE has no error",
        """
        SELECT id, status, error FROM telematics_command
        WHERE settled_at IS NOT NULL AND (status = 'DONE') <> (error = '')""",
        f"UPDATE telematics_command SET error = 'busy' WHERE id = {DONE}",
    ),
    Invariant(
        "commands go where their key is",
        "a command is for the vehicle of its key, and for the unit that had the key",
        """
        SELECT c.id FROM telematics_command c JOIN telematics_key k ON k.id = c.key_id
        WHERE c.vehicle_id <> k.vehicle_id OR c.unit_id <> k.unit_id""",
        f"""
        UPDATE telematics_key SET unit_id = (SELECT max(qnr) FROM telematics_unit) WHERE id = {ITS_KEY}""",
    ),
]
