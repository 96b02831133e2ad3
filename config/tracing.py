"""Traces go to a collector of OpenTelemetry: a span for each request and for each task that works on a row.

A span has what the line of the log has: the route, never the path or the query; the type of an error, never its text.
"""

import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import cache

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
from opentelemetry.sdk.resources import Resource
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import BatchSpanProcessor
from opentelemetry.trace import Span, SpanKind, StatusCode, Tracer

from core import context
from core.release import release
from core.web.measuring import route_of


@cache
def tracer() -> Tracer:
    """One for this process. It is not made the global one, so no library adds spans whose attributes nobody has read.

    The SDK reads what else OpenTelemetry defines from the environment, as OTEL_TRACES_SAMPLER.
    """
    name = os.environ.get("OTEL_SERVICE_NAME", "installer-jobs")
    about = Resource.create({"service.name": name, "service.version": release()})
    provider = TracerProvider(resource=about)
    url = f"{settings.OTEL_EXPORTER_OTLP_ENDPOINT.rstrip('/')}/v1/traces"
    provider.add_span_processor(BatchSpanProcessor(OTLPSpanExporter(url)))
    return provider.get_tracer("installer_jobs", release())


@contextmanager
def span(name: str, kind: SpanKind) -> Iterator[Span]:
    """A span with the flow id, which a task may learn from its row while it runs."""
    with tracer().start_as_current_span(
        name, kind=kind, record_exception=False, set_status_on_exception=False
    ) as mine:
        try:
            yield mine
        except Exception as error:
            mine.set_status(StatusCode.ERROR, type(error).__name__)
            raise
        finally:
            mine.set_attribute("flow_id", context.request_id())
            mine.set_attribute("channel", context.channel())


class TracingMiddleware:
    """Behind those that know the flow id and answer monitors."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]):
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        with span(str(request.method), SpanKind.SERVER) as mine:
            response = self.get_response(request)
            route = route_of(request)
            mine.update_name(f"{request.method} {route}")
            mine.set_attribute("http.request.method", str(request.method))
            mine.set_attribute("http.route", route)
            mine.set_attribute("http.response.status_code", response.status_code)
            if response.status_code >= 500:
                mine.set_status(StatusCode.ERROR)
        return response


@contextmanager
def traced_task(name: str, row: str) -> Iterator[None]:
    with span(name, SpanKind.CONSUMER) as mine:
        mine.set_attribute("row", row)
        yield
