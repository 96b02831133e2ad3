"""Gauges for Prometheus: each room registers its own in its `metrics.py`, by `@gauge`."""

import logging
from collections.abc import Callable, Mapping

from django.conf import settings
from django.db import close_old_connections
from django.utils.module_loading import autodiscover_modules

from core.postgresql.guard import without_grace

Value = float | Mapping[str, float]
logger = logging.getLogger(__name__)
_gauges: dict[str, tuple[str, str, Callable[[], Value]]] = {}


def gauge(
    name: str, about: str, label: str = ""
) -> Callable[[Callable[[], Value]], Callable[[], Value]]:
    """Register a function that measures a number at each scrape; with `label`, a mapping of its values to numbers."""

    def register(measure: Callable[[], Value]) -> Callable[[], Value]:
        _gauges[name] = (about, label, measure)
        return measure

    return register


def exposition() -> str:
    """All gauges in Prometheus' text format. A gauge that fails is left out and counted as failing."""
    autodiscover_modules("metrics")
    with without_grace():
        measured = {
            name: _measured(name, measure)
            for name, (_about, _label, measure) in sorted(_gauges.items())
        }
    text = ""
    failing = {}
    for name, value in measured.items():
        failing[name] = float(value is None)
        if value is not None:
            about, label, _measure = _gauges[name]
            text += _lines(name, about, label, value)
    return text + _lines(
        "gauge_failing", "1 for a gauge that could not be measured.", "gauge", failing
    )


def _measured(name: str, measure: Callable[[], Value]) -> Value | None:
    try:
        return measure()
    except Exception:
        logger.exception("gauge_failed", extra={"gauge": name})
        close_old_connections()  # a lost connection would fail the next gauge too
        return None


def _lines(name: str, about: str, label: str, value: Value) -> str:
    metric = f"{settings.METRICS_PREFIX}_{name}"
    lines = [f"# HELP {metric} {about}", f"# TYPE {metric} gauge"]
    if isinstance(value, Mapping):
        lines += [f'{metric}{{{label}="{key}"}} {number:g}' for key, number in value.items()]
    else:
        lines.append(f"{metric} {value:g}")
    return "\n".join(lines) + "\n"
