"""The moves of the fleet's side and of the company's office: before an installer begins."""

from collections.abc import Callable
from typing import Any

from django.db import transaction
from django.db.models import F, Q
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from accounts.models import Company, CompanyMembership, FleetMembership, Partnership
from core.moves import MoveRefused
from core.prepared import Given, Prepared
from jobs.models.choices import JobStatus, Kind
from jobs.names import written_for
from telematics.models import Unit


def _one_job(build: Callable) -> Prepared:
    def ask():
        from jobs.models.job import Job

        return build(Job.objects).filter(pk=Given("pk", Job._meta.pk))

    return Prepared(ask)


AROUND = ("fleet", "vehicle_model", "vehicle", "vehicle__vehicle_model", "vehicle__state")
LOCKED = _one_job(lambda jobs: jobs.select_for_update(of=("self",), no_key=True))
WITH_WORK = _one_job(lambda jobs: jobs.select_related(*AROUND).with_work())


class DeskMoves:
    DESK_ROLES = (FleetMembership.Role.ADMIN, FleetMembership.Role.MANAGER)
    OFFICE_ROLES = (CompanyMembership.Role.ADMIN,)

    @transaction.atomic
    def edit(self, *, by, expected_version: int | None = None, **changed) -> None:
        """Change a PENDING job. Raises ValidationError at the fields, MoveRefused `stale` or `wrong_status`."""
        by.lock_membership(of=self.fleet, roles=self.DESK_ROLES)
        self.lock()
        self.check_move("edit")
        self.check_version(expected_version)
        changed = self.checked(changed)
        if not changed:
            return
        self._write("edit", by=by, changed=changed)

    @transaction.atomic
    def edit_and_assign(self, company: Company, *, by, expected_version: int | None = None, **changed) -> None:
        """Save & Assign of a job that was PENDING before: both or nothing."""
        Partnership.lock_accepted(self.fleet, company)
        self.edit(by=by, expected_version=expected_version, **changed)
        self.assign(company, by=by)

    @transaction.atomic
    def delete_by(self, *, by) -> None:
        by.lock_membership(of=self.fleet, roles=self.DESK_ROLES)
        self._move("delete", by=by)

    def duplicate(self, *, by):
        """A new PENDING job like this one, without identity of the vehicle, unit and result."""
        kept = (*self.SPECIFICATION_FIELDS, *self.NOTES, "further_tests", "task", "kind")
        return type(self).objects.create_by(by, fleet=self.fleet, **{name: self.as_planned(name) for name in kept})

    def create_again(self, *, by):
        """After FAILED: a new PENDING job for the same vehicle, linked to this one."""
        if self.status != JobStatus.FAILED:
            raise MoveRefused("wrong_status", _("Only a failed job is created again."), status=self.status)
        kept = (*self.INSTALLER_FIELDS, *self.NOTES, "further_tests", "task", "kind")
        fields = {name: self.as_planned(name) for name in kept}
        fields["vehicle"] = None if self.vehicle_created else self.vehicle
        return type(self).objects.create_by(by, fleet=self.fleet, again_of=self, **fields)

    def as_planned(self, name):
        """The manager's own value: an override or an installer's entry belongs to the old job alone."""
        if self.planned is None or name not in self.fillable:
            return getattr(self, name)
        field = self._meta.get_field(name)
        value = self.planned.get(name)
        if value is None:
            return None if field.null else ""
        return field.related_model.objects.get(pk=value) if field.is_relation else value

    @transaction.atomic
    def assign(self, company: Company, *, by) -> None:
        """PENDING → ASSIGNED. From now on nobody in the fleet can change or cancel it.

        Raises MoveRefused `not_a_partner`, `vehicle_required`, `unit_not_available`.
        """
        partnership = Partnership.lock_accepted(self.fleet, company)
        by.lock_membership(of=self.fleet, roles=self.DESK_ROLES)
        self.lock()
        self.check_move("assign")
        if self.kind == Kind.MAINTENANCE and self.vehicle_id is None:
            raise MoveRefused("vehicle_required", _("A maintenance job needs a vehicle before it can be assigned."))
        self.check_planned_unit()
        self._move(
            "assign",
            by=by,
            data={"company": company.pk, "allow_override": partnership.allow_override},
            company=company,
            allow_override=partnership.allow_override,
            planned=self.plan(),
            assigned_at=Now(),
        )
        self.tell_office("assign", by=by)

    @transaction.atomic
    def reserve(self, user, *, by) -> None:
        """Keep an ASSIGNED job for one installer of the company, or free it with None."""
        company = self._company_or_refuse()
        if user is not None:
            company.lock_memberships(by, user)
        by.lock_membership(of=company, roles=self.OFFICE_ROLES)
        if user is not None:
            user.lock_membership(of=company)
        self._lock_as_seen("reserve")
        self._move(
            "reserve",
            by=by,
            where={"company": self.company_id},
            data={"user": user.pk if user else None},
            reserved_for=user,
        )

    def lock(self) -> None:
        """Take the row's lock and see it as it is now, with nothing around it that was seen before."""
        row = LOCKED.first(pk=self.pk)
        if row is None:
            raise self.DoesNotExist
        self.__dict__.update(row.__dict__)

    def lock_with_all(self, verb: str) -> "DeskMoves":
        """The same for `verb`, a move that looks at more than its own row: that comes with one statement after the lock.

        Not with the lock itself: whoever had to wait for it would see those rows as they were before the wait.
        Gives the job as seen then, with its configuration and what is under way (`JobQuerySet.with_work`).
        """
        if vehicle := self.renamed_by(verb):
            rows = type(self)._base_manager.filter(Q(pk=self.pk) | written_for(vehicle))
            list(rows.order_by("pk").select_for_update(of=("self",), no_key=True).values_list("pk"))
        else:
            self.lock()
        seen = WITH_WORK.first(pk=self.pk)
        self.__dict__.update(seen.__dict__)
        return seen

    def check_version(self, expected: int | None) -> None:
        if expected is not None and expected != self.fields_version:
            raise MoveRefused(
                "stale", _("Somebody has changed this job in the meantime."), fields_version=self.fields_version
            )

    def changed_since(self, version: int) -> dict[str, Any]:
        """Each field that somebody has written since then, with what it was then, as JSON has it."""
        written = self.events.filter(data__has_key="changed").order_by("-seq")
        since = written[: max(0, self.fields_version - version)]  # the oldest last, so that what it found there stands
        return {name: change["from"] for event in since for name, change in event.data["changed"].items()}

    def check_planned_unit(self) -> None:
        """Locks the unit: no other open job may plan or link it."""
        if self.planned_unit_id is None:
            return
        unit = Unit.objects.lock(self.planned_unit_id)
        if unit.fleet_id != self.fleet_id or not self.unit_is_free(unit):
            raise MoveRefused("unit_not_available", _("This unit is not available."))

    def checked(self, changed: dict) -> dict:
        """The entries that change something, validated on an unsaved copy. Raises ValidationError with every error."""
        copy = self.with_values(**changed)
        copy.full_clean(exclude={field.name for field in self._meta.fields} - set(changed), validate_constraints=False)
        different = {name: getattr(copy, name) for name in changed if copy.plain(name) != self.plain(name)}
        if "planned_unit" in different:
            copy.check_planned_unit()
        return different

    def with_values(self, **changed):
        """An unsaved copy, to try what a change would mean."""
        copy = type(self)(**{field.attname: getattr(self, field.attname) for field in self._meta.concrete_fields})
        copy._state.adding = False
        for name, value in changed.items():
            setattr(copy, name, value)
        return copy

    def _write(
        self, verb: str, *, by, changed: dict, where: dict | None = None, data: dict | None = None, **more
    ) -> None:
        """Move with changed fields, their old and new values in the event."""
        history = {
            name: {"from": self.plain(name), "to": getattr(value, "pk", value)} for name, value in changed.items()
        }
        copy = self.with_values(**changed)
        written = {**changed, **copy.adopt()}
        self._move(
            verb,
            by=by,
            where=where,
            data={"changed": history, **(data or {})},
            fields_version=F("fields_version") + 1,
            search=copy.search_text(),
            **written,
            **more,
        )
