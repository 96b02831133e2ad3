"""Logs: one JSON object a line, with the request id from the page to the worker; plain lines at a terminal."""

import logging
import re
import sys
from typing import Any

import structlog

# Links that are keys: who reads the log must not be able to follow them. Within a `next=` a slash is written as %2F.
LINKS = (
    "invitations",
    "accounts/password/reset/key",
    "accounts/confirm-email",
    "accounts/notices/off",
    "installers/company/email",
)
SECRETS = (
    "access_token",
    "assertion",
    "client_secret",
    "code",
    "id_token",
    "key",
    "password",
    "refresh_token",
    "secret",
    "session_token",
    "token",
)
SLASH = "(?:/|%(?:25)*2F)"
EQUALS = "(?:=|%(?:25)*3D)"
BEFORE = "(?:[?&\\s\"']|^|%(?:25)*(?:3F|26))"
END = r"(?:(?!%(?:25)*(?:2F|3F|26))[^/?&\s\"'])+"
SECRET_LINKS = re.compile(
    f"({SLASH}(?:{'|'.join(LINKS).replace('/', SLASH)}){SLASH}){END}", re.IGNORECASE
)
SECRET_PARAMETERS = re.compile(f"({BEFORE}(?:{'|'.join(SECRETS)}){EQUALS}){END}", re.IGNORECASE)


# Whose it is, is no business of a log. An address may be in the text of any exception.
MAIL = re.compile(r"[^\s@<>\"'(){}\[\],;:=/]+@[^\s@<>\"'(){}\[\],;:=/]+\.[a-z]{2,}", re.IGNORECASE)


def name_the_flow(_logger: Any, _method: str, event: dict[str, Any]) -> dict[str, Any]:
    """One word for what links a page, its rows, tasks, units and messages."""
    if "request_id" in event:
        event["flow_id"] = event.pop("request_id")
    return event


def hide_secret_links(_logger: Any, _method: str, event: dict[str, Any]) -> dict[str, Any]:
    """Mask what opens something, in every text of a log line, however deep."""
    for key, value in event.items():
        event[key] = masked(value)
    return event


def masked(value: Any) -> Any:
    if isinstance(value, str):
        value = SECRET_PARAMETERS.sub(r"\1…", SECRET_LINKS.sub(r"\1…", value))
        return MAIL.sub("…@…", value) if "@" in value else value
    if isinstance(value, dict):
        return {key: masked(part) for key, part in value.items()}
    if isinstance(value, list | tuple):
        return [masked(part) for part in value]
    return value


QUIETER = {
    "django.request": "CRITICAL",  # django-structlog logs the same, with the request id
    "celery.app.trace": "WARNING",  # sweeps run every few seconds; failures are still logged
    "celery.worker.strategy": "WARNING",
    "celery.beat": "WARNING",
}
SHARED: list[Any] = [
    structlog.contextvars.merge_contextvars,
    structlog.stdlib.add_logger_name,
    structlog.stdlib.add_log_level,
    structlog.stdlib.PositionalArgumentsFormatter(),
    structlog.processors.TimeStamper(fmt="iso", utc=True),
]


def renderers() -> list[Any]:
    if sys.stderr.isatty():
        return [name_the_flow, hide_secret_links, structlog.dev.ConsoleRenderer()]
    return [
        structlog.processors.format_exc_info,
        name_the_flow,
        hide_secret_links,  # the text of an exception may hold a URL, too
        structlog.processors.JSONRenderer(),
    ]


def configure(level: str) -> dict[str, Any]:
    """Settle structlog and return Django's LOGGING."""
    logging.captureWarnings(capture=True)
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
