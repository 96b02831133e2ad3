"""What the house says about itself in numbers: each room its own, in its `metrics.py`, by `@gauge`."""

from collections.abc import Callable, Mapping

from django.utils.module_loading import autodiscover_modules

Value = float | Mapping[str, float]
_gauges: dict[str, tuple[str, str, Callable[[], Value]]] = {}


def gauge(name: str, about: str, label: str = "") -> Callable[[Callable[[], Value]], Callable[[], Value]]:
    """A number that is asked for whenever somebody looks; with `label`, a mapping of that label's values to numbers."""

    def register(measure: Callable[[], Value]) -> Callable[[], Value]:
        _gauges[name] = (about, label, measure)
        return measure

    return register


def exposition() -> str:
    """All of it in Prometheus' text format."""
    autodiscover_modules("metrics")
    return "".join(_lines(name, *entry) for name, entry in sorted(_gauges.items()))


def _lines(name: str, about: str, label: str, measure: Callable[[], Value]) -> str:
    value = measure()
    rows = (
        {f'{{{label}="{key}"}}': number for key, number in value.items()} if isinstance(value, Mapping) else {"": value}
    )
    samples = "".join(f"appdrive_{name}{labels} {number:g}\n" for labels, number in rows.items())
    return f"# HELP appdrive_{name} {about}\n# TYPE appdrive_{name} gauge\n{samples}"
