"""One page of a long list, found by the key of a row and never by counting from the start; for pages and APIs alike."""

from collections.abc import Mapping
from typing import Any
from urllib.parse import urlencode

from django.core.exceptions import ValidationError
from django.core.signing import BadSignature, Signer
from django.db.models import QuerySet
from django.http import QueryDict

from core.web.order import Order

SIZES = (10, 25, 50, 100)
SIZE = 50
LAST = "last"  # a cursor that needs no row: the page at the end
AFTER, BEFORE, FROM = "after", "before", "from"


class CursorPage:
    """At most `size` rows of `queryset` in the order `order` ("-created_at"), where `cursor` says.

    `next`, `previous` and `here` are cursors, empty where there is nothing to go to; `first` and `last` number the
    rows, None where nobody counted. A cursor that is not ours, or belongs to another order, gives the first page.
    Rows are instances or dicts; dicts need "pk" and the column of the order.
    """

    def __init__(self, queryset: QuerySet, order: str = "-pk", *, cursor: str = "", size: int = SIZE):
        self.queryset, self.size = queryset, size
        self.order = Order(queryset.model, order)
        self._signer = Signer(salt=self.order.label)
        way, place, before = self._decode(cursor)
        self._start = place if way == FROM and before == 0 else None
        self.rows: list[Any] = []
        self.next = self.previous = ""
        if way == BEFORE:
            self._read_backwards(place, before)
        else:
            self._read_forwards(place, before, inclusive=way == FROM)
        self.here = self._encode(FROM, self.rows[0], self._before) if self.rows else ""

    @property
    def first(self) -> int | None:
        return None if self._before is None else self._before + 1

    @property
    def last(self) -> int | None:
        return None if self._before is None else self._before + len(self.rows)

    @property
    def ahead(self) -> QuerySet | None:
        """What came to stand before a first page that is looked at again from its first row on."""
        return self.queryset.filter(self.order.ahead_of(*self._start)) if self._start else None

    def _read_forwards(self, place: Any, before: int | None, *, inclusive: bool) -> None:
        rows = self._fetch(place, backwards=False, inclusive=inclusive)
        self.rows, self._before = rows[: self.size], before
        if len(rows) > self.size:
            self.next = self._encode(AFTER, self.rows[-1], self._sum(before, self.size))
        if self.rows and place and before != 0:
            self.previous = self._encode(BEFORE, self.rows[0], before)

    def _read_backwards(self, place: Any, before: int | None) -> None:
        rows = self._fetch(place, backwards=True)
        if len(rows) <= self.size and place:  # the start: a page of full size rather than what is left of it
            return self._read_forwards(None, 0, inclusive=False)
        self.rows = rows[: self.size][::-1]
        self._before = None if before is None else max(0, before - len(self.rows))
        if place:
            self.next = self._encode(AFTER, self.rows[-1], self._sum(self._before, self.size))
        if len(rows) > self.size:
            self.previous = self._encode(BEFORE, self.rows[0], self._before)
        elif not place:
            self._before = 0
        return None

    def _fetch(self, place: Any, *, backwards: bool, inclusive: bool = False) -> list[Any]:
        """One row more than the page has, to know whether there is another one."""
        segments = list(enumerate(self.order.segments))[:: -1 if backwards else 1]
        if place:
            segments = [(i, segment) for i, segment in segments if (i <= place[0] if backwards else i >= place[0])]
        descending, rows = self.order.descending != backwards, []
        for i, segment in segments:
            start = place[1] if place and place[0] == i else None
            left = self.size + 1 - len(rows)
            rows += segment.slice(self.queryset, left, descending=descending, start=start, inclusive=inclusive)
            if len(rows) > self.size:
                break
        return rows

    def _encode(self, way: str, row: Any, before: int | None) -> str:
        segment, values = self.order.place(row)
        return self._signer.sign_object([way, segment, [str(value) for value in values], before])

    def _decode(self, cursor: str) -> tuple[str, Any, int | None]:
        if cursor == LAST:
            return BEFORE, None, None
        try:
            way, segment, values, before = self._signer.unsign_object(cursor)
            fields = self.order.segments[segment].fields
            return way, (segment, [f.to_python(v) for f, v in zip(fields, values, strict=True)]), before
        except (BadSignature, ValidationError, ValueError, LookupError, TypeError):
            return AFTER, None, 0

    @staticmethod
    def _sum(before: int | None, more: int) -> int | None:
        return None if before is None else before + more


def chosen_size(query: Mapping[str, str]) -> int:
    """The page size that a page's address asks for, one of those offered."""
    return next((size for size in SIZES if query.get("page_size") == str(size)), SIZE)


def with_query(url: str, **changes: object) -> str:
    """`url` with some of its parameters changed; None takes one out."""
    path, _, text = url.partition("?")
    query = QueryDict(text, mutable=True)
    for name, value in changes.items():
        query.pop(name, None)
        if value is not None:
            query[name] = str(value)
    pairs = [(name, value) for name, values in query.lists() for value in values]
    return f"{path}?{urlencode(pairs)}" if pairs else path
