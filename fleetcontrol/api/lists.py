"""Lists of OneAPI: `{"results", "next", "previous"}`, with cursors that belong to one fleet and one set of filters."""

import json
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any, ClassVar

from django.core.signing import BadSignature, Signer
from django.db.models import QuerySet
from django.utils.crypto import salted_hmac
from django.utils.translation import gettext_lazy as _
from rest_framework import serializers
from rest_framework.exceptions import APIException

from accounts.models import Fleet
from core.refusals import sentence
from core.web.api.serializers import Shape, StrictSerializer
from core.web.lists.pages import CursorPage

MOST = 200
SIZE = 50
# A list of changes begins so much earlier: a transaction that began before may have committed later.
OVERLAP = timedelta(minutes=2)


class InvalidCursor(APIException):
    status_code = 400
    default_code = "invalid_cursor"
    default_detail = sentence("invalid_cursor")
    errors = {"cursor": [_("This is not a cursor of this list with these filters.")]}


class ListQuery(StrictSerializer):
    """Query parameters of a list. `filters` names those that its cursors belong to."""

    limit = serializers.IntegerField(
        required=False,
        min_value=1,
        max_value=MOST,
        default=SIZE,
        help_text=_("How many objects a page has."),
    )
    cursor = serializers.CharField(
        required=False, max_length=1000, help_text=_("Taken from `next` or `previous`.")
    )

    @property
    def filters(self) -> dict[str, Any]:
        return {name: value for name, value in self.validated_data.items() if name != "cursor"}


class ChangesQuery(ListQuery):
    """Query parameters of a list that is also read by `changed_after`, a field of each with its own words."""

    usual_order: ClassVar[str]

    @property
    def given_time(self) -> datetime | None:
        """The client's `changed_after`."""
        return self.validated_data.get("changed_after")

    @property
    def changed_since(self) -> datetime | None:
        """From when on changes are listed."""
        return self.given_time - OVERLAP if self.given_time else None

    @property
    def order(self) -> str:
        return "updated_at" if self.given_time else self.usual_order

    def next_changed_after(self, results: list[dict]) -> str | None:
        if self.given_time is None:
            return None
        if results:
            return results[-1]["updated_at"]
        return serializers.DateTimeField().to_representation(self.given_time)


class Cursors:
    """The cursors of one list: of one fleet, with these filters and this limit."""

    def __init__(self, fleet: Fleet, query: ListQuery):
        filters = json.dumps(query.filters, sort_keys=True, default=str)
        self.signer = Signer(
            salt=salted_hmac(type(query).__name__, f"{fleet.pk} {filters}").hexdigest()
        )

    def read(self, cursor: str) -> str:
        """Return what CursorPage reads. Raises InvalidCursor."""
        if not cursor:
            return ""
        try:
            return self.signer.unsign(cursor)
        except BadSignature as error:
            raise InvalidCursor from error

    def write(self, cursor: str) -> str | None:
        return self.signer.sign(cursor) if cursor else None


def listed(
    fleet: Fleet,
    rows: QuerySet,
    query: ListQuery,
    *,
    order: str,
    shape: Callable[[Any], dict],
    whole: QuerySet | None = None,
) -> dict[str, Any]:
    """One page of `rows` in this order; `whole` as for CursorPage. Raises InvalidCursor."""
    cursors = Cursors(fleet, query)
    cursor = cursors.read(query.validated_data.get("cursor", ""))
    size = query.validated_data["limit"]
    page = CursorPage(rows, order, cursor=cursor, size=size, whole=whole)
    return {
        "results": [shape(row) for row in page.rows],
        "next": cursors.write(page.next),
        "previous": cursors.write(page.previous),
    }


def listed_changes(
    fleet: Fleet,
    rows: QuerySet,
    query: ChangesQuery,
    *,
    shape: Callable[[Any], dict],
    whole: QuerySet | None = None,
) -> dict[str, Any]:
    """The same, with `next_changed_after`."""
    found = listed(fleet, rows, query, order=query.order, shape=shape, whole=whole)
    return {**found, "next_changed_after": query.next_changed_after(found["results"])}


def list_shape(rows: type[Shape], name: str, **more: Any) -> type[Shape]:
    """The shape of a page of `rows`, for the document."""
    members = {
        "results": rows(many=True),
        "next": serializers.CharField(
            allow_null=True, help_text=_("The cursor of the next page; null on the last.")
        ),
        "previous": serializers.CharField(
            allow_null=True, help_text=_("The cursor of the page before; null on the first.")
        ),
        **more,
        "example": {"results": [rows.example], "next": None, "previous": None}
        | dict.fromkeys(more),
    }
    return type(name, (Shape,), members)
