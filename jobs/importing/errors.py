"""What can be wrong with a file, and with a cell of it."""

from typing import Any, NamedTuple

SHOWN = 100


class Unreadable(Exception):
    """The file as a whole cannot be taken. `row` is the record where that showed, header = 1."""

    def __init__(self, code: str, message: Any, *, row: int | None = None, suggestion: Any = ""):
        super().__init__(code, message)
        self.code, self.message, self.row, self.suggestion = code, message, row, suggestion

    def __str__(self) -> str:
        return str(self.message)


class BadCell(Exception):
    """One value breaks the rule of its column."""

    def __init__(self, code: str, message: Any, suggestion: Any = ""):
        super().__init__(code, message)
        self.code, self.message, self.suggestion = code, message, suggestion


class Finding(NamedTuple):
    """One line of what a reader is told: record number (header = 1), column, word, value, reason, what to write instead."""

    row: int | None
    column: str
    code: str
    value: str
    message: str
    suggestion: str

    @classmethod
    def of(cls, row: int | None, column: str, value: Any, problem: "Unreadable | BadCell") -> "Finding":
        return cls(row, column, problem.code, shown(value), str(problem.message), str(problem.suggestion))


def shown(value: Any) -> str:
    """A value as a message repeats it: short, without anything that could steer a terminal or turn a line around."""
    text = str(value)[: SHOWN + 1]
    if not text.isprintable():
        text = "".join(c if c.isprintable() else "\N{REPLACEMENT CHARACTER}" for c in text)
    return text if len(text) <= SHOWN else text[: SHOWN - 1] + "…"
