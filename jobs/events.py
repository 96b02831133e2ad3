"""The one door through which the history of jobs is appended: by one move, by many at once, and by an import."""

from collections.abc import Sequence
from typing import Any, NamedTuple

from accounts.models import ApiClient, Fleet, User
from core import context
from core.many_rows import insert_rows
from core.moves import Event
from core.ulid import new_ulid
from jobs import messages
from jobs.models.job_event import JobEvent

COLUMNS = ("id", "job", "verb", "seq", "actor", "client", "channel", "request_id", "data", "reason")


class Line(NamedTuple):
    """The content of an event of a job; `seq` is the job's version after the move."""

    job: str
    seq: int
    verb: str
    data: dict[str, Any] = {}
    reason: str = ""


def append(
    lines: Sequence[Line], *, by: User | ApiClient | None, fleet: Fleet | None = None
) -> None:
    """Append an event for each line, in one statement, and tell the consumers of the `fleet` that has the jobs.

    None is for jobs of several fleets.
    """
    actor, client = _who(by)
    circumstances = Event.circumstances()
    occurrence = context.occurrence()
    JobEvent.objects.bulk_create(
        JobEvent(
            job_id=line.job,
            seq=line.seq,
            verb=line.verb,
            data=line.data,
            reason=line.reason,
            actor_id=actor,
            client_id=client,
            occurred_at=occurrence.at,
            is_misdated=occurrence.is_misdated,
            **circumstances,
        )
        for line in lines
    )
    messages.write(lines, fleet)


def append_rows(lines: Sequence[Line], *, by: User | ApiClient | None, fleet: Fleet) -> None:
    """Append the events of thousands of jobs, without an instance of each."""
    who = _who(by)
    where = tuple(Event.circumstances().values())
    rows = [
        (new_ulid(), line.job, line.verb, line.seq, *who, *where, line.data, line.reason)
        for line in lines
    ]
    insert_rows(JobEvent, COLUMNS, rows)
    messages.write(lines, fleet)


def _who(by: User | ApiClient | None) -> tuple[Any, Any]:
    """Return the keys of the person and of the client; the system is neither."""
    if by is None:
        return None, None
    if by.is_person:
        return (by.pk, None)
    return (None, by.pk)
