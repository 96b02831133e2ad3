"""One line in the log for each request: by its route, since a path has secrets, and a query what people search for."""

import time
from typing import Any

from django.contrib.auth.base_user import AbstractBaseUser
from django.contrib.auth.models import AnonymousUser
from django.dispatch import receiver
from django.http import HttpRequest
from django_structlog import signals
from django_structlog.middlewares import RequestMiddleware
from structlog.contextvars import bind_contextvars

from core.web.health import address_of
from core.web.measuring import route_of


class RequestLogMiddleware(RequestMiddleware):
    @staticmethod
    def format_request(request: HttpRequest) -> str:
        return f"{request.method} {route_of(request)}"

    @staticmethod
    def bind_user_id(request: HttpRequest) -> None:
        """A program that calls OneAPI is no user."""
        RequestMiddleware.bind_user_id(request)
        principal = getattr(request, "user", None)
        if principal is None or isinstance(principal, AbstractBaseUser | AnonymousUser):
            return
        bind_contextvars(user_id=None, client_id=str(principal.pk))


@receiver(signals.bind_extra_request_finished_metadata)
@receiver(signals.bind_extra_request_failed_metadata)
def describe(request: HttpRequest, log_kwargs: dict[str, Any], **_more: Any) -> None:
    """The same fields for a request that was answered and for one that failed."""
    status = log_kwargs.pop("code")
    log_kwargs.pop("request")
    log_kwargs |= {
        "method": request.method,
        "route": route_of(request),
        "status": status,
        "seconds": seconds_of(request),
        "ip": address_of(request),
    }


def seconds_of(request: HttpRequest) -> float | None:
    began = getattr(request, "began", None)
    return None if began is None else round(time.perf_counter() - began, 4)
