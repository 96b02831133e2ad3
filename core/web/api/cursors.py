"""Pages of an API's list: `{"results", "next", "previous"}`, found by cursor."""

from collections.abc import Callable
from typing import Any

from django.core.signing import BadSignature, Signer
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _
from rest_framework import serializers
from rest_framework.request import Request

from core.web.api.serializers import Shape, StrictSerializer
from core.web.lists.order import Order
from core.web.lists.pages import SIZE, SIZES, CursorPage, with_query


class PageQuery(StrictSerializer):
    """Query parameters of a list."""

    cursor = serializers.CharField(
        required=False, max_length=500, help_text=_("Taken from `next` or `previous`.")
    )
    page_size = serializers.IntegerField(
        required=False,
        min_value=1,
        max_value=SIZES[-1],
        default=SIZE,
        help_text=_("How many rows a page has."),
    )


def page(
    request: Request, rows: QuerySet, query: PageQuery, *, order: str, shape: Callable[[dict], dict]
) -> dict[str, Any]:
    """One page of `rows`, a `.values()` with `pk` and the column of the order."""
    cursor = query.validated_data.get("cursor", "")
    refuse_foreign(cursor, Order(rows.model, order))
    found = CursorPage(rows, order, cursor=cursor, size=query.validated_data["page_size"])
    here = request.build_absolute_uri()
    links = {"next": found.next, "previous": found.previous}
    return {"results": [shape(row) for row in found.rows]} | {
        name: with_query(here, cursor=to) if to else None for name, to in links.items()
    }


def refuse_foreign(cursor: str, order: Order) -> None:
    """A program that went on with a broken cursor would read the first page for ever."""
    try:
        if cursor:
            Signer(salt=order.label).unsign_object(cursor)
    except (BadSignature, ValueError) as error:
        raise serializers.ValidationError(
            {"cursor": [_("This is not a cursor of this list.")]}
        ) from error


def page_shape(rows: type[Shape], name: str) -> type[Shape]:
    """The shape of a page of `rows`, for the document."""
    members = {
        "results": rows(many=True),
        "next": serializers.URLField(
            allow_null=True, help_text=_("The URL of the next page; null on the last.")
        ),
        "previous": serializers.URLField(
            allow_null=True, help_text=_("The URL of the page before; null on the first.")
        ),
        "example": {"results": [rows.example], "next": None, "previous": None},
    }
    return type(name, (Shape,), members)
