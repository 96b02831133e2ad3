"""Gauges for Prometheus: each room registers its own in its `metrics.py`. They are measured at each scrape."""

import logging
from collections.abc import Callable, Iterator, Mapping
from typing import NamedTuple, TypeVar

from django.conf import settings
from django.db import close_old_connections, connection
from django.utils.module_loading import autodiscover_modules
from prometheus_client import CollectorRegistry, generate_latest
from prometheus_client.core import GaugeMetricFamily
from prometheus_client.registry import Collector

from core import processes
from core.postgresql.guard import without_grace

Result = TypeVar("Result")
Value = float | Mapping[str, float]
# The value of each metric that a source measures.
Measured = Mapping[str, Value]
Source = Callable[[], Measured]
FAILING = "gauge_failing"
logger = logging.getLogger(__name__)


class Family(NamedTuple):
    about: str
    # The name of the label whose values a mapping has.
    label: str = ""


FAMILIES = {FAILING: Family("1 for a gauge that could not be measured.", "gauge")}
_sources: dict[str, Source] = {}


def gauge(
    name: str, about: str, label: str = ""
) -> Callable[[Callable[[], Value]], Callable[[], Value]]:
    """Register a function that measures a number at each scrape; with `label`, a mapping of its values to numbers."""
    FAMILIES[name] = Family(about, label)

    def register(measure: Callable[[], Value]) -> Callable[[], Value]:
        add_source(name, lambda: {name: measure()})
        return measure

    return register


def add_source(name: str, source: Source) -> None:
    """Register what measures several metrics at once. It fails as a whole, and alone."""
    _sources[name] = source


def exposition() -> bytes:
    """All metrics in Prometheus' text format. What fails is left out and counted as failing."""
    autodiscover_modules("metrics")
    failing: dict[str, float] = {}
    values: dict[str, list[Value]] = {}
    with without_grace():
        for name, source in sorted(_sources.items()):
            found = measured(name, source)
            failing[name] = float(found is None)
            for metric, value in (found or {}).items():
                values.setdefault(metric, []).append(value)
    counted = measured("processes", processes.exposition)
    failing["processes"] = float(counted is None)
    values[FAILING] = [failing]
    registry = CollectorRegistry()
    registry.register(Gauges(values))
    return generate_latest(registry) + (counted or b"")


class Gauges(Collector):
    """What was measured, as prometheus_client writes it."""

    def __init__(self, values: Mapping[str, list[Value]]):
        self._values = values

    def collect(self) -> Iterator[GaugeMetricFamily]:
        for name, values in self._values.items():
            about, label = FAMILIES[name]
            metric = f"{settings.METRICS_PREFIX}_{name}"
            family = GaugeMetricFamily(metric, about, labels=[label] if label else [])
            for value in values:
                _add(family, value)
            yield family


def _add(family: GaugeMetricFamily, value: Value) -> None:
    if not isinstance(value, Mapping):
        family.add_metric([], value)
        return
    for key, number in value.items():
        family.add_metric([key], number)


def measured(name: str, measure: Callable[[], Result]) -> Result | None:
    """Return what a function measures, or None where it fails: it harms no other."""
    try:
        return measure()
    except Exception:
        logger.exception("gauge_failed: %s", name)
        if not connection.in_atomic_block:
            close_old_connections()  # a lost connection would fail the next gauge too
        return None
