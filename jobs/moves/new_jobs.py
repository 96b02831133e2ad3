"""Many new jobs that differ from each other, all or none, in a few statements more than one needs."""

from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from typing import Any, NamedTuple

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import ForeignKey
from django.utils.translation import gettext as _

from accounts.models import Company, Fleet, Partnership
from accounts.models.user import person_of
from core.errors import MoveRefused
from jobs import freshness
from jobs.models.job_counter import number_new
from jobs.moves.base import Principal
from jobs.moves.many import JobType
from jobs.moves.numbers import NumberingMoves
from jobs.refusals import UNITS_TAKEN
from telematics.models import Unit, Vehicle

# What two new jobs cannot share.
ONCE = ("vin", "planned_unit")


class NewJob(NamedTuple):
    """The values of a job by field, and the partner that it is assigned to at once."""

    values: dict[str, Any]
    company: Company | None = None


class NewJobs(NumberingMoves[JobType]):
    @transaction.atomic
    def create_all(
        self, drafts: Sequence[NewJob], *, fleet: Fleet, by: Principal
    ) -> Sequence[JobType]:
        """Create a PENDING job of each draft, and assign those with a company. Return them in their order.

        The admins of each partner get one notification. Raises NotAllowed, ValidationError with every error at
        `<number>.<field>`, MoveRefused `not_a_partner`, `unit_not_available`, `vehicle_required`, `vehicle_archived`.
        """
        Partnership.lock_all_accepted(fleet, {one.company.pk for one in drafts if one.company})
        by.lock_membership(of=fleet, roles=self.model.DESK_ROLES)
        jobs = [self._new(draft, fleet, by) for draft in drafts]
        _check_values(jobs)
        number_new(jobs, fleet.pk)
        _lock_free_units(fleet, jobs)
        self.model._default_manager.bulk_create(jobs)
        self.model._record_all(
            "create",
            [(job.pk, 1) for job in jobs],
            by=by,
            data={},
            reason="",
        )
        self._assign_new(jobs, drafts, fleet=fleet, by=by)
        freshness.touch(fleet.pk)
        return jobs

    def _new(self, draft: NewJob, fleet: Fleet, by: Principal) -> JobType:
        job = self.model(fleet=fleet, created_by=person_of(by), **draft.values)
        job.names.adopt()
        job.search = job.names.search_text()
        return job

    def _assign_new(
        self, jobs: Sequence[JobType], drafts: Sequence[NewJob], *, fleet: Fleet, by: Principal
    ) -> None:
        """Assign the jobs of each company together: the same move as *Bulk Assign*, but all or none."""
        of_company: dict[Company, list[Any]] = defaultdict(list)
        for job, draft in zip(jobs, drafts, strict=True):
            if draft.company:
                of_company[draft.company].append(job)
        for company in sorted(of_company, key=lambda one: one.pk):
            several = of_company[company]
            done = set(self._again(several).assign_all(company, fleet=fleet, by=by).done)
            for job in several:
                if job.pk not in done:
                    job.check_complete()
                    raise MoveRefused


def _check_values(jobs: Sequence[Any]) -> None:
    """Raise ValidationError with every error at `<number>.<field>`."""
    errors: dict[str, Any] = {}
    for number, job in enumerate(jobs):
        try:
            job.full_clean(exclude=_at_hand(job), validate_unique=False, validate_constraints=False)
        except ValidationError as wrong:
            errors |= {f"{number}.{name}": found for name, found in wrong.error_dict.items()}
    for name in ONCE:
        for number in _repeated([job.plain(name) for job in jobs]):
            errors[f"{number}.{name}"] = [_("Appears more than once in this request.")]
    if errors:
        raise ValidationError(errors)


def _at_hand(job: Any) -> set[str]:
    """The rows that are loaded need not be looked up once more."""
    fields = [field for field in job._meta.fields if isinstance(field, ForeignKey)]
    return {field.name for field in fields if field.is_cached(job)}


def _repeated(values: Sequence[Any]) -> Iterator[int]:
    counted = Counter(value for value in values if value)
    for number, value in enumerate(values):
        if counted[value] > 1:
            yield number


def _lock_free_units(fleet: Fleet, jobs: Sequence[Any]) -> None:
    """Lock the vehicles and the planned units. Raises MoveRefused `unit_not_available`, with the units."""
    Vehicle.objects.lock_all(job.vehicle_id for job in jobs)
    planned = {job.planned_unit_id: job for job in jobs if job.planned_unit_id}
    if not planned:
        return
    Unit.objects.lock_all(planned)
    free = Unit.objects.in_service().exclude_reserved().filter(fleet=fleet, pk__in=planned)
    places = dict(free.values_list("pk", "vehicle"))
    taken = [
        qnr
        for qnr, job in planned.items()
        if qnr not in places or places[qnr] not in (None, job.vehicle_id)
    ]
    if taken:
        units = ", ".join(sorted(taken)[:5])
        raise MoveRefused("unit_not_available", UNITS_TAKEN % {"units": units})
