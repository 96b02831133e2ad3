"""Errors of a file and of its cells."""

from typing import Any, NamedTuple

SHOWN = 100


class Unreadable(Exception):
    """The file as a whole cannot be read. `row` is the record where the problem was found, header = 1."""

    def __init__(self, code: str, message: Any, *, row: int | None = None, suggestion: Any = ""):
        super().__init__(code, message)
        self.code = code
        self.message = message
        self.row = row
        self.suggestion = suggestion

    def __str__(self) -> str:
        return str(self.message)


class BadCell(Exception):
    """One value breaks the rule of its column.

    `is_advice`: the suggestion is an instruction; otherwise it is a value to write instead.
    """

    def __init__(self, code: str, message: Any, suggestion: Any = "", *, is_advice: bool = False):
        super().__init__(code, message)
        self.code = code
        self.message = message
        self.suggestion = suggestion
        self.is_advice = is_advice

    @property
    def replacement(self) -> str:
        """The value to write instead; "" where none is known."""
        return "" if self.is_advice else str(self.suggestion)


class Finding(NamedTuple):
    """One error, warning or difference of a file."""

    row: int | None  # record number, header = 1
    column: str
    code: str
    value: str
    message: str
    suggestion: str  # what to write instead, or what to do

    @classmethod
    def of(
        cls, row: int | None, column: str, value: Any, problem: "Unreadable | BadCell"
    ) -> "Finding":
        return cls(
            row, column, problem.code, shown(value), str(problem.message), str(problem.suggestion)
        )


def shown(value: Any) -> str:
    """A value as messages show it: short, and without characters that control a terminal or the reading direction."""
    text = str(value)[: SHOWN + 1]
    if not text.isprintable():
        signs = [c if c.isprintable() else "\N{REPLACEMENT CHARACTER}" for c in text]
        text = "".join(signs)
    if len(text) <= SHOWN:
        return text
    return text[: SHOWN - 1] + "…"
