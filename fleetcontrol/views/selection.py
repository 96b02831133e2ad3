"""The rows that a bulk action is about, where one request changes them all: those picked, or all that match."""

import re
from typing import Any

from django.db.models import QuerySet
from django.http import Http404, QueryDict
from django.utils.functional import cached_property

from fleetcontrol.views.of_list import sent_with


class Selection:
    """`key` is what a key looks like; `most` is how many rows one request may change."""

    request: Any
    key: str
    most: int

    @property
    def shown(self) -> QuerySet:
        """The rows of the list, over all its pages."""
        raise NotImplementedError(f"{type(self).__name__} has no list")

    def rows_with(self, keys: list[str]) -> QuerySet:
        """The rows of the fleet that have these keys."""
        raise NotImplementedError(f"{type(self).__name__} has no rows")

    @property
    def sent(self) -> QueryDict:
        return sent_with(self.request)

    @property
    def chosen(self) -> QuerySet:
        """The selected rows, else all that match."""
        return self.selected if "select" in self.sent or self.everything else self.shown

    @property
    def everything(self) -> bool:
        """Whether all rows that match are selected, on every page."""
        return "all" in self.sent

    @cached_property
    def picked(self) -> list[str]:
        picked = self.sent.getlist("select")
        if not all(re.fullmatch(self.key, text) for text in picked):
            raise Http404
        return picked

    @cached_property
    def selected(self) -> Any:
        return self.shown if self.everything else self.rows_with(self.picked)

    @cached_property
    def total(self) -> int:
        return self.selected.count()

    @property
    def fits(self) -> bool:
        """Whether one request can change so many rows."""
        return 0 < self.total <= self.most

    def selection_context(self) -> dict[str, Any]:
        return {
            "total": self.total,
            "most": self.most,
            "fits": self.fits,
            "everything": self.everything,
            "picked": [] if self.everything else self.picked,
            "matching": None if self.total else self.shown.count(),
        }
