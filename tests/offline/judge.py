"""What must hold after a run, in rows: what was typed is there, once, and nothing happened after the end."""

from typing import Any

import psycopg
from ulid import ULID

from tests.offline.photos import KINDS
from tests.torture.invariants import Broken, prepare
from tests.torture.invariants.access import ACCESS
from tests.torture.invariants.commands import COMMANDS
from tests.torture.invariants.jobs import JOBS
from tests.torture.invariants.setups import SETUPS
from tests.torture.invariants.tests import TESTS
from tests.torture.invariants.vehicles import VEHICLES

# Verbs of a whole installation, with how often each is in its history.
HISTORY = {"take": 1, "link_unit": 1, "fill_in": 2, "succeed": 1}
OUTCOMES = ("succeed", "fail")
EVENTS = "SELECT verb, data::text FROM jobs_jobevent WHERE job_id = %s ORDER BY seq"
# Committed, not begun: a move may have waited for a lock.
LATE = """
    SELECT l.act, l.at FROM carried_out l JOIN jobs_job j ON j.unit_id = l.unit_id
    JOIN jobs_jobevent e ON e.job_id = j.id AND e.verb IN ('succeed', 'fail')
    WHERE j.id = %s AND l.at > pg_temp.committed(e.xmin, e.at)"""
ATTEMPTS = """
    SELECT kind, count(*) FROM jobs_installationtest WHERE job_id = %s
    GROUP BY kind HAVING count(*) > 1 OR bool_or(status <> 'PASSED')"""
# Of the torture's invariants those about the work. The others are about its ledger, its mails and its people.
OF_THE_WORK = [*JOBS, *ACCESS, *COMMANDS, *TESTS, *SETUPS, *VEHICLES]
PHOTOS = """
    SELECT sha256 FROM jobs_jobphoto WHERE job_id = %s AND deleted_at IS NULL ORDER BY sha256"""


class Judge:
    """`faults_of` says what is wrong with one installation, a line each."""

    def __init__(self, connection: psycopg.Connection):
        self.connection = connection
        prepare(connection, [], [], [])

    def faults_of(self, job: dict[str, Any], comment: str, photos: list[str]) -> list[str]:
        row = ULID.from_str(job["id"]).to_uuid()
        found = [
            *self._wrong_history(row),
            *self._wrong_values(row, job, comment),
            *self._late(row),
            *self._wrong_tests(row),
            *self._wrong_photos(row, photos),
        ]
        return [f"{job['id']}: {fault}" for fault in found]

    def broken_invariants(self) -> list[Broken]:
        found = []
        for one in OF_THE_WORK:
            if rows := self.connection.execute(one.sql.encode()).fetchall():
                found.append(Broken(one.name, len(rows), rows))
        return found

    def _wrong_history(self, row: object) -> list[str]:
        verbs: list[str] = [verb for verb, _data in self._rows(EVENTS, row)]
        faults = [
            f"{verb} is {verbs.count(verb)} times in the history, not {number}"
            for verb, number in HISTORY.items()
            if verbs.count(verb) != number
        ]
        outcomes = sum(verbs.count(verb) for verb in OUTCOMES)
        if outcomes != 1:
            faults.append(f"{outcomes} outcomes")
        return faults

    def _wrong_values(self, row: object, job: dict[str, Any], comment: str) -> list[str]:
        typed = {**job["first"], **job["second"], "unit_id": job["qnr"], "comment": comment}
        (found,) = self._rows(f"SELECT {', '.join(typed)} FROM jobs_job WHERE id = %s", row)
        pairs = zip(typed.items(), found, strict=True)
        return [
            f"{name} is {value!r}, and {text!r} was typed"
            for (name, text), value in pairs
            if str(value) != text
        ]

    def _late(self, row: object) -> list[str]:
        return [f"the unit did {act} after the end, at {at}" for act, at in self._rows(LATE, row)]

    def _wrong_tests(self, row: object) -> list[str]:
        rows = self._rows(ATTEMPTS, row)
        return [f"{number} attempts at {kind}, or one did not pass" for kind, number in rows]

    def _wrong_photos(self, row: object, photos: list[str]) -> list[str]:
        """The checksums of what the phone has sent, against those that are stored."""
        stored = [checksum for (checksum,) in self._rows(PHOTOS, row)]
        if stored == sorted(photos) and len(stored) == len(KINDS):
            return []
        return [f"of the photos {sorted(photos)} there are {stored}"]

    def _rows(self, sql: str, row: object) -> list[tuple]:
        return self.connection.execute(sql.encode(), [row]).fetchall()
