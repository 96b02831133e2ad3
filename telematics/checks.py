"""Checks of the gateway: when a process that serves starts, in `check --deploy` and in `/readyz`."""

import logging
from typing import Any

from django.conf import settings
from django.core.checks import CheckMessage, Error, register
from django.core.exceptions import ImproperlyConfigured

from core.startup import START
from telematics.gateway import gateway_class, get_gateway

log = logging.getLogger(__name__)


@register(START, deploy=True)
def gateway_is_named(**_: Any) -> list[CheckMessage]:
    """Load the class without an instance: a connection of the gateway would not survive the fork of the web process."""
    try:
        gateway_class(settings.TELEMATICS_GATEWAY)
    except ImproperlyConfigured as error:
        return [Error(str(error), id="telematics.E001")]
    return []


def gateway_is_ready() -> str:
    try:
        get_gateway()
    except Exception:  # whatever a foreign gateway may raise
        log.exception("gateway_not_ready")
        return f"{settings.TELEMATICS_GATEWAY or 'TELEMATICS_GATEWAY'} cannot be loaded"
    return "ok"
