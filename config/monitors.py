"""Where errors and traces go, if the settings name it: to a Sentry, and to a collector of OpenTelemetry.

Their packages are not among the product's own: requirements-monitoring.txt has them.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from importlib.util import find_spec

from django.core.exceptions import ImproperlyConfigured

from config import locations

DSN = re.compile(r"https?://\w+@[^/@]+(/[\w.-]+)*/[0-9]+", re.ASCII)
PACKAGES = {
    "SENTRY_DSN": ("sentry_sdk",),
    "OTEL_EXPORTER_OTLP_ENDPOINT": ("opentelemetry.sdk", "opentelemetry.exporter.otlp.proto.http"),
}


@dataclass(frozen=True)
class Monitors:
    sentry_dsn: str
    otlp_endpoint: str


def read_monitors(given: Mapping[str, str]) -> Monitors:
    for name, packages in PACKAGES.items():
        if name in given and not all(map(is_installed, packages)):
            raise ImproperlyConfigured(
                f"{name} needs other packages: .venv/bin/pip install -r requirements-monitoring.txt"
            )
    return Monitors(
        sentry_dsn=_dsn(given),
        otlp_endpoint=locations.address(
            "OTEL_EXPORTER_OTLP_ENDPOINT", "", ("http", "https"), given
        ),
    )


def _dsn(given: Mapping[str, str]) -> str:
    """A refusal does not repeat it: its key lets anyone send."""
    dsn = locations.address("SENTRY_DSN", "", ("http", "https"), given)
    if dsn and not DSN.fullmatch(dsn):
        raise ImproperlyConfigured("SENTRY_DSN must look like https://key@sentry.example/1.")
    return dsn


def is_installed(package: str) -> bool:
    try:
        return find_spec(package) is not None
    except ModuleNotFoundError:  # what it is in is missing
        return False
