"""The workers: threads that wait for units and mails; the beat's schedule comes from the rooms."""

import logging
import os
import sys
from contextlib import AbstractContextManager, nullcontext
from functools import partial
from importlib import import_module
from importlib.util import find_spec
from typing import Any

import structlog
from celery import Celery, Task
from celery.signals import beat_init, celeryd_init, setup_logging, worker_init, worker_shutting_down
from django.conf import settings
from django_structlog.celery.steps import DjangoStructLogInitStep
from redis.exceptions import RedisError

from config import broker, capacity
from config.presence import Presence
from core import signs, startup, task_log
from core.context import acting
from core.postgresql.limits import limit_statements
from core.shutdown import stopping

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
# How many times longer than a page a task may wait for the database.
PATIENCE = 10
log = logging.getLogger(__name__)


class ContextTask(Task):
    """A task runs in the channel `worker`, as part of the request that called it.

    Its failures are counted.
    """

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        from core import failures  # a model, and there are none yet when this module is loaded

        request_id = structlog.contextvars.get_contextvars().get("request_id", "")
        with acting(channel="worker", request_id=request_id):
            row = str(args[0]) if args else ""
            delivered = self.request.delivery_info or {}
            with task_log.logged(self.name, row), traced(self.name, row):
                result = failures.guarded(
                    self,
                    row,
                    partial(super().__call__, *args, **kwargs),
                    redelivered=bool(delivered.get("redelivered")),
                )
        if not row:
            _sign(self.name)
        return result


def traced(task: str, row: str) -> AbstractContextManager[None]:
    """A sweep has no row, and no span."""
    if not row or not settings.OTEL_EXPORTER_OTLP_ENDPOINT:
        return nullcontext()
    from config.tracing import traced_task  # its packages are there where the setting is

    return traced_task(task, row)


def _sign(task: str) -> None:
    """Without the cache the sweep has run all the same."""
    try:
        signs.sign_sweep(task)
    except RedisError as error:
        log.info("not signed: %s", error)


broker.install()
app = Celery("installer_jobs", task_cls=ContextTask)
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()
app.steps["worker"].update((DjangoStructLogInitStep, Presence))


@app.on_after_finalize.connect
def collect_schedules(sender: Celery, **_: Any) -> None:
    """The beat's schedule is beside the tasks: `SCHEDULE` in the `tasks.py` of an app."""
    for app_name in settings.INSTALLED_APPS:
        if find_spec(f"{app_name}.tasks"):
            tasks = import_module(f"{app_name}.tasks")
            sender.conf.beat_schedule |= getattr(tasks, "SCHEDULE", {})


def queue_of(
    _name: str, _args: Any, _kwargs: Any, _options: Any, task: Task | None = None, **_: Any
) -> dict | None:
    """A task that needs workers of its own names its queue: `@shared_task(queue_name="units")`."""
    queue = getattr(task, "queue_name", "")
    return {"queue": queue} if queue else None


@celeryd_init.connect
@beat_init.connect
def refuse_to_start(**_: Any) -> None:
    if fault := startup.fault():
        sys.exit(f"Settings: {fault}")


@worker_init.connect
def be_patient(**_: Any) -> None:
    """A task may take longer than a page, and wait longer for a connection: a worker has more threads than those."""
    limit_statements(PATIENCE * settings.DATABASE_STATEMENT_TIMEOUT)
    if pool := settings.DATABASES["default"]["OPTIONS"].get("pool"):
        pool["timeout"] *= PATIENCE


@worker_init.connect
def refuse_more_threads_than_can_work(sender: Any = None, **_: Any) -> None:
    queues = sender.app.amqp.queues.consume_from
    if fault := capacity.fault(queues, sender.concurrency, capacity.connections()):
        sys.exit(f"Settings: {fault}")


@worker_shutting_down.connect
def stop_waiting(**_: Any) -> None:
    stopping.set()


@setup_logging.connect
def keep_djangos_logging(**_: Any) -> None:
    """Without a listener Celery would put handlers of its own in place of those of the settings."""
