"""What real units do on their own."""

from celery import shared_task

from core.tasks import every
from telematics.simulator import heartbeats


@shared_task(queue_name="units")
def send_heartbeats() -> None:
    heartbeats.send_due()


SCHEDULE = {
    "simulator heartbeats": every(60, "telematics.simulator.tasks.send_heartbeats"),
}
