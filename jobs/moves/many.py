"""The moves of the desk for many jobs at once: a handful of statements, whatever their number, with the same guards."""

from collections import Counter
from collections.abc import Iterable
from datetime import date
from typing import Any, NamedTuple, Self, TypeVar

from django.apps import apps
from django.db import models, transaction
from django.db.models import Exists, F, OuterRef, Q
from django.db.models.functions import Now
from django.utils.translation import gettext as _

from accounts.models import Company, Fleet, Partnership
from accounts.models.user import person_of
from core.sql import ByKey, lock_in_turn
from core.values.days import FIRST_DAY, LAST_DAY
from jobs import freshness
from jobs.models.choices import JobStatus, Kind
from jobs.models.handback_request import HandbackRequest
from jobs.models.job_counter import number_new
from jobs.moves.base import Movable, Principal
from jobs.notifications.sending import notify_offices
from jobs.parts.plan import Terms
from telematics.models import Custody, Unit, Vehicle, VehicleModel

# What a bulk action begins with, where it is no move of the job itself.
SOURCES_OF = {"create_again": [JobStatus.FAILED]}
# Moves that refuse some jobs for what they are to become, which `obstacles` cannot foresee.
REFUSING = {"edit", "set_roll_out"}
JobType = TypeVar("JobType", bound=Movable)
BADLY_DATED = Q(planned_service_date__lt=FIRST_DAY) | Q(planned_service_date__gt=LAST_DAY)


class Outcome(NamedTuple):
    """What became of a selection: the ids of those that moved, and how many did not, by reason."""

    done: list[str]
    refused: dict[str, int] = {}


