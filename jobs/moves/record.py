"""How a job's moves are recorded: whatever writes a JobEvent is a move, and each event's `seq` is the job's version."""

from django.db.models.functions import Now

from core.moves import Event
from jobs import freshness


class Recorded:
    def _move(self, verb, **changes):
        super()._move(verb, **{"updated_at": Now(), **changes})

    @classmethod
    def _move_all(cls, verb, rows, **changes):
        return super()._move_all(verb, rows, **{"updated_at": Now(), **changes})

    def _record(self, verb, *, by, data, reason):
        self._record_all(verb, [(self.pk, self.version)], by=by, data=data, reason=reason)
        freshness.touch(self.fleet_id)

    @classmethod
    def _record_all(cls, verb, moved, *, by, data, reason):
        """`data` is the same for all, or a function that gives each job's own."""
        from jobs.models.job_event import JobEvent

        told = data if callable(data) else lambda pk: data
        who = {"actor": by if by and by.is_person else None, "client": by if by and not by.is_person else None}
        JobEvent.objects.bulk_create(
            JobEvent(job_id=pk, seq=version, verb=verb, data=told(pk), reason=reason, **who, **Event.circumstances())
            for pk, version in moved
        )
