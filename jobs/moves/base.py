"""The base of a job's moves: its parts, its lock, what several moves check and write, and how a move is recorded."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Self

from django.apps import apps
from django.db import models
from django.db.models import Exists, F, OuterRef, Q
from django.db.models.functions import Now

from accounts.models import ApiClient, Company, CompanyMembership, Fleet, User
from accounts.models.membership import MANAGING
from core.errors import MoveRefused
from core.prepared import Given, Prepared
from core.ulid import ULIDField
from jobs import events, freshness, suspension
from jobs.models.choices import FINISHED
from jobs.models.columns import JobColumns, check_assignment, check_read_version
from jobs.models.configuration import Configuration
from jobs.models.handback_request import HandbackRequest
from jobs.models.installation_test import InstallationTest
from jobs.parts.access import Access
from jobs.parts.copies import Copies
from jobs.parts.ending import Ending
from jobs.parts.fitting import Fitting
from jobs.parts.names import Names, written_for
from jobs.parts.plan import Plan
from jobs.parts.proof import Proof, seen_with
from jobs.parts.read_vin import sent_vin_of_job
from telematics.models import Command, Custody

Principal = User | ApiClient
Data = dict[str, Any]


def _one_job(build: Callable[[models.QuerySet], models.QuerySet]) -> Prepared:
    return Prepared(
        lambda: build(apps.get_model("jobs.Job")._base_manager.filter(pk=Given("pk", ULIDField())))
    )


def _with_work(jobs: models.QuerySet) -> models.QuerySet:
    """Each with the rows around it, and with what `Work` reads."""
    around = jobs.select_related(
        "fleet", "vehicle_model", "vehicle", "vehicle__vehicle_model", "vehicle__state"
    )
    this = OuterRef("pk")
    return around.annotate(
        **Configuration.objects.columns_of_latest(this),
        refusal=suspension.refusal_of(OuterRef("assignee")),
        sent_vin=sent_vin_of_job(),
        is_unit_held=Exists(Custody.objects.open().filter(unit=OuterRef("unit"))),
        has_open_test=Exists(InstallationTest.objects.open().filter(job=this)),
        has_command_in_flight=Exists(Command.objects.in_flight().filter(key__access__job=this)),
        has_open_request=Exists(HandbackRequest.objects.open().filter(job=this)),
    )


def _with_refusal(jobs: models.QuerySet) -> models.QuerySet:
    person = Given("person", models.BigIntegerField())
    return jobs.only("pk").annotate(refusal=suspension.refusal_of(person))


# Each saves 1 to 7 ms a call: `./bin/bench list`, the lines "take ÷ B1" and "finish ÷ B1".
WITH_WORK = _one_job(_with_work)
WITH_REFUSAL = _one_job(_with_refusal)


@dataclass(slots=True)
class Work:
    """What is under way at a job, as seen under its lock: nothing of it begins while the job is locked."""

    configuration: Configuration | None
    refusal: str
    sent_vin: str
    is_unit_held: bool
    has_open_test: bool
    has_command_in_flight: bool
    has_open_request: bool

    @classmethod
    def of(cls, row: Any) -> "Work":
        return cls(
            seen_with(row),
            row.refusal,
            row.sent_vin,
            row.is_unit_held,
            row.has_open_test,
            row.has_command_in_flight,
            row.has_open_request,
        )


class Movable(JobColumns):
    DESK_ROLES = MANAGING
    OFFICE_ROLES = (CompanyMembership.Role.ADMIN,)

    class Meta:
        abstract = True

    # --- the parts ------------------------------------------------------------------------------------------------
    @property
    def plan(self) -> Plan:
        return Plan(self)

    @property
    def names(self) -> Names:
        return Names(self)

    @property
    def access(self) -> Access:
        return Access(self)

    @property
    def proof(self) -> Proof:
        return Proof(self)

    @property
    def fitting(self) -> Fitting:
        return Fitting(self)

    @property
    def copies(self) -> Copies:
        return Copies(self)

    @property
    def ending(self) -> Ending | None:
        """How the job ended; None while it is open."""
        if self.status in FINISHED:
            return Ending(self)
        return None

    # --- lock -----------------------------------------------------------------------------------------------------
    def lock(self) -> None:
        """Take the row's lock and see it as it is now, with nothing around it that was seen before but its fleet."""
        rows = type(self)._base_manager.select_related("fleet")
        self._show(rows.select_for_update(of=("self",), no_key=True).get(pk=self.pk))

    def lock_with_work(self, verb: str) -> Work:
        """Lock the job for `verb`, a move that reads more than its own row, and return what is under way.

        That comes with one statement after the lock. With the lock itself, a move that had to wait for it would see
        those rows as they were before the wait.
        """
        if vehicle := self.names.vehicle_renamed_by(verb):
            rows = type(self)._base_manager.filter(Q(pk=self.pk) | written_for(vehicle))
            list(rows.order_by("pk").select_for_update(of=("self",), no_key=True).values_list("pk"))
        else:
            self.lock()
        row = WITH_WORK.first(pk=self.pk)
        self._show(row)
        return Work.of(row)

    def lock_for_holder(self, verb: str, by: User) -> Work:
        """Lock the job for a move of its installer. Checks in this order: status, holder, suspension."""
        work = self.lock_with_work(verb)
        self.check_move(verb)
        if self.assignee_id != by.pk:
            raise MoveRefused("not_holder")
        if work.refusal:
            raise suspension.error(work.refusal)
        return work

    def lock_for_company(self, verb: str) -> None:
        """Lock the job after a membership of its company, which comes first: refused if another has the job now."""
        company = self.company_id
        self.lock()
        self.check_move(verb)
        if self.company_id != company:
            raise self._refusal()

    def lock_for_desk(self, verb: str, by: Principal) -> None:
        """Lock the job for a move of the people who write the fleet's jobs."""
        by.lock_membership(of=self.fleet, roles=self.DESK_ROLES)
        self.lock()
        self.check_move(verb)

    @classmethod
    def locked_rows(cls, *conditions: Q, **more: Any) -> list[Self]:
        """Lock jobs in the order of their keys and return them."""
        rows = cls._base_manager.filter(*conditions, **more).order_by("pk")
        return list(rows.select_for_update(of=("self",), no_key=True))

    def _show(self, row: "Movable") -> None:
        """Show what `row`, read under the lock, shows: its columns, and of the rows around it what came with it."""
        for field in self._meta.concrete_fields:
            setattr(self, field.attname, getattr(row, field.attname))
            if not isinstance(field, models.ForeignKey):
                continue
            if field.is_cached(row):
                field.set_cached_value(self, field.get_cached_value(row))
            elif field.is_cached(self):
                field.delete_cached_value(self)

    # --- check ----------------------------------------------------------------------------------------------------
    def check_move(self, verb: str) -> None:
        """Besides its status: what was meant for an earlier assignment or version does nothing to a later one."""
        check_assignment(self)
        super().check_move(verb)
        check_read_version(self)

    def check_not_suspended(self, person: User) -> None:
        """Raise MoveRefused `fleet_suspended`, or NotAllowed. Call it under the locks, in a statement of its own."""
        if refusal := WITH_REFUSAL.first(pk=self.pk, person=person.pk).refusal:
            raise suspension.error(refusal)

    def check_version(self, expected: int | None) -> None:
        if expected is not None and expected != self.fields_version:
            raise MoveRefused("stale", fields_version=self.fields_version)

    def company_or_refuse(self) -> Company:
        if self.company is None:
            raise self._refusal()
        return self.company

    # --- write ----------------------------------------------------------------------------------------------------
    def checked(self, changed: Data) -> Data:
        """Return the entries that change something, validated on an unsaved copy.

        Raises ValidationError with every error.
        """
        copy = self.with_values(**changed)
        copy.full_clean(
            exclude={field.name for field in self._meta.fields} - set(changed),
            validate_constraints=False,
        )
        different = {
            name: getattr(copy, name) for name in changed if copy.plain(name) != self.plain(name)
        }
        if "planned_unit" in different:
            copy.fitting.check_planned_unit()
        return different

    def write(
        self,
        verb: str,
        *,
        by: Principal,
        changed: Data,
        where: Data | None = None,
        differs: bool | None = None,
    ) -> None:
        """Move with changed fields, their old and new values in the event."""
        copy = self.with_values(**changed)
        written = changed | copy.names.adopt()
        if differs is not None:
            written["differs"] = differs
        before = {name: self.plain(name) for name in changed}
        after = {name: getattr(value, "pk", value) for name, value in changed.items()}
        self._move(
            verb,
            by=by,
            where=where,
            data={"changed": {name: {"from": before[name], "to": after[name]} for name in changed}},
            fields_version=F("fields_version") + 1,
            search=copy.names.search_text(),
            **written,
        )

    # --- record ---------------------------------------------------------------------------------------------------
    def _move(
        self,
        verb: str,
        *,
        by: Principal | None,
        where: Mapping[str, Any] | None = None,
        data: Data | None = None,
        reason: str = "",
        **changes: Any,
    ) -> None:
        changes.setdefault("updated_at", Now())
        guard = dict(where or {})
        if self.expected_assignment is not None:
            guard["assignment"] = self.expected_assignment
        super()._move(
            verb,
            by=by,
            where=guard,
            data=data,
            reason=reason,
            **changes,
        )

    @classmethod
    def _move_all(
        cls,
        verb: str,
        rows: models.QuerySet,
        *,
        by: Principal | None,
        data: Data | Callable[[Any], Data] | None = None,
        reason: str = "",
        fleet: Fleet | None = None,
        **changes: Any,
    ) -> list[tuple]:
        """`data` is the same for all, or a function that gives each job's own. Jobs of several have no `fleet`."""
        changes.setdefault("updated_at", Now())
        return super()._move_all(
            verb,
            rows,
            by=by,
            data=data,
            reason=reason,
            record={"fleet": fleet},
            **changes,
        )

    def _record(self, verb: str, *, by: Principal | None, data: Data, reason: str) -> None:
        line = events.Line(self.pk, self.version, verb, data, reason)
        events.append([line], by=by, fleet=self.fleet)
        freshness.touch(self.fleet_id)

    @classmethod
    def _record_all(
        cls,
        verb: str,
        moved: Iterable[tuple],
        *,
        by: Principal | None,
        data: Data | Callable[[Any], Data],
        reason: str,
        fleet: Fleet | None = None,
    ) -> None:
        lines = []
        for pk, version in moved:
            own = data(pk) if callable(data) else data
            lines.append(events.Line(pk, version, verb, own, reason))
        events.append(lines, by=by, fleet=fleet)
