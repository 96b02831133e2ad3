"""What the work does when somebody below it goes, a vehicle changes, or a command is about to be handed over.

The signals are sent with plain `send()` inside the transaction: a raise here rolls it back.
"""

from accounts import signals as accounts
from core.moves import MoveRefused
from jobs.models.choices import JobStatus
from telematics import signals as telematics

HELD = (JobStatus.ASSIGNED, JobStatus.RUNNING)


def connect() -> None:
    accounts.person_left.connect(free_jobs_of_person, dispatch_uid="jobs.free_jobs_of_person")
    accounts.partnership_answered.connect(tell_of_answer, dispatch_uid="jobs.tell_of_answer")
    accounts.partnership_ended.connect(release_jobs_of_partnership, dispatch_uid="jobs.release_jobs_of_partnership")
    accounts.agreement_published.connect(ask_for_signature, dispatch_uid="jobs.ask_for_signature")
    accounts.company_closed.connect(release_jobs_of_company, dispatch_uid="jobs.release_jobs_of_company")
    telematics.changing.connect(rename_jobs_of_vehicle, dispatch_uid="jobs.rename_jobs_of_vehicle")
    telematics.handing_over.connect(lock_access_of_command, dispatch_uid="jobs.lock_access_of_command")


def free_jobs_of_person(sender, *, company, user, by, **kwargs) -> None:
    from jobs.models import Job

    running = Job.objects.filter(assignee=user, status=JobStatus.RUNNING).order_by("pk")
    _tell_desks("withdraw", [job for job in running if job.free(by=by, why="PERSON_REMOVED")], by=by)
    for job in Job.objects.filter(reserved_for=user, status=JobStatus.ASSIGNED).order_by("pk"):
        job.unreserve(by=by)


def tell_of_answer(sender, *, partnership, by, **kwargs) -> None:
    _tell_desk_of_partner(partnership, f"partnership_{partnership.status.lower()}", by=by)


def release_jobs_of_partnership(sender, *, partnership, by, by_the_company, **kwargs) -> None:
    """Whose side ended it is not told; to the other one it is one notice, however many jobs came back."""
    whose = {"fleet": partnership.fleet_id, "company": partnership.company_id}
    released = _release(whose, by=by, why="PARTNERSHIP_ENDED")
    if by_the_company:
        _tell_desk_of_partner(partnership, "partnership_ended_by_company", by=by)
        return
    _tell_desks("release", released, by=by)
    if partnership.status == partnership.Status.ACCEPTED:
        _tell_office_of_client(partnership, by=by)


def release_jobs_of_company(sender, *, company, by, partnerships, **kwargs) -> None:
    _release({"company": company}, by=by, why="COMPANY_REMOVED")
    for partnership in partnerships:
        if partnership.status == partnership.Status.ACCEPTED:
            _tell_desk_of_partner(partnership, "partnership_ended_by_company", by=by)
        elif partnership.status == partnership.Status.PENDING:
            _tell_desk_of_partner(partnership, "partnership_declined", by=by)


def _release(whose: dict, *, by, why: str) -> list:
    from jobs.models import Job

    held = Job.objects.filter(status__in=HELD, **whose).order_by("pk")
    return [job for job in held if job.release(by=by, why=why)]


def ask_for_signature(sender, *, agreement, by, **kwargs) -> None:
    from jobs.models.notice import Notice, every_office

    Notice.objects.tell(every_office(), "agreement_published", by=by, path="/installers/register/agreement/")


def _tell_desks(verb: str, jobs: list, *, by) -> None:
    """One notice a fleet, whatever the number of its jobs."""
    of_fleet: dict[str, list] = {}
    for job in jobs:
        of_fleet.setdefault(job.fleet_id, []).append(job)
    for some in of_fleet.values():
        some[0].tell_desk(verb, by=by, count=len(some))


def _tell_desk_of_partner(partnership, verb: str, *, by) -> None:
    from jobs.models.notice import Notice, desk_of

    path = f"/fleetcontrol/{partnership.fleet_id}/partners/"
    Notice.objects.tell(desk_of(partnership.fleet_id), verb, by=by, partnership=partnership, path=path)


def _tell_office_of_client(partnership, *, by) -> None:
    from jobs.models.notice import Notice, office_of

    about = {"partnership": partnership, "path": "/installers/clients/"}
    Notice.objects.tell(office_of(partnership.company_id), "partnership_ended_by_fleet", by=by, **about)


def rename_jobs_of_vehicle(sender, *, vehicle, changed, **kwargs) -> None:
    from jobs.models import Job

    Job.objects.follow_vehicle(vehicle, changed)


def lock_access_of_command(sender, *, command, **kwargs) -> None:
    """A command under an installer's key is handed over under the lock of his job, while his access is live."""
    from jobs.models import VehicleAccess

    access = VehicleAccess.objects.select_related("job").filter(key=command.key_id).first()
    if access is not None:
        access.lock_live()
    elif command.key.holder_id is not None:
        raise MoveRefused("access_ended")
