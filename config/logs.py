"""Logs: one JSON object a line, with the request id from the page to the worker; plain lines at a terminal."""

import re
import sys
from typing import Any

import structlog

# Links that are keys: who reads the log must not be able to follow them.
SECRET_LINKS = re.compile(r"(/invitations/|/accounts/password/reset/key/|/accounts/confirm-email/)[^/?\s\"]+")


def hide_secret_links(_logger: Any, _method: str, event: dict[str, Any]) -> dict[str, Any]:
    for key, value in event.items():
        if isinstance(value, str):
            event[key] = SECRET_LINKS.sub(r"\1…", value)
    return event


QUIETER = {
    "django.request": "CRITICAL",  # django-structlog says the same, with the request id
    "celery.app.trace": "WARNING",  # sweeps run every few seconds; who fails still says so
    "celery.worker.strategy": "WARNING",
    "celery.beat": "WARNING",
}
SHARED: list[Any] = [
    structlog.contextvars.merge_contextvars,
    structlog.stdlib.add_logger_name,
    structlog.stdlib.add_log_level,
    structlog.stdlib.PositionalArgumentsFormatter(),
    structlog.processors.TimeStamper(fmt="iso", utc=True),
    hide_secret_links,
]


def renderers() -> list[Any]:
    if sys.stderr.isatty():
        return [structlog.dev.ConsoleRenderer()]
    return [structlog.processors.format_exc_info, structlog.processors.JSONRenderer()]


def configure(level: str) -> dict[str, Any]:
    """Settle structlog and return Django's LOGGING."""
    structlog.configure(
        processors=[
            structlog.stdlib.filter_by_level,
            *SHARED,
            structlog.processors.StackInfoRenderer(),
            structlog.stdlib.ProcessorFormatter.wrap_for_formatter,
        ],
        logger_factory=structlog.stdlib.LoggerFactory(),
        cache_logger_on_first_use=True,
    )
    remove = structlog.stdlib.ProcessorFormatter.remove_processors_meta
    formatter = {
        "()": structlog.stdlib.ProcessorFormatter,
        "processors": [remove, *renderers()],
        "foreign_pre_chain": SHARED,
    }
    return {
        "version": 1,
        "disable_existing_loggers": False,
        "formatters": {"line": formatter},
        "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "line"}},
        "root": {"handlers": ["stderr"], "level": level},
        "loggers": {name: {"level": least} for name, least in QUIETER.items()},
    }
