"""After the last fault: what was begun comes to its end, by tasks and sweeps alone, within a time."""

import time
from pathlib import Path

from tests.torture.people import Peek

# What a worker or a sweep has still to do, each with how to count it.
LEFT = {
    "commands": "SELECT count(*) FROM telematics_command WHERE settled_at IS NULL",
    "keys to deliver": """
        SELECT count(*) FROM telematics_key WHERE ended_at IS NULL AND ends_at > now()
        AND unit_id IS NOT NULL AND told_until IS NULL""",
    "keys to drop": """
        SELECT count(*) FROM telematics_key WHERE dropped_at IS NULL
        AND (ended_at IS NOT NULL OR ends_at <= now())""",
    "tests": """
        SELECT count(*) FROM jobs_installationtest t WHERE status = 'RUNNING' OR status = 'QUEUED'
        AND NOT EXISTS (SELECT FROM jobs_installationtest o WHERE o.unit_id = t.unit_id
            AND o.status = 'AWAITING_CONFIRMATION')""",
    "configurations": "SELECT count(*) FROM jobs_configuration WHERE status = 'PENDING'",
    "mails": "SELECT count(*) FROM core_mail WHERE status = 'QUEUED'",
    "notifications to mail": "SELECT count(*) FROM jobs_notice WHERE mail_due",
    "files of deleted photos": """
        SELECT count(*) FROM jobs_jobphoto WHERE deleted_at IS NOT NULL AND file <> ''""",
    "bulk runs": "SELECT count(*) FROM jobs_bulkrun WHERE finished_at IS NULL",
    "messages to number": "SELECT count(*) FROM core_outboxmessage WHERE sequence IS NULL",
    "leases that are over": """
        SELECT count(*) FROM jobs_vehicleaccess a JOIN telematics_key k ON k.id = a.key_id
        WHERE a.end_reason = '' AND k.ends_at <= now()""",
}


# What is known of each row that was left, for whoever looks for the reason.
ABOUT = {
    "tests": """
        SELECT t.id, t.status, t.attempt, t.due_at - now() AS due, t.lease_until - now() AS lease, t.unit_id
        FROM jobs_installationtest t WHERE status IN ('QUEUED', 'RUNNING', 'AWAITING_CONFIRMATION')""",
    "mails": """
        SELECT id, attempts, due_at - now() AS due, error FROM core_mail WHERE status = 'QUEUED'""",
    "commands": """
        SELECT id, due_at - now() AS due FROM telematics_command WHERE settled_at IS NULL""",
    "failures": "SELECT task, row, count, ended, due_at - now() AS due, error FROM core_failure",
}


def left(peek: Peek) -> dict[str, int]:
    counts = {what: peek.rows(sql)[0][0] for what, sql in LEFT.items()}
    return {what: number for what, number in counts.items() if number}


def wait_for_quiet(peek: Peek, patience: float, log: Path) -> tuple[float, dict[str, int]]:
    """How long it took, and what is left all the same. `log` gets each change, and the rows that were left."""
    began, before = time.monotonic(), {}
    with log.open("w") as lines:
        while (waiting := left(peek)) and time.monotonic() - began < patience:
            if waiting != before:
                lines.write(f"{time.monotonic() - began:.0f} s: {waiting}\n")
            before = waiting
            time.sleep(0.5)
        for what, sql in ABOUT.items() if waiting else ():
            lines.writelines(f"{what}: {row}\n" for row in peek.rows(sql))
    return time.monotonic() - began, waiting