class ManyMoves(models.QuerySet[JobType]):
    """Of a queryset of one fleet's jobs. Each is one transaction, and leaves out what cannot move."""

    # What makes sense to set to the same in many: nothing that belongs to one vehicle.
    def bulk_fields(self) -> tuple[str, ...]:
        return (
            *self.model.SPECIFICATION_FIELDS,
            *self.model.NOTES,
            "further_tests",
            "required_photos",
            "task",
        )

    # --- assign ---------------------------------------------------------------------------------------------------
    @transaction.atomic
    def assign_all(
        self, company: Company, *, fleet: Fleet, by: Principal, notify: bool = True
    ) -> Outcome:
        """PENDING → ASSIGNED of all that can.

        The partner's admins get one notification. Raises MoveRefused `not_a_partner`.
        """
        may_override = Partnership.lock_accepted_by(by, fleet, company, self.model.DESK_ROLES)
        jobs = self._locked(fleet, "assign")
        lock_in_turn(
            Vehicle.objects.to_lock(job.vehicle_id for job in jobs),
            Unit.objects.to_lock(job.planned_unit_id for job in jobs).values("pk"),
        )
        terms = Terms(company.pk, may_override)
        moved = self.model._move_all(
            "assign",
            self._again(jobs).assignable(),
            by=by,
            fleet=fleet,
            data=terms.data(),
            planned=ByKey({job.pk: job.plan.to_freeze() for job in jobs}),
            assigned_at=Now(),
            **terms.columns(),
        )
        done = [pk for pk, _version in moved]
        moved_on = set(done)
        units = [job.planned_unit_id for job in jobs if job.pk in moved_on]
        planned = {qnr: company.pk for qnr in units if qnr}
        Custody.objects.begin_with_jobs(planned, by=by)
        freshness.touch(fleet.pk)
        if notify and done:
            notify_offices("assign", {company.pk: (done[0], len(done))}, by=by)
        dated = sum(job.is_badly_dated for job in jobs)
        return Outcome(done, badly_dated(dated) | not_assignable(len(jobs) - len(done) - dated))

    def assignable(self) -> Self:
        """Complete enough for a partner, with a vehicle that is not archived and a planned unit that is free.

        Checked again under the locks of both.

        Jobs from before dates had bounds may have one that is not possible.
        """
        free = Unit.objects.free(vehicle=OuterRef("vehicle"), job=OuterRef("pk"))
        planned = free.filter(pk=OuterRef("planned_unit"), fleet=OuterRef("fleet"))
        archived = Vehicle.objects.archived().filter(pk=OuterRef("vehicle"))
        return self.filter(
            Q(kind=Kind.INSTALLATION) | Q(vehicle__isnull=False),
            ~Exists(archived),
            Q(planned_unit=None) | Exists(planned),
            ~BADLY_DATED,
        )

    def set_before_assigning(self, kind: str) -> dict[str, int]:
        """Return how many of those that can be assigned have set each field that is locked then. One statement."""
        names: tuple[str, ...] = ("vehicle", "task", "planned_unit")
        if kind == Kind.INSTALLATION:
            names = (*self.model.INSTALLER_FIELDS, "planned_unit")
        counts = {f"n_{name}": models.Count("pk", filter=self._is_set(name)) for name in names}
        numbers = self._can("assign").assignable().order_by().aggregate(**counts)
        found = {}
        for name in names:
            if number := numbers[f"n_{name}"]:
                found[name] = number
        return found

    def _is_set(self, name: str) -> Q:
        if self.model._meta.get_field(name).null:
            return Q((f"{name}__isnull", False))
        return ~Q((name, ""))

    def _can(self, verb: str) -> Self:
        """Those whose status allows the move."""
        return self.filter(status__in=self.model.MOVES[verb].sources)

    # --- edit and delete ------------------------------------------------------------------------------------------
    @transaction.atomic
    def edit_all(self, *, fleet: Fleet, by: Principal, **changed: Any) -> Outcome:
        """Set the same values in all that are PENDING, support them and have others.

        Raises ValidationError at the fields.
        """
        by.lock_membership(of=fleet, roles=self.model.DESK_ROLES)
        changed = self._checked_values(fleet, changed)
        jobs = self._locked(fleet, "edit", "vehicle_model")
        after = {name: getattr(value, "pk", value) for name, value in changed.items()}
        before = {job.pk: {name: job.plain(name) for name in changed} for job in jobs}
        others = [job for job in jobs if before[job.pk] != after]
        fit, refused = self._fitting(others, changed)
        moved = self.model._move_all(
            "edit",
            self._again(fit),
            by=by,
            fleet=fleet,
            data=lambda pk: {"changed": _history(before[pk], after)},
            fields_version=F("fields_version") + 1,
            **changed,
        )
        freshness.touch(fleet.pk)
        return Outcome(
            [pk for pk, _version in moved], refused | already_so(len(jobs) - len(others))
        )

    @staticmethod
    def _fitting(
        jobs: Iterable[JobType], changed: dict[str, Any]
    ) -> tuple[list[JobType], dict[str, int]]:
        """Return those that the change leaves buildable, and why not the others."""
        fit = []
        unfit = Counter[str]()
        for job in jobs:
            built = job.with_values(**{"vehicle_model": job.vehicle_model, **changed})
            errors = built.desk_errors() if job.is_installation else {}
            if errors:
                unfit[_first(errors)] += 1
            else:
                fit.append(job)
        return fit, dict(unfit)

    def unfit(self, changed: dict[str, Any]) -> dict[str, int]:
        """Return how many of these the change would leave unbuildable or as they are, by reason.

        Three statements for any number.
        """
        unchanged = self.having(changed)
        edited = self._can("edit").filter(kind=Kind.INSTALLATION)
        variants = edited.exclude(pk__in=unchanged.values("pk"))._variants()
        found = Counter[str]()
        for values, number in variants:
            values.update(changed)
            if errors := self.model(**values).desk_errors():
                found[_first(errors)] += number
        return dict(found) | already_so(unchanged.count())

    def _variants(self) -> list[tuple[dict[str, Any], int]]:
        """The different setups of these jobs, each with the number of jobs that have it."""
        names = (*self.model.SETUP, *self.model.FEATURES, "further_tests")
        rows = list(self.order_by().values(*names).annotate(number=models.Count("pk")))
        known = VehicleModel.objects.in_bulk({row["vehicle_model"] for row in rows} - {None})
        variants = []
        for row in rows:
            number = row.pop("number")
            row["vehicle_model"] = known.get(row["vehicle_model"])
            variants.append((row, number))
        return variants

    def having(self, changed: dict[str, Any]) -> Self:
        """Those that could be edited, but are as the change would have them."""
        conditions: dict[str, Any] = {}
        for name, value in changed.items():
            if value is None:
                conditions[f"{name}__isnull"] = True
            else:
                conditions[name] = value
        return self._can("edit").filter(**conditions)

    @transaction.atomic
    def set_roll_out_all(self, *, fleet: Fleet, by: Principal, roll_out: Any) -> Outcome:
        """Put all into this roll-out, or into none: in every status, with one UPDATE.

        Raises MoveRefused `gone` if the roll-out is not the fleet's.
        """
        by.lock_membership(of=fleet, roles=self.model.DESK_ROLES)
        after = None
        if roll_out is not None:
            after = type(roll_out).objects.lock(roll_out.pk, fleet)
        jobs = self._can("set_roll_out").filter(fleet=fleet).order_by("pk")
        locked = jobs.select_for_update(of=("self",), no_key=True)
        before = dict(locked.values_list("pk", "roll_out"))
        key = after and after.pk
        moved = self.model._move_all(
            "set_roll_out",
            type(self)(self.model).filter(pk__in=[pk for pk, was in before.items() if was != key]),
            by=by,
            fleet=fleet,
            data=lambda pk: {"changed": {"roll_out": {"from": before[pk], "to": key}}},
            roll_out=after,
        )
        done = [pk for pk, _version in moved]
        if after and done:
            after.note_jobs(len(done), by=person_of(by))
        freshness.touch(fleet.pk)
        return Outcome(done, already_so(len(before) - len(done)))

    @transaction.atomic
    def delete_all(self, *, fleet: Fleet, by: Principal) -> Outcome:
        by.lock_membership(of=fleet, roles=self.model.DESK_ROLES)
        freshness.touch(fleet.pk)
        moved = self.model._move_all("delete", self.filter(fleet=fleet), by=by, fleet=fleet)
        return Outcome([pk for pk, _version in moved])

    # --- ask back -------------------------------------------------------------------------------------------------
    @transaction.atomic
    def request_handback_all(
        self, *, fleet: Fleet, by: Principal, reason: str, notify: bool = True
    ) -> Outcome:
        """Ask the partners for all that are ASSIGNED and not asked for yet.

        The admins of each partner get one notification.
        """
        by.lock_membership(of=fleet, roles=self.model.DESK_ROLES)
        jobs = self._locked(fleet, "request_handback")
        new = self._again(jobs).exclude(open_request())
        moved = self.model._move_all("request_handback", new, by=by, reason=reason, fleet=fleet)
        done = [pk for pk, _version in moved]
        HandbackRequest.objects.create_all(done, by=by, reason=reason)
        freshness.touch(fleet.pk)
        if notify and done:
            notify_offices("request_handback", per_company(jobs, done), by=by)
        return Outcome(done, already_requested(len(jobs) - len(done)))

    # --- create ---------------------------------------------------------------------------------------------------
    @transaction.atomic
    def create_again_all(
        self, *, fleet: Fleet, by: Principal, planned_service_date: date | None = None
    ) -> Outcome:
        """Create a PENDING job for the vehicle of each that is FAILED and not created again yet, all for one day."""
        by.lock_membership(of=fleet, roles=self.model.DESK_ROLES)
        failed = self.filter(fleet=fleet, status__in=SOURCES_OF["create_again"])
        held = list(failed.order_by("pk").select_for_update(of=("self",), no_key=True))
        wanted = self._again(held).exclude(created_again()).select_related("vehicle")
        jobs = [self._new_again(job, fleet, by) for job in wanted.order_by("pk")]
        for job in jobs:
            job.planned_service_date = planned_service_date
        number_new(jobs, fleet.pk)
        self.model._default_manager.bulk_create(jobs)
        created = [job.pk for job in jobs]
        freshness.touch(fleet.pk)
        self.model._record_all(
            "create",
            [(pk, 1) for pk in created],
            by=by,
            data={},
            reason="",
            fleet=fleet,
        )
        return Outcome(created, already_created(len(held) - len(created)))

    def _new_again(self, job: Any, fleet: Fleet, by: Principal) -> JobType:
        author = person_of(by)
        new = self.model(fleet=fleet, created_by=author, **job.copies.again_in_columns())
        new.names.adopt()
        new.search = new.names.search_text()
        return new

    @transaction.atomic
    def create_many(
        self,
        number: int,
        *,
        fleet: Fleet,
        by: Principal,
        template: Any,
        company: Company | None = None,
        notify: bool = True,
    ) -> Outcome:
        """Create PENDING jobs from a template, assigned at once where a company is given."""
        if company is not None:
            Partnership.lock_accepted(fleet, company)
        by.lock_membership(of=fleet, roles=self.model.DESK_ROLES)
        author = person_of(by)
        common = {
            "fleet": fleet,
            "created_by": author,
            **template.for_job(),
        }
        common["search"] = self.model(**common).names.search_text()
        jobs = [self.model(**common) for _n in range(number)]
        number_new(jobs, fleet.pk)
        self.model._default_manager.bulk_create(jobs)
        created = [job.pk for job in jobs]
        freshness.touch(fleet.pk)
        self.model._record_all(
            "create",
            [(pk, 1) for pk in created],
            by=by,
            data={},
            reason="",
            fleet=fleet,
        )
        if company is not None:
            self._again(jobs).assign_all(
                company,
                fleet=fleet,
                by=by,
                notify=notify,
            )
        return Outcome(created)

    # --- why not --------------------------------------------------------------------------------------------------
    def obstacles(self, verb: str) -> dict[str, int]:
        """Return how many of these cannot make the move, by reason. At most four statements."""
        sources = SOURCES_OF.get(verb) or self.model.MOVES[verb].sources
        others = (
            self.exclude(status__in=sources)
            .order_by()
            .values_list("status")
            .annotate(models.Count("pk"))
        )
        found = {str(JobStatus(status).label): number for status, number in others}
        ready = self.filter(status__in=sources)
        if verb == "assign":
            dated = ready.filter(BADLY_DATED).count()
            left = ready.count() - ready.assignable().count() - dated
            found |= badly_dated(dated) | not_assignable(left)
        elif verb == "request_handback":
            found |= already_requested(ready.filter(open_request()).count())
        elif verb == "create_again":
            found |= already_created(ready.filter(created_again()).count())
        return found

    def left_out(self, verb: str, outcome: Outcome, number: int) -> dict[str, int]:
        """Return how many of these `number` jobs the move has left out, by reason. Call it after the move.

        Before it, the reasons would be those of jobs that nobody has locked yet, and others still change.
        """
        left = self.exclude(pk__in=self._begun_with(verb, outcome.done))
        refused = Counter(left.obstacles(verb))
        if verb in REFUSING:
            refused += Counter(outcome.refused)
        changed = number - len(outcome.done) - refused.total()
        return dict(refused) | because(_("changed by others meanwhile"), max(changed, 0))

    def _begun_with(self, verb: str, done: list[str]) -> Any:
        """The jobs that the move began with; for `create_again`, what is done are the new ones."""
        if verb != "create_again":
            return done
        return self.model._default_manager.filter(pk__in=done).values("again_of")

    # --- within ---------------------------------------------------------------------------------------------------
    def _again(self, jobs: Iterable[JobType]) -> Self:
        """Return a queryset of these jobs, without the conditions of this one."""
        return type(self)(self.model).filter(pk__in=[job.pk for job in jobs])

    def _locked(self, fleet: Fleet, verb: str, *related: str) -> list[JobType]:
        rows = self._can(verb).filter(fleet=fleet).select_related(*related or (None,))
        return list(rows.order_by("pk").select_for_update(of=("self",), no_key=True))

    def _checked_values(self, fleet: Fleet, changed: dict[str, Any]) -> dict[str, Any]:
        """Return the values as they are stored. Raises ValidationError with every error."""
        others = {field.name for field in self.model._meta.fields} - set(changed)
        job = self.model(fleet=fleet, **changed)
        job.full_clean(exclude=others, validate_constraints=False)
        return {name: getattr(job, name) for name in changed}


