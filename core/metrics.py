"""What waits on the ground floor: mails, and whatever the workers have not yet fetched."""

from typing import Any

from celery import current_app
from django.db.models import Count
from kombu import Connection

from core.gauges import gauge
from core.models import Mail

QUEUES = ("default", "units")


@gauge("mails", "Mails not sent: waiting, or given up.", label="status")
def mails() -> dict[str, int]:
    unsent = Mail.objects.exclude(status=Mail.Status.SENT).order_by().values_list("status").annotate(count=Count("pk"))
    return {str(status): 0 for status in (Mail.Status.QUEUED, Mail.Status.FAILED)} | dict(unsent)


@gauge("queue_messages", "Tasks that no worker has fetched yet.", label="queue")
def queue_messages() -> dict[str, int]:
    with current_app.connection_for_read() as broker:
        return {name: _waiting(broker, name) for name in QUEUES}


def _waiting(broker: Connection, name: str) -> int:
    """A queue that nobody has used yet does not exist; asking for it closes the channel."""
    channel: Any = broker.channel()
    try:
        return channel.queue_declare(queue=name, passive=True).message_count
    except broker.channel_errors:
        return 0
    finally:
        channel.close()
