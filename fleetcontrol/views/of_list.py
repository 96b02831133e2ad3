"""A page about a list. It passes on the parameters that choose the rows of the list and their order."""

from collections.abc import Iterable
from typing import Any

from django.http import HttpRequest, QueryDict
from django.urls import reverse
from django.utils.functional import cached_property

from core.web.lists.pages import with_query
from fleetcontrol import return_to
from fleetcontrol.mixins import FleetMixin


def list_parameters(query: QueryDict, names: Iterable[str]) -> QueryDict:
    """Those of `names` that have a value. Others (cursor, open details) concern the moment."""
    kept = QueryDict(mutable=True)
    for name in names:
        if values := [value for value in query.getlist(name) if value]:
            kept.setlist(name, values)
    return kept


def sent_with(request: HttpRequest) -> QueryDict:
    """What a request carries: the form, or the query string of a link that repeats it."""
    return request.POST if request.method == "POST" else request.GET


def parameter_pairs(query: QueryDict, *left_out: str) -> list[tuple[str, str]]:
    """Name and value of each parameter, as hidden fields carry them."""
    return [
        (name, value) for name, values in query.lists() if name not in left_out for value in values
    ]


class OfList(FleetMixin):
    """`parameters`: the names of the list parameters."""

    parameters: tuple[str, ...] = ()

    @property
    def table_name(self) -> str:
        """The name under which choices about the table are kept, and the name of the list's URL."""
        raise NotImplementedError(f"{type(self).__name__} names no table")

    @cached_property
    def query(self) -> QueryDict:
        """The list parameters: from the URL, or from what a form or a link to an action carries."""
        sent = self.request.GET
        for carried in (self.request.POST, self.request.GET):
            if "query" in carried:
                sent = QueryDict(carried["query"])
                break
        return list_parameters(sent, self.parameters)

    @property
    def list_url(self) -> str:
        """The list as the reader left it, else the list with these parameters."""
        start = reverse(f"fleetcontrol:{self.table_name}", args=[self.fleet.pk])
        return return_to.nearest_list(self.came_from, [start]) or with_query(
            f"{start}?{self.query.urlencode()}"
        )

    def get_context_data(self, **context: Any) -> dict[str, Any]:
        context.setdefault("table_name", self.table_name)
        context.setdefault("list_url", self.list_url)
        context.setdefault("came_from", self.came_from)
        context.setdefault("query_string", self.query.urlencode())
        return super().get_context_data(**context)
