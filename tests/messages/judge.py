"""What must hold after a run, in SQL: of the outbox, of the relays' rows, and of what the consumers have received."""

from collections.abc import Iterable
from typing import NamedTuple

import psycopg

from tests.messages.log import Log

TABLES = """
    CREATE TEMPORARY TABLE received (
        consumer text, place bigint, sequence bigint, id text, subject text, digest text);
    CREATE TEMPORARY TABLE consumers (name text);
    CREATE TEMPORARY TABLE committed (subject text, number bigint);
    CREATE TEMPORARY VIEW first_seen AS
        SELECT consumer, id, sequence, subject, min(place) AS place
        FROM received GROUP BY consumer, id, sequence, subject;"""


class Invariant(NamedTuple):
    """`sql` finds what breaks it."""

    name: str
    sql: str


INVARIANTS = [
    Invariant(
        "every change that was committed has its message, and no other has one",
        """
        SELECT coalesce(m.subject, c.subject), m.number, c.number
        FROM (SELECT subject, count(*) AS number FROM core_outboxmessage GROUP BY subject) m
        FULL JOIN committed c USING (subject) WHERE m.number IS DISTINCT FROM c.number""",
    ),
    Invariant(
        "the sequence has no gaps",
        """
        SELECT count(*), count(sequence), max(sequence), s.last
        FROM core_outboxmessage m JOIN core_outboxstream s ON s.name = m.stream GROUP BY s.last
        HAVING count(*) <> count(sequence) OR count(*) <> max(sequence)
            OR min(sequence) <> 1 OR s.last <> count(*)""",
    ),
    Invariant(
        "the messages of a subject are numbered in the order in which it was locked",
        """
        SELECT subject, sequence FROM (
            SELECT subject, sequence,
                lag(sequence) OVER (PARTITION BY stream, subject ORDER BY id) AS before
            FROM core_outboxmessage) m
        WHERE before > sequence""",
    ),
    Invariant(
        "no message is missing for any consumer",
        """
        SELECT c.name, m.sequence FROM consumers c CROSS JOIN core_outboxmessage m
        WHERE NOT EXISTS (
            SELECT FROM received r WHERE r.consumer = c.name AND r.sequence = m.sequence)""",
    ),
    Invariant(
        "a consumer gets nothing that is not in the outbox",
        """
        SELECT consumer, r.sequence FROM received r LEFT JOIN core_outboxmessage m
            ON m.sequence = r.sequence AND m.subject = r.subject
        WHERE m.id IS NULL""",
    ),
    Invariant(
        "the id of a message is the same for every consumer and each time",
        """
        SELECT sequence, array_agg(DISTINCT id) FROM received
        GROUP BY sequence HAVING count(DISTINCT id) > 1""",
    ),
    Invariant(
        "the bytes of a message are those of the outbox",
        """
        SELECT consumer, r.sequence FROM received r JOIN core_outboxmessage m USING (sequence)
        WHERE r.digest <> '' AND r.digest <> md5(m.body)""",
    ),
    Invariant(
        "the order of a subject is kept, repeats aside",
        """
        SELECT consumer, subject, sequence FROM (
            SELECT consumer, subject, sequence,
                lag(sequence) OVER (PARTITION BY consumer, subject ORDER BY place) AS before
            FROM first_seen) f
        WHERE before > sequence""",
    ),
    Invariant(
        "every cursor is at the end",
        """
        SELECT s.consumer_id, s.cursor FROM accounts_eventsubscription s
        WHERE s.cursor <> (SELECT max(sequence) FROM core_outboxmessage m
            WHERE m.stream = s.stream AND m.topic = s.topic)""",
    ),
    Invariant(
        "no delivery is left",
        "SELECT id, status, error FROM accounts_webhookdelivery WHERE status <> 'DELIVERED'",
    ),
    Invariant(
        "the deliveries that are counted are those that were made",
        """
        SELECT c.name, c.delivered, count(d.id) FROM accounts_eventconsumer c
        JOIN accounts_webhookdelivery d ON d.consumer_id = c.id
        GROUP BY c.name, c.delivered HAVING c.delivered <> count(d.id)""",
    ),
    Invariant(
        "no lease is left",
        """
        SELECT id FROM accounts_eventsubscription WHERE lease_until > now()
        UNION ALL SELECT id FROM accounts_webhookdelivery WHERE lease_until > now()""",
    ),
    Invariant(
        "every consumer gets messages at the end",
        "SELECT name, status, suspended_because FROM accounts_eventconsumer WHERE status <> 'ACTIVE'",
    ),
]
# Messages that were numbered after some with a later key. From the end, as a frame that loses rows costs their square.
LATE = """
    SELECT count(*) FROM (
        SELECT sequence, min(sequence) OVER (
            PARTITION BY stream ORDER BY id DESC ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING
        ) AS behind FROM core_outboxmessage) m
    WHERE sequence > behind"""


class Broken(NamedTuple):
    name: str
    rows: list[tuple]


def prepare(connection: psycopg.Connection, logs: Iterable[Log], committed: dict[str, int]) -> None:
    """Put the consumers' logs and the writers' counts beside the tables."""
    connection.execute(TABLES)
    with connection.cursor() as cursor:
        for log in logs:
            cursor.execute("INSERT INTO consumers VALUES (%s)", [log.consumer])
            with cursor.copy("COPY received FROM STDIN") as copy:
                for place, one in enumerate(log.received):
                    copy.write_row((log.consumer, place, *one))
        cursor.executemany("INSERT INTO committed VALUES (%s, %s)", list(committed.items()))
    connection.execute("CREATE INDEX ON received (consumer, sequence); ANALYZE received")


def broken(connection: psycopg.Connection) -> list[Broken]:
    found = []
    for one in INVARIANTS:
        if rows := connection.execute(one.sql.encode()).fetchall():
            found.append(Broken(one.name, rows))
    return found


def numbered_late(connection: psycopg.Connection) -> int:
    """How many messages have an earlier key than one that was numbered before them."""
    (row,) = connection.execute(LATE.encode()).fetchall()
    return row[0]
