"""gunicorn's settings: the application is loaded once, then forked; threads answer.

WEB_WORKERS processes (1; more on PostgreSQL) of WEB_THREADS threads (16). With WEB_RELOAD, which `bin/dev` sets, each
process loads the application itself and ends when a source file changes.
"""

import gc
import os

from config.environment import BASE_DIR
from config.given import of_this_process

given = of_this_process()
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
control_socket_disable = True
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
