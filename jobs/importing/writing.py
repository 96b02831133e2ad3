"""Many new jobs in a handful of statements, with the guards of create and assign; as many for 1,000 rows as for one."""

from collections import Counter
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models import Partnership
from core.moves import Event, MoveRefused
from core.normal import search_column
from core.sql import insert_rows
from core.ulid import new_ulid
from jobs import freshness
from jobs.importing.lookups import free_units
from jobs.models.choices import JobStatus
from jobs.models.job import Job
from jobs.models.job_event import JobEvent
from jobs.models.notice import tell_offices
from jobs.plan import ALSO_PLANNED, is_blank
from telematics.models import Unit

PLANNED = (*Job.INSTALLER_FIELDS, *ALSO_PLANNED)
COLUMNS = tuple(field.attname for field in Job._meta.concrete_fields)
# By the names that the kept values have.
ATTRIBUTE = {name: Job._meta.get_field(name).attname for name in (*Job.DESK_FIELDS, "company")}
EVENT = ("id", "job", "verb", "seq", "actor", "client", "channel", "request_id", "data", "reason")


def write(job_import, *, by) -> int:
    """The kept good rows as jobs, inside the caller's transaction.

    Raises NotAllowed, MoveRefused `not_a_partner` or `unit_not_available`.
    """
    fleet, rows = job_import.fleet, [values for _number, values in job_import.file.rows]
    overrides = _lock_partners(fleet, {row["company"] for row in rows if "company" in row})
    by.lock_membership(of=fleet, roles=Job.DESK_ROLES)
    _lock_units(fleet, {row["planned_unit"] for row in rows if "planned_unit" in row})
    jobs = _jobs(rows, job_import, overrides, by)
    insert_rows(Job, COLUMNS, [tuple(job.values()) for job in jobs])
    insert_rows(JobEvent, EVENT, _events(jobs, job_import, by))
    _tell_partners(jobs, by)
    freshness.touch(fleet.pk)
    return len(jobs)


def _lock_partners(fleet, companies: set[str]) -> dict[str, bool]:
    """Whether each may override. Their end waits for us, or we for it."""
    if not companies:
        return {}
    accepted = Partnership.objects.accepted().filter(fleet=fleet, company__in=companies, company__suspended_at=None)
    found = dict(accepted.locked().values_list("company_id", "allow_override"))
    if companies - found.keys():
        raise MoveRefused("not_a_partner", _("A company in this file is not a partner of this fleet any more."))
    return found


def _lock_units(fleet, qnrs: set[str]) -> None:
    if not qnrs:
        return
    list(Unit.objects.filter(pk__in=qnrs).order_by("pk").select_for_update(of=("self",), no_key=True).values_list("pk"))
    taken = qnrs - set(free_units(fleet, qnrs))
    if taken:
        text = _("A unit in this file is not available any more: %(units)s.")
        raise MoveRefused("unit_not_available", text % {"units": ", ".join(sorted(taken)[:5])})


def _jobs(rows: list[dict[str, Any]], job_import, overrides: dict[str, bool], by) -> list[dict[str, Any]]:
    """The columns of each job, without an instance of each: that would cost more than all the rest."""
    now = timezone.now()
    alike = Job(
        fleet_id=job_import.fleet_id,
        job_import=job_import,
        template_id=job_import.template_id,
        further_tests=job_import.file.further_tests,
        created_by=by if by.is_person else None,
        created_at=now,
        updated_at=now,
    )
    blank = {name: getattr(alike, name) for name in COLUMNS}
    return [_job(row, blank, overrides) for row in rows]


def _job(row: dict[str, Any], blank: dict[str, Any], overrides: dict[str, bool]) -> dict[str, Any]:
    job = blank | {ATTRIBUTE[name]: value for name, value in row.items()}
    job["id"] = new_ulid()
    job["search"] = search_column(*[row.get(name) for name in Job.IDENTITY])
    if company := row.get("company"):
        plan = {**row, "further_tests": job["further_tests"]}
        job |= {
            "status": JobStatus.ASSIGNED.value,
            "version": 2,
            "assigned_at": job["created_at"],
            "planned": {name: plan[name] for name in PLANNED if name in plan and not is_blank(plan[name])},
            "allow_override": overrides[company],
        }
    return job


def _events(jobs: list[dict[str, Any]], job_import, by) -> list[tuple]:
    """Two moves, so two lines in the history of a job that is assigned at once."""
    who = (by.pk, None) if by.is_person else (None, by.pk)
    where = tuple(Event.circumstances().values())
    source = {"import": job_import.pk}
    created = [(new_ulid(), job["id"], "create", 1, *who, *where, source, "") for job in jobs]
    assigned = [
        (new_ulid(), job["id"], "assign", 2, *who, *where, assigned_to(job), "") for job in jobs if job["company_id"]
    ]
    return created + assigned


def assigned_to(job: dict[str, Any]) -> dict[str, Any]:
    return {"company": job["company_id"], "allow_override": job["allow_override"]}


def _tell_partners(jobs: list[dict[str, Any]], by) -> None:
    """One notice to each admin of each company, however many jobs it got."""
    assigned = [job for job in jobs if job["company_id"]]
    counts = Counter(job["company_id"] for job in assigned)
    first = {job["company_id"]: job["id"] for job in reversed(assigned)}
    if assigned:
        tell_offices("assign", {company: (first[company], number) for company, number in counts.items()}, by=by)
