"""What a task did, in one line of the log: its row, what the row is about, and how it ended.

Every other line that the task writes names what the row is about, and the flow id, too.
"""

import logging
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any, TypeVar

import structlog
from structlog.contextvars import bind_contextvars

from core import context

Row = TypeVar("Row")
DONE = "done"
log = structlog.get_logger(__name__)
# What the lines name, by the word they use for it; each room registers how its own is found from a row.
FACTS: dict[str, Callable[[Any], str | None]] = {}
_row: ContextVar[Any] = ContextVar("row", default=None)
_outcome: ContextVar[str] = ContextVar("outcome", default="")


def about(row: Row) -> Row:
    """Note the row of this task and return it. The task goes on as part of the request that wrote the row."""
    _row.set(row)
    if flow_id := getattr(row, "request_id", ""):
        context.follow(flow_id)
        bind_contextvars(request_id=flow_id)
    facts = {name: find(row) for name, find in FACTS.items()}
    bind_contextvars(**{name: str(value) for name, value in facts.items() if value})
    return row


def note(outcome: str) -> None:
    """How the task ended, where the status of its row does not say so."""
    _outcome.set(outcome)


@contextmanager
def logged(task: str, row: str) -> Iterator[None]:
    """Log the end of a task. A sweep has no row, and many sweeps find nothing: theirs is for debugging."""
    tokens = _row.set(None), _outcome.set("")
    began = time.monotonic()
    level = logging.INFO if row else logging.DEBUG
    try:
        yield
    except Exception as error:
        log.log(level, "task", **_line(task, row, began), outcome="failed", error=_name(error))
        raise
    else:
        log.log(level, "task", **_line(task, row, began), outcome=_outcome.get() or _status())
    finally:
        _row.reset(tokens[0])
        _outcome.reset(tokens[1])


def _line(task: str, row: str, began: float) -> dict[str, Any]:
    return {"task": task, "row": row, "seconds": round(time.monotonic() - began, 3)}


def _status() -> str:
    return str(getattr(_row.get(), "status", "")) or DONE


def _name(error: Exception) -> str:
    """Never its text, which may have names and addresses."""
    return type(error).__name__
