"""Creating many jobs with the checks of create and assign. 1,000 rows take as many statements as one."""

from typing import TYPE_CHECKING, Any

from django.utils import timezone

from accounts.models import ApiClient, Fleet, Partnership, User
from accounts.models.user import person_of
from core.errors import MoveRefused
from core.many_rows import insert_rows
from core.normal import search_column
from core.ulid import new_ulid
from jobs import events, freshness
from jobs.importing.columns import column_of
from jobs.importing.lookups import free_units
from jobs.models.choices import JobStatus
from jobs.models.job import Job
from jobs.models.job_counter import next_numbers
from jobs.models.roll_out import RollOut
from jobs.notifications.sending import notify_offices
from jobs.parts.plan import ALSO_PLANNED, Terms, without_blanks
from jobs.refusals import PARTNER_IN_FILE_ENDED, UNITS_IN_FILE_TAKEN
from telematics.models import Custody, Place, Unit

if TYPE_CHECKING:
    from jobs.models.job_import import JobImport

Principal = User | ApiClient
PLANNED = (*Job.INSTALLER_FIELDS, *ALSO_PLANNED)
COLUMNS = tuple(field.attname for field in Job._meta.concrete_fields)
# Name of a kept value → column of the job.
ATTRIBUTE = {name: column_of(name).attname for name in (*Job.DESK_FIELDS, "company")}


def write(job_import: "JobImport", *, by: Principal) -> int:
    """Create the jobs of the kept rows in the caller's transaction, and return their number.

    Raises NotAllowed, MoveRefused `not_a_partner`, `unit_not_available` or `gone`.
    """
    fleet = job_import.fleet
    numbers = [number for number, _values in job_import.file.rows]
    rows = [values for _number, values in job_import.file.rows]
    overrides = _lock_partners(fleet, {row["company"] for row in rows if "company" in row})
    by.lock_membership(of=fleet, roles=Job.DESK_ROLES)
    counted = next_numbers(fleet.pk, len(rows))
    _lock_units(fleet, {row["planned_unit"] for row in rows if "planned_unit" in row})
    for name, model in (("place", Place), ("roll_out", RollOut)):
        _lock_rows(model, fleet, {row[name] for row in rows if name in row})
    jobs = _jobs(rows, job_import, overrides, by)
    for job, job_number in zip(jobs, counted, strict=True):
        job["number"] = job_number
    insert_rows(Job, COLUMNS, [tuple(job.values()) for job in jobs])
    events.append_rows(_history(jobs, numbers, job_import), by=by, fleet=fleet)
    Custody.objects.begin_with_jobs(_planned_with_partners(jobs), by=by)
    _notify_partners(jobs, by)
    freshness.touch(fleet.pk)
    return len(jobs)


def _lock_partners(fleet: Fleet, companies: set[str]) -> dict[str, bool]:
    """Lock the partnerships, so that none ends meanwhile, and return whether each partner may override."""
    try:
        return Partnership.lock_all_accepted(fleet, companies)
    except MoveRefused as refused:
        raise MoveRefused(refused.code, PARTNER_IN_FILE_ENDED) from refused


def _lock_units(fleet: Fleet, qnrs: set[str]) -> None:
    if not qnrs:
        return
    locked = (
        Unit.objects.filter(pk__in=qnrs).order_by("pk").select_for_update(of=("self",), no_key=True)
    )
    list(locked.values_list("pk"))
    taken = qnrs - set(free_units(fleet, qnrs))
    if taken:
        units = ", ".join(sorted(taken)[:5])
        raise MoveRefused("unit_not_available", UNITS_IN_FILE_TAKEN % {"units": units})


def _lock_rows(model: Any, fleet: Fleet, keys: set[str]) -> None:
    """Lock rows of the fleet, so that none is deleted meanwhile. Raises MoveRefused `gone`."""
    if not keys:
        return
    found = model.objects.filter(fleet=fleet, pk__in=keys).order_by("pk")
    locked = found.select_for_update(of=("self",), no_key=True).values_list("pk", flat=True)
    if len(locked) < len(keys):
        raise MoveRefused("gone")


def _jobs(
    rows: list[dict[str, Any]], job_import: "JobImport", overrides: dict[str, bool], by: Principal
) -> list[dict[str, Any]]:
    """The columns of each job.

    One instance serves as the pattern: an instance per job would cost more than all the rest.
    """
    now = timezone.now()
    pattern = Job(
        fleet_id=job_import.fleet_id,
        job_import=job_import,
        template_id=job_import.template_id,
        further_tests=job_import.file.further_tests,
        created_by=person_of(by),
        created_at=now,
        updated_at=now,
    )
    blank = {name: getattr(pattern, name) for name in COLUMNS}
    return [_job(row, blank, overrides) for row in rows]


def _job(row: dict[str, Any], blank: dict[str, Any], overrides: dict[str, bool]) -> dict[str, Any]:
    job = blank | {ATTRIBUTE[name]: value for name, value in row.items()}
    job["id"] = new_ulid()
    job["search"] = search_column(*[row.get(name) for name in Job.IDENTITY])
    company = row.get("company")
    if company:
        job["status"] = JobStatus.ASSIGNED.value
        job["version"] = 2
        job["assigned_at"] = job["created_at"]
        job["planned"] = _plan(row, job["further_tests"])
        job |= Terms(company, overrides[company]).columns()
    return job


def _plan(row: dict[str, Any], further_tests: list[str]) -> dict[str, Any]:
    values = {**row, "further_tests": further_tests}
    return without_blanks({name: values[name] for name in PLANNED if name in values})


def _history(
    jobs: list[dict[str, Any]], numbers: list[int], job_import: "JobImport"
) -> list[events.Line]:
    """A created event for each job, with its row, and an assigned event for each that is assigned at once."""
    lines = []
    for job, number in zip(jobs, numbers, strict=True):
        source = {"import": job_import.pk, "row": number}
        lines.append(events.Line(job["id"], 1, "create", source))
    for job in jobs:
        if job["company_id"]:
            terms = Terms(job["company_id"], job["allow_override"])
            lines.append(events.Line(job["id"], 2, "assign", terms.data()))
    return lines


def _planned_with_partners(jobs: list[dict[str, Any]]) -> dict[str, str]:
    """The planned units of the jobs that are assigned at once, each with its company."""
    assigned = [job for job in jobs if job["company_id"] and job["planned_unit_id"]]
    return {job["planned_unit_id"]: job["company_id"] for job in assigned}


def _notify_partners(jobs: list[dict[str, Any]], by: Principal) -> None:
    """Send one notification to each admin of each company, however many jobs it got."""
    of_company: dict[str, list[str]] = {}
    for job in jobs:
        if job["company_id"]:
            of_company.setdefault(job["company_id"], []).append(job["id"])
    if of_company:
        works = {company: (ids[0], len(ids)) for company, ids in of_company.items()}
        notify_offices("assign", works, by=by)
