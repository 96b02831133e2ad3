"""Errors go to a Sentry: what failed, where in the code and under which flow id, but not whose it was.

Of an event only what is named here is sent: no address, header, cookie, query or body of a request, no user, no
variables, no arguments of tasks. Its texts are masked as those of the log are.
"""

from typing import Any

import sentry_sdk
from sentry_sdk.integrations.celery import CeleryIntegration
from sentry_sdk.integrations.django import DjangoIntegration
from structlog.contextvars import get_contextvars

from config.logs import masked
from core import context
from core.release import release

SENT = (
    "environment",
    "event_id",
    "exception",
    "level",
    "logentry",
    "logger",
    "platform",
    "release",
    "sdk",
    "server_name",
    "timestamp",
    "transaction",
    "transaction_info",
)
# What PostgreSQL adds to an error: the values of the row.
VALUES = "\nDETAIL:"


def start(dsn: str) -> None:
    sentry_sdk.init(
        dsn=dsn,
        release=release(),
        send_default_pii=False,
        include_local_variables=False,
        max_request_body_size="never",
        max_breadcrumbs=0,
        # Others are not told that we watch: no headers on calls to them.
        trace_propagation_targets=[],
        auto_enabling_integrations=False,
        integrations=[DjangoIntegration(), CeleryIntegration()],
        before_send=without_people,
    )


def without_people(event: Any, _hint: Any) -> Any:
    """What is sent of an event, in the thread in which it happened."""
    kept = masked({name: event[name] for name in SENT if name in event})
    for error in kept.get("exception", {}).get("values", []):
        error["value"] = str(error.get("value", "")).partition(VALUES)[0]
    return kept | {"tags": tags()}


def tags() -> dict[str, str]:
    """A task has left its context when its failure is caught, but not yet that of its log lines."""
    flow_id = context.request_id() or str(get_contextvars().get("request_id", ""))
    return {"flow_id": flow_id, "channel": context.channel()}
