"""Gauges of the ground floor: queues, mails, failures, workers, beat and its sweeps, this version."""

from datetime import timedelta

from celery import current_app
from django.conf import settings
from django.db.models import QuerySet

from core import queues, signs
from core.backlog import MOST, waiting
from core.failures import LIMIT, Failure
from core.gauges import gauge
from core.models import Mail, OutboxMessage
from core.outbox.relay import NAME as RELAY
from core.release import release
from core.web.lists.counts import count_by


@gauge("build_info", "1 for the version that answers: a digest of its code and texts.", "release")
def build_info() -> dict[str, int]:
    return {release(): 1}


@gauge("database_connections_limit", "Connections of the web's pools at most; 0 is no limit.")
def database_connections_limit() -> int:
    pool = settings.DATABASES["default"]["OPTIONS"].get("pool", {})
    return int(pool.get("size", 0)) * settings.WEB_WORKERS


# --- what waits -------------------------------------------------------------------------------------------------------
@gauge("mails", f"Mails not sent: waiting, or given up; counted up to {MOST}.", label="status")
def mails() -> dict[str, int]:
    unsent = [Mail.Status.QUEUED, Mail.Status.FAILED]
    counts = count_by(Mail.objects.exclude(status=Mail.Status.SENT), {"status": unsent}, MOST)
    return {status: count.number for (status,), count in counts.items()}


@gauge("failing_rows", "Rows, and sweeps as a whole, whose task has failed five times.")
def failing_rows() -> int:
    return Failure.objects.filter(count__gte=LIMIT)[:MOST].count()


@gauge("queue_messages", "Tasks that no worker has fetched yet.", label="queue")
def queue_messages() -> dict[str, int]:
    with current_app.connection_for_read() as broker:
        broker.ensure_connection(max_retries=0)  # once: a silent broker costs one time-out
        return {name: queues.messages(broker, name) for name in queues.names()}


@gauge("queue_rows", "Rows that wait for a worker.", label="queue")
def queue_rows() -> dict[str, int]:
    return {name: queues.rows(name) for name in queues.names()}


@waiting("mail", since="created_at", patience=timedelta(minutes=15))
def waiting_mails() -> QuerySet[Mail]:
    return Mail.objects.filter(status=Mail.Status.QUEUED).order_by("due_at")


@waiting("message", since="occurred_at", patience=timedelta(minutes=5))
def waiting_messages() -> QuerySet[OutboxMessage]:
    """Those that no relay has numbered. What waits for its delivery afterwards is known to the floors above."""
    return OutboxMessage.objects.filter(sequence=None).order_by("stream", "pk")


# --- who works --------------------------------------------------------------------------------------------------------
@gauge("workers", "Workers and relays that are alive, by queue.", label="queue")
def workers() -> dict[str, int]:
    return queues.alive([*queues.names(), RELAY])


@gauge("beat_timestamp_seconds", "When beat was last seen; 0 for never.")
def beat() -> float:
    return signs.beat()


@gauge("sweep_timestamp_seconds", "When a sweep last ended without an error.", label="sweep")
def sweeps() -> dict[str, float]:
    return signs.sweeps()


@gauge("sweep_interval_seconds", "How often beat calls a sweep.", label="sweep")
def sweep_intervals() -> dict[str, float]:
    return signs.intervals()
