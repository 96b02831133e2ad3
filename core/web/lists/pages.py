"""One page of a long list, found by the key of a row and never by counting from the start; for pages and APIs."""

from collections.abc import Iterator, Mapping
from typing import Any
from urllib.parse import urlencode

from django.core.exceptions import ValidationError
from django.core.signing import BadSignature, Signer
from django.db.models import QuerySet
from django.http import QueryDict

from core.web.lists.order import Order

SIZES = (10, 25, 50, 100)
SIZE = 50
LAST = "last"  # a cursor that needs no row: the page at the end
AFTER = "after"
BEFORE = "before"
FROM = "from"


class CursorPage:
    """At most `size` rows of `queryset` in the order `order` ("-created_at"), where `cursor` says.

    `next`, `previous` and `here` are cursors, empty where there is no page; `first` and `last` number the
    rows, None if they are not counted. A cursor that is not ours, or belongs to another order, gives the first page.
    Rows are instances or dicts; dicts need "pk" and the column of the order. `whole` is where the rows of a page are
    read by their keys. Without it, what the filter finds is joined to other tables before it is sorted and cut.
    """

    def __init__(
        self,
        queryset: QuerySet,
        order: str = "-pk",
        *,
        cursor: str = "",
        size: int = SIZE,
        whole: QuerySet | None = None,
    ):
        self.queryset = queryset
        self.whole = whole
        self.size = size
        self.order = Order(queryset.model, order)
        self._signer = Signer(salt=self.order.label)
        way, place, before = self._decode(cursor)
        self._start = None
        if way == FROM and before == 0:
            self._start = place
        self.rows: list[Any] = []
        self.next = ""
        self.previous = ""
        if way == BEFORE:
            self._read_backwards(place, before)
        else:
            self._read_forwards(place, before, inclusive=way == FROM)

    @property
    def here(self) -> str:
        """The cursor of this page."""
        if not self.rows:
            return ""
        return self._encode(FROM, self.rows[0], self._before)

    @property
    def first(self) -> int | None:
        return self._sum(self._before, 1)

    @property
    def last(self) -> int | None:
        return self._sum(self._before, len(self.rows))

    @property
    def ahead(self) -> QuerySet | None:
        """The rows that are now before a first page which is read again from its first row."""
        if self._start is None:
            return None
        return self.queryset.filter(self.order.ahead_of(*self._start))

    def _read_forwards(self, place: Any, before: int | None, *, inclusive: bool) -> None:
        rows = self._fetch(place, backwards=False, inclusive=inclusive)
        self.rows = rows[: self.size]
        self._before = before
        if len(rows) > self.size:
            self._link_next()
        if self.rows and place and before != 0:
            self.previous = self._encode(BEFORE, self.rows[0], before)

    def _read_backwards(self, place: Any, before: int | None) -> None:
        rows = self._fetch(place, backwards=True)
        if len(rows) <= self.size and place:
            # The start: a page of full size rather than the rest.
            self._read_forwards(None, 0, inclusive=False)
            return
        self.rows = rows[: self.size]
        self.rows.reverse()
        self._before = None
        if before is not None:
            self._before = max(0, before - len(self.rows))
        if place:
            self._link_next()
        if len(rows) > self.size:
            self.previous = self._encode(BEFORE, self.rows[0], self._before)
        elif not place:
            self._before = 0

    def _link_next(self) -> None:
        self.next = self._encode(AFTER, self.rows[-1], self._sum(self._before, self.size))

    def _fetch(self, place: Any, *, backwards: bool, inclusive: bool = False) -> list[Any]:
        """Fetch one row more than the page has, to know whether there is another one."""
        wanted = self.size + 1
        descending = self.order.descending != backwards
        rows: list[Any] = []
        for segment, start in self._segments_from(place, backwards):
            part = segment.slice(
                self.queryset,
                wanted - len(rows),
                descending=descending,
                start=start,
                inclusive=inclusive,
            )
            if self.whole is not None:
                of_page = self.whole.filter(pk__in=part.values("pk"))
                part = segment.ordered(of_page, descending=descending)
            rows += part
            if len(rows) == wanted:
                break
        return rows

    def _segments_from(self, place: Any, backwards: bool) -> Iterator[tuple[Any, Any]]:
        """The segments from a place on, each with the values where it starts; None is its own start."""
        number, values = place or (None, None)
        segments = self.order.segments
        if backwards:
            stop = None if number is None else number + 1
            following = list(reversed(segments[:stop]))
        else:
            following = segments[number or 0 :]
        for segment in following:
            yield segment, values
            values = None

    def _encode(self, way: str, row: Any, before: int | None) -> str:
        segment, values = self.order.place(row)
        return self._signer.sign_object([way, segment, [str(value) for value in values], before])

    def _decode(self, cursor: str) -> tuple[str, Any, int | None]:
        if cursor == LAST:
            return BEFORE, None, None
        try:
            way, segment, values, before = self._signer.unsign_object(cursor)
            fields = self.order.segments[segment].fields
            parsed = [field.to_python(value) for field, value in zip(fields, values, strict=True)]
            return way, (segment, parsed), before
        except (BadSignature, ValidationError, ValueError, LookupError, TypeError):
            return AFTER, None, 0

    @staticmethod
    def _sum(before: int | None, more: int) -> int | None:
        if before is None:
            return None
        return before + more


def chosen_size(query: Mapping[str, str]) -> int:
    """The page size in the URL, if it is one of those offered."""
    by_text = {str(size): size for size in SIZES}
    return by_text.get(query.get("page_size", ""), SIZE)


def with_query(url: str, **changes: object) -> str:
    """`url` with some of its parameters changed; None removes one, a list repeats it."""
    path, _, text = url.partition("?")
    query = QueryDict(text, mutable=True)
    for name, value in changes.items():
        query.pop(name, None)
        if isinstance(value, list):
            query.setlist(name, value)
        elif value is not None:
            query[name] = str(value)
    pairs = [(name, value) for name, values in query.lists() for value in values]
    if not pairs:
        return path
    return f"{path}?{urlencode(pairs)}"
