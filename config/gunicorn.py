"""gunicorn's settings: the application is loaded once, then forked; threads answer.

WEB_WORKERS processes (1; more on PostgreSQL) of WEB_THREADS threads (16).
"""

import gc
import os

from config.environment import number

wsgi_app = "config.wsgi:application"
worker_class = "gthread"
workers = int(number("WEB_WORKERS", 1, 1, 64))
threads = int(number("WEB_THREADS", 16, 1, 256))
bind = os.environ.get("BIND", "127.0.0.1:8000")
preload_app = True
timeout = 60  # an answer may wait 30 s for a vehicle
graceful_timeout = 20
keepalive = 5
limit_request_line = 8190  # the most there is: a list of VINs pasted into a search stands in the address
worker_tmp_dir = "/dev/shm" if os.path.isdir("/dev/shm") else None  # noqa: S108 - memory: a slow disk looks like a dead worker
control_socket_disable = True
accesslog = None  # the application logs each request, with its request id
forwarded_allow_ips = os.environ.get("FORWARDED_ALLOW_IPS", "127.0.0.1")


def when_ready(_server: object) -> None:
    """What was loaded before the fork lives for ever: the collector need not look at it again, nor copy its pages."""
    gc.collect()
    gc.freeze()


def post_fork(_server: object, _worker: object) -> None:
    """A pool of connections does not survive a fork; each worker opens its own."""
    from django.db import connection

    if close := getattr(connection, "close_pool", None):
        close()
    gc.set_threshold(50_000, 20, 20)
