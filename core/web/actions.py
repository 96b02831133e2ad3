"""The actions that a reader can take now on what a page shows: one list for menu, panel and page."""

from collections.abc import Iterator
from dataclasses import dataclass


@dataclass(frozen=True)
class Action:
    label: str
    url: str
    icon: str
    opens_dialog: bool = False  # opens a question, in a dialog or on its own page
    posts: bool = False  # runs on click, as a form
    is_main: bool = False  # the first and coloured button of a panel
    is_danger: bool = False
    begins_group: bool = False  # a menu draws a line before it

    @property
    def button_class(self) -> str:
        if self.is_danger:
            return "btn-ghost text-danger push"
        if self.is_main:
            return "btn-primary"
        return "btn-secondary"


class Actions:
    """Those that are offered now, in the order of a menu."""

    def offered(self) -> Iterator[Action]:
        raise NotImplementedError

    def __iter__(self) -> Iterator[Action]:
        return self.offered()

    @property
    def buttons(self) -> list[Action]:
        """In the order of a panel: its main action first."""
        return sorted(self, key=lambda action: not action.is_main)
