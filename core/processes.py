"""What the web processes of a machine count: their requests and database connections.

Under gunicorn each process writes to a file, and /metrics has the sum of all (config/gunicorn.py names the directory).
"""

import os

from django.conf import settings
from prometheus_client import (
    CollectorRegistry,
    Counter,
    Gauge,
    Histogram,
    generate_latest,
    multiprocess,
)

PREFIX = settings.METRICS_PREFIX
# An answer may wait 30 s for a machine.
BUCKETS = (0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30)
OWN = CollectorRegistry()

requests = Counter(
    "http_requests",
    "Requests by the name of their route and the class of their status.",
    ["route", "status"],
    namespace=PREFIX,
    registry=OWN,
)
request_seconds = Histogram(
    "http_request_seconds",
    "Seconds until a request was answered.",
    ["route"],
    namespace=PREFIX,
    registry=OWN,
    buckets=BUCKETS,
)
connections_in_use = Gauge(
    "database_connections_in_use",
    "Connections of the web's pools that a thread has at this moment.",
    namespace=PREFIX,
    registry=OWN,
    multiprocess_mode="livesum",
)


def count_request(route: str, status: int, seconds: float) -> None:
    requests.labels(route, f"{status // 100}xx").inc()
    request_seconds.labels(route).observe(seconds)


def exposition() -> bytes:
    """In Prometheus' text format, summed over all processes where there are several."""
    if "PROMETHEUS_MULTIPROC_DIR" not in os.environ:
        return generate_latest(OWN)
    registry = CollectorRegistry()
    multiprocess.MultiProcessCollector(registry)
    return generate_latest(registry)
