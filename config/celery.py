"""The workers: threads that wait for units and mails; the beat's schedule comes from the rooms."""

import os
from importlib import import_module
from importlib.util import find_spec
from typing import Any

import structlog
from celery import Celery, Task
from celery.signals import setup_logging, worker_shutting_down
from django_structlog.celery.steps import DjangoStructLogInitStep

from config import broker
from core.context import acting
from core.shutdown import stopping

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
ROOMS = ("core", "accounts", "telematics", "jobs", "fleetcontrol", "installers")


class ActingTask(Task):
    """A task acts through the channel `worker`, as part of the request that asked for it."""

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        request_id = structlog.contextvars.get_contextvars().get("request_id", "")
        with acting(channel="worker", request_id=request_id):
            return super().__call__(*args, **kwargs)


broker.install()
app = Celery("appdrive", task_cls=ActingTask)
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()
app.steps["worker"].add(DjangoStructLogInitStep)


@app.on_after_finalize.connect
def collect_schedules(sender: Celery, **_: Any) -> None:
    """What the beat calls is written beside the tasks: `SCHEDULE` in a room's `tasks.py`."""
    for room in ROOMS:
        if find_spec(f"{room}.tasks"):
            sender.conf.beat_schedule |= getattr(import_module(f"{room}.tasks"), "SCHEDULE", {})


def to_the_unit(_name: str, _args: Any, _kwargs: Any, _options: Any, task: Task | None = None, **_: Any) -> dict | None:
    """A task that waits for a unit says `@shared_task(at_unit=True)`: its queue has workers of its own."""
    return {"queue": "units"} if getattr(task, "at_unit", False) else None


@worker_shutting_down.connect
def stop_waiting(**_: Any) -> None:
    stopping.set()


@setup_logging.connect
def keep_djangos_logging(**_: Any) -> None:
    """Without a listener Celery would put handlers of its own in place of those of the settings."""
