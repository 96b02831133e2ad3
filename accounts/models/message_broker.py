"""The RabbitMQ from which event consumers read: it follows the rows (accounts/channels/topology.py)."""

from django.conf import settings
from kombu import Connection

from core.tasks import nudge

# Seconds: a check that waits for it must not become slow.
CHECKED_WITHIN = 1


def match_broker_soon() -> None:
    """Make its users and queues match the rows, once those are committed."""
    if settings.MESSAGES_AMQP_URL:
        nudge("accounts.tasks.match_broker")


def state_of_broker() -> str:
    """For `/readyz`; blank where there is none. Raises the errors of a connection."""
    if not settings.MESSAGES_AMQP_URL:
        return ""
    with Connection(settings.MESSAGES_AMQP_URL, connect_timeout=CHECKED_WITHIN) as broker:
        broker.ensure_connection(max_retries=1, interval_start=0, timeout=CHECKED_WITHIN)
    return "ok"
