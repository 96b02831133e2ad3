"""The moves of the desk for many jobs at once: a handful of statements, whatever their number, with the same guards."""

from collections import Counter
from collections.abc import Iterable
from typing import Any, NamedTuple

from django.db import models, transaction
from django.db.models import Exists, F, OuterRef, Q
from django.db.models.functions import Now
from django.utils.translation import gettext as _

from accounts.models import Partnership
from core.sql import ByKey
from jobs import freshness
from jobs.models.choices import JobStatus, Kind
from telematics.models import Unit, Vehicle, VehicleModel


class Outcome(NamedTuple):
    """What became of a selection: the ids of those that moved, and how many did not, by reason."""

    done: list[str]
    refused: dict[str, int] = {}

    def __add__(self, other: "Outcome") -> "Outcome":
        return Outcome(self.done + other.done, dict(Counter(self.refused) + Counter(other.refused)))


class ManyMoves:
    """Of a queryset of one fleet's jobs. Each is one transaction, and leaves out what cannot move."""

    # What makes sense to set alike in many: nothing that belongs to one vehicle.
    def bulk_fields(self) -> tuple[str, ...]:
        return (*self.model.SPECIFICATION_FIELDS, *self.model.NOTES, "further_tests", "task")

    # --- assign ---------------------------------------------------------------------------------------------------
    @transaction.atomic
    def assign_all(self, company, *, fleet, by, tell: bool = True) -> Outcome:
        """PENDING → ASSIGNED of all that can. The partner's admins get one notice. Raises MoveRefused `not_a_partner`."""
        partnership = Partnership.lock_accepted(fleet, company)
        by.lock_membership(of=fleet, roles=self.model.DESK_ROLES)
        jobs = self._locked(fleet, "assign")
        self._lock_units(job.planned_unit_id for job in jobs)
        terms = {"allow_override": partnership.allow_override}
        moved = self.model._move_all(
            "assign",
            self.model.objects.filter(pk__in=[job.pk for job in jobs]).assignable(),
            by=by,
            data={"company": company.pk, **terms},
            company=company,
            planned=ByKey({job.pk: job.plan() for job in jobs}),
            assigned_at=Now(),
            **terms,
        )
        done = [pk for pk, _version in moved]
        freshness.touch(fleet.pk)
        if tell and done:
            tell_office(company, "assign", done[0], len(done), by=by)
        return Outcome(
            done,
            {str(_("no vehicle, or its planned unit is not available")): n} if (n := len(jobs) - len(done)) else {},
        )

    def assignable(self):
        """Complete enough for a partner, and with a planned unit that is free; asked again under the unit's lock."""
        free = Unit.objects.filter(pk=OuterRef("planned_unit"), fleet=OuterRef("fleet"), retired_at=None)
        mounted = Vehicle.objects.filter(unit=OuterRef("planned_unit"))
        wanted = (
            Q(planned_unit=OuterRef("planned_unit"))
            | Q(unit=OuterRef("planned_unit"))
            | Q(replaced_unit=OuterRef("planned_unit"))
        )
        counted_on = self.model.objects.open().filter(wanted).exclude(pk=OuterRef("pk"))
        return self.filter(
            Q(kind=Kind.INSTALLATION) | Q(vehicle__isnull=False),
            Q(planned_unit=None)
            | Q(Exists(free), ~Exists(mounted) | Exists(mounted.filter(pk=OuterRef("vehicle"))), ~Exists(counted_on)),
        )

    # --- edit and delete ------------------------------------------------------------------------------------------
    @transaction.atomic
    def edit_all(self, *, fleet, by, **changed: Any) -> Outcome:
        """Set the same values in all that are PENDING, support them and have others. Raises ValidationError at the fields."""
        by.lock_membership(of=fleet, roles=self.model.DESK_ROLES)
        self._check_values(fleet, changed)
        jobs = self._locked(fleet, "edit", "vehicle_model")
        after = {name: getattr(value, "pk", value) for name, value in changed.items()}
        before = {job.pk: {name: job.plain(name) for name in changed} for job in jobs}
        others = [job for job in jobs if before[job.pk] != after]
        fit, refused = self.fitting(others, changed)
        refused |= self._already_so(len(jobs) - len(others))
        moved = self.model._move_all(
            "edit",
            self.model.objects.filter(pk__in=[job.pk for job in fit]),
            by=by,
            data=lambda pk: {
                "changed": {n: {"from": before[pk][n], "to": after[n]} for n in after if before[pk][n] != after[n]}
            },
            fields_version=F("fields_version") + 1,
            **changed,
        )
        freshness.touch(fleet.pk)
        return Outcome([pk for pk, _version in moved], refused)

    @staticmethod
    def fitting(jobs: Iterable, changed: dict[str, Any]) -> tuple[list, dict[str, int]]:
        """Those that the change leaves buildable, and why not the others."""
        fit, unfit = [], Counter[str]()
        for job in jobs:
            built = job.with_values(**{"vehicle_model": job.vehicle_model, **changed})
            if job.kind == Kind.INSTALLATION and (errors := built.desk_errors()):
                unfit[str(next(iter(errors.values())))] += 1
            else:
                fit.append(job)
        return fit, dict(unfit)

    def unfit(self, changed: dict[str, Any]) -> dict[str, int]:
        """How many of these the change would leave unbuildable or as they are, by reason; for any number, three statements."""
        names = (*self.model.SETUP, *self.model.FEATURES, "further_tests")
        as_wanted = self.having(changed)
        ready = self.filter(kind=Kind.INSTALLATION, status__in=self.model.MOVES["edit"].sources)
        ready = ready.exclude(pk__in=as_wanted.values("pk"))
        alike = list(ready.order_by().values(*names).annotate(number=models.Count("pk")))
        known = VehicleModel.objects.in_bulk({row["vehicle_model"] for row in alike} - {None})
        found = Counter[str]()
        for row in alike:
            number, vehicle_model = row.pop("number"), known.get(row["vehicle_model"])
            if errors := self.model(**{**row, "vehicle_model": vehicle_model, **changed}).desk_errors():
                found[str(next(iter(errors.values())))] += number
        return dict(found) | self._already_so(as_wanted.count())

    def having(self, changed: dict[str, Any]):
        """Those that could be edited, but are as the change would have them."""
        alike = {
            f"{name}__isnull" if value is None else name: value is None or value for name, value in changed.items()
        }
        return self.filter(status__in=self.model.MOVES["edit"].sources, **alike)

    @staticmethod
    def _already_so(number: int) -> dict[str, int]:
        return {str(_("already so")): number} if number else {}

    @transaction.atomic
    def delete_all(self, *, fleet, by) -> Outcome:
        by.lock_membership(of=fleet, roles=self.model.DESK_ROLES)
        freshness.touch(fleet.pk)
        return Outcome([pk for pk, _version in self.model._move_all("delete", self.filter(fleet=fleet), by=by)])

    # --- create ---------------------------------------------------------------------------------------------------
    @transaction.atomic
    def create_many(self, number: int, *, fleet, by, template, company=None, tell: bool = True) -> Outcome:
        """So many PENDING jobs of a template, assigned at once where a company is given."""
        if company is not None:
            Partnership.lock_accepted(fleet, company)
        by.lock_membership(of=fleet, roles=self.model.DESK_ROLES)
        author = by if by.is_person else None
        alike = {"fleet": fleet, "created_by": author, **template.for_job()}
        alike["search"] = self.model(**alike).search_text()
        jobs = [self.model(**alike) for _n in range(number)]
        self.model.objects.bulk_create(jobs)
        created = [job.pk for job in jobs]
        freshness.touch(fleet.pk)
        self.model._record_all("create", [(pk, 1) for pk in created], by=by, data={}, reason="")
        if company is not None:
            self.model.objects.filter(pk__in=created).assign_all(company, fleet=fleet, by=by, tell=tell)
        return Outcome(created)

    # --- why not --------------------------------------------------------------------------------------------------
    def obstacles(self, verb: str) -> dict[str, int]:
        """How many of these cannot make the move, by reason. One or two statements."""
        sources = self.model.MOVES[verb].sources
        others = self.exclude(status__in=sources).order_by().values_list("status").annotate(models.Count("pk"))
        found = {str(JobStatus(status).label): number for status, number in others}
        if verb == "assign":
            ready = self.filter(status__in=sources)
            lacking = ready.count() - ready.assignable().count()
            found |= {str(_("no vehicle, or its planned unit is not available")): lacking} if lacking else {}
        return found

    # --- within ---------------------------------------------------------------------------------------------------
    def _locked(self, fleet, verb: str, *related: str) -> list:
        rows = self.filter(fleet=fleet, status__in=self.model.MOVES[verb].sources).select_related(*related or (None,))
        return list(rows.order_by("pk").select_for_update(of=("self",), no_key=True))

    @staticmethod
    def _lock_units(qnrs: Iterable[str | None]) -> None:
        if wanted := {qnr for qnr in qnrs if qnr}:
            locked = Unit.objects.filter(pk__in=wanted).order_by("pk").select_for_update(of=("self",), no_key=True)
            list(locked.values_list("pk"))

    def _check_values(self, fleet, changed: dict[str, Any]) -> None:
        copy = self.model(fleet=fleet, **changed)
        copy.full_clean(
            exclude={field.name for field in self.model._meta.fields} - set(changed), validate_constraints=False
        )


def tell_office(company, verb: str, job: str, count: int, *, by) -> None:
    """However many jobs it is about, of which `job` is one: one notice to each admin of the company."""
    from jobs.models.notice import tell_offices

    tell_offices(verb, {company.pk: (job, count)}, by=by)
