"""What real units do on their own."""

from celery import shared_task
from django.conf import settings

from core.tasks import every
from telematics.simulator import heartbeats, traffic


@shared_task(queue_name="units")
def send_heartbeats() -> None:
    heartbeats.send_due()


@shared_task(queue_name="units")
def play_traffic() -> None:
    if settings.DEMO_TRAFFIC:
        traffic.play_due()


SCHEDULE = {
    "simulator heartbeats": every(60, "telematics.simulator.tasks.send_heartbeats"),
    "simulator traffic": every(5, "telematics.simulator.tasks.play_traffic"),
}
