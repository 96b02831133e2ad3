"""The tabs of a page, as components/tabs.html draws them."""

from collections.abc import Callable, Mapping
from typing import TypedDict

from django.utils.functional import Promise

from core.web.lists.counts import Count


class Tab(TypedDict):
    label: str | Promise
    url: str
    count: Count | int | None
    current: bool


def make_tabs(
    labels: Mapping[str, str | Promise],
    *,
    url: Callable[[str], str],
    counts: Mapping[str, Count | int],
    current: str,
) -> list[Tab]:
    """Make one tab for each name of `labels`. A tab without a count shows none."""
    tabs = []
    for name, label in labels.items():
        tabs.append(
            Tab(
                label=label,
                url=url(name),
                count=counts.get(name),
                current=name == current,
            )
        )
    return tabs
