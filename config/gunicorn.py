"""gunicorn's settings: the application is loaded once, then forked; threads answer.

WEB_WORKERS processes (1; more on PostgreSQL) of WEB_THREADS threads (16). With WEB_RELOAD, which `bin/dev` sets, each
process loads the application itself and ends when a source file changes.
"""

import gc
import logging.config
import os
import shutil
import socket
import tempfile
from glob import glob
from typing import Any

from config import logs
from config.environment import BASE_DIR
from config.given import of_this_process

METRICS = f"installer-jobs-{socket.gethostname()}-"


def directory_of_metrics(parent: str | None) -> str:
    """Where the processes of this gunicorn count (core/processes.py). Another one beside it has its own."""
    remove_left_directories(parent)
    known = os.environ.get("PROMETHEUS_MULTIPROC_DIR", "")
    mine = f"-{os.getpid()}"
    if known.endswith(mine) and os.path.isdir(known):  # the configuration is read once more
        return known
    return tempfile.mkdtemp(prefix=METRICS, suffix=mine, dir=parent)


def remove_left_directories(parent: str | None) -> None:
    """Of those that were killed."""
    for path in glob(f"{parent or tempfile.gettempdir()}/{METRICS}*"):
        if not os.path.exists(f"/proc/{path.rpartition('-')[2]}") and os.path.exists("/proc/self"):
            shutil.rmtree(path, ignore_errors=True)


given = of_this_process()
logging.config.dictConfig(logs.configure(given.log_level))  # before the application is loaded
wsgi_app = "config.wsgi:application"
worker_class = "config.web_worker.PromptWorker"
workers = given.web.workers
threads = given.web.threads
bind = given.web.bind
reload = given.web.reload
if reload:
    kept = [*BASE_DIR.glob("templates/**/*.html"), *BASE_DIR.glob("locale/**/*.mo")]
    reload_extra_files = [str(path) for path in kept]
preload_app = not reload
timeout = 60  # an answer may wait 30 s for a vehicle
graceful_timeout = 20
keepalive = 5
limit_request_line = 8190  # the maximum: a list of VINs pasted into a search is in the URL
worker_tmp_dir = "/dev/shm" if os.path.isdir("/dev/shm") else None  # noqa: S108 - memory: a slow disk looks like a dead worker
os.environ["PROMETHEUS_MULTIPROC_DIR"] = directory_of_metrics(worker_tmp_dir)
control_socket_disable = True
logger_class = "config.web_log.WebLog"
accesslog = None  # the application logs each request, with its request id
forwarded_allow_ips = given.web.forwarded_allow_ips


def when_ready(_server: object) -> None:
    """What was loaded before the fork lives for ever: the collector need not check it again, nor copy its pages."""
    gc.collect()
    gc.freeze()


def post_fork(_server: object, _worker: object) -> None:
    """A pool of connections does not survive a fork; each worker opens its own."""
    from django.db import connection

    if close := getattr(connection, "close_pool", None):
        close()
    gc.set_threshold(50_000, 20, 20)


def child_exit(_server: object, worker: Any) -> None:
    """What a process has counted stays; what it held at the moment ends with it."""
    from prometheus_client import (
        multiprocess,  # where it is imported first, it looks for the directory
    )

    multiprocess.mark_process_dead(worker.pid)


def on_exit(_server: object) -> None:
    shutil.rmtree(os.environ["PROMETHEUS_MULTIPROC_DIR"], ignore_errors=True)