def _history(before: dict[str, Any], after: dict[str, Any]) -> dict[str, dict[str, Any]]:
    """Return what an edit changed, as an event has it."""
    return {
        name: {"from": before[name], "to": after[name]}
        for name in after
        if before[name] != after[name]
    }


def _first(errors: dict[str, Any]) -> str:
    return str(next(iter(errors.values())))


def because(reason: str, number: int) -> dict[str, int]:
    """How many jobs were left out for this reason; nothing if there are none."""
    if number:
        return {reason: number}
    return {}


def already_so(number: int) -> dict[str, int]:
    return because(_("already so"), number)


def already_requested(number: int) -> dict[str, int]:
    return because(_("asked back already"), number)


def already_created(number: int) -> dict[str, int]:
    return because(_("created again already"), number)


def open_request() -> Exists:
    """Whether the partner was asked to hand the job back, and has not answered."""
    return Exists(HandbackRequest.objects.open().filter(job=OuterRef("pk")))


def refused_request() -> Exists:
    """Whether the partner that has the job now has refused to hand it back."""
    refused = HandbackRequest.objects.filter(status=HandbackRequest.Status.REFUSED)
    return Exists(refused.filter(job=OuterRef("pk"), requested_at__gte=OuterRef("assigned_at")))


def created_again() -> Exists:
    """Whether there is another job for the same vehicle that follows this one."""
    manager = apps.get_model("jobs.Job")._base_manager
    return Exists(manager.filter(again_of=OuterRef("pk")).exclude(status=JobStatus.DELETED))


def per_company(jobs: Iterable[Movable], done: Iterable[Any]) -> dict[Any, tuple[Any, int]]:
    """Return each company of the jobs that are `done`, with the first of them and how many there are."""
    company_of = {job.pk: job.company_id for job in jobs}
    works: dict[Any, tuple[Any, int]] = {}
    for pk in done:
        first, number = works.get(company_of[pk], (pk, 0))
        works[company_of[pk]] = (first, number + 1)
    return works


def badly_dated(number: int) -> dict[str, int]:
    return because(_("its planned service date is not possible"), number)


def not_assignable(number: int) -> dict[str, int]:
    return because(_("no vehicle or an archived one, or its planned unit is not available"), number)
