"""Gauges of what waits: mails, tasks that no worker has fetched, and the rows behind them."""

from celery import current_app
from django.db.models import Count

from core import queues
from core.gauges import gauge
from core.models import Mail


@gauge("mails", "Mails not sent: waiting, or given up.", label="status")
def mails() -> dict[str, int]:
    unsent = (
        Mail.objects.exclude(status=Mail.Status.SENT)
        .order_by()
        .values_list("status")
        .annotate(count=Count("pk"))
    )
    return {str(status): 0 for status in (Mail.Status.QUEUED, Mail.Status.FAILED)} | dict(unsent)


@gauge("queue_messages", "Tasks that no worker has fetched yet.", label="queue")
def queue_messages() -> dict[str, int]:
    with current_app.connection_for_read() as broker:
        broker.ensure_connection(max_retries=0)  # once: a silent broker costs one time-out
        return {name: queues.messages(broker, name) for name in queues.names()}


@gauge("queue_rows", "Rows that wait for a worker.", label="queue")
def queue_rows() -> dict[str, int]:
    return {name: queues.rows(name) for name in queues.names()}
