"""What the work does when somebody below it goes, a vehicle changes, or a command is about to be handed over.

The signals are sent with plain `send()` inside the transaction: a raise here rolls it back.
"""

from collections import Counter

from django.db.models import Exists, OuterRef

from accounts import signals as accounts
from core.moves import MoveRefused
from telematics import signals as telematics


def connect() -> None:
    accounts.person_left.connect(free_jobs_of_person, dispatch_uid="jobs.free_jobs_of_person")
    accounts.partnership_answered.connect(tell_of_answer, dispatch_uid="jobs.tell_of_answer")
    accounts.partnership_ended.connect(release_jobs_of_partnership, dispatch_uid="jobs.release_jobs_of_partnership")
    accounts.agreement_published.connect(ask_for_signature, dispatch_uid="jobs.ask_for_signature")
    accounts.company_closed.connect(release_jobs_of_company, dispatch_uid="jobs.release_jobs_of_company")
    telematics.changing.connect(rename_jobs_of_vehicle, dispatch_uid="jobs.rename_jobs_of_vehicle")
    telematics.units_spoken_for.connect(units_of_open_jobs, dispatch_uid="jobs.units_of_open_jobs")
    telematics.vehicles_spoken_for.connect(vehicles_of_open_jobs, dispatch_uid="jobs.vehicles_of_open_jobs")
    telematics.handing_over.connect(lock_access_of_command, dispatch_uid="jobs.lock_access_of_command")


def free_jobs_of_person(sender, *, company, user, by, **kwargs) -> None:
    from jobs.models import Job

    _tell_desks("withdraw", Job.free_all(user, by=by, why="PERSON_REMOVED"), by=by)


def tell_of_answer(sender, *, partnership, by, **kwargs) -> None:
    _tell_desk_of_partner(partnership, f"partnership_{partnership.status.lower()}", by=by)


def release_jobs_of_partnership(sender, *, partnership, by, by_the_company, **kwargs) -> None:
    """Whose side ended it is not told; to the other one it is one notice, however many jobs came back."""
    from jobs.models import Job

    if partnership.company is None:  # an invitation that nobody had answered
        return
    released = Job.release_all(by=by, why="PARTNERSHIP_ENDED", company=partnership.company, fleet=partnership.fleet_id)
    if by_the_company:
        _tell_desk_of_partner(partnership, "partnership_ended_by_company", by=by, count=len(released))
        return
    _tell_desks("release", released, by=by)
    if partnership.status == partnership.Status.ACCEPTED:
        _tell_office_of_client(partnership, by=by)


def release_jobs_of_company(sender, *, company, by, partnerships, **kwargs) -> None:
    """Each fleet's desk gets one notice, with the number of its jobs that came back."""
    from jobs.models import Job

    came_back = Counter(job.fleet_id for job in Job.release_all(by=by, why="COMPANY_REMOVED", company=company))
    for partnership in partnerships:
        if partnership.status == partnership.Status.ACCEPTED:
            count = came_back[partnership.fleet_id]
            _tell_desk_of_partner(partnership, "partnership_ended_by_company", by=by, count=count)
        elif partnership.status == partnership.Status.PENDING:
            _tell_desk_of_partner(partnership, "partnership_declined", by=by)


def ask_for_signature(sender, *, agreement, by, **kwargs) -> None:
    from jobs.models.notice import Notice, every_office

    Notice.objects.tell(every_office(), "agreement_published", by=by, path="/installers/register/agreement/")


def _tell_desks(verb: str, jobs: list, *, by) -> None:
    """One notice a fleet, whatever the number of its jobs."""
    of_fleet: dict[str, list] = {}
    for job in jobs:
        of_fleet.setdefault(job.fleet_id, []).append(job)
    for one, *others in of_fleet.values():
        one.refresh_from_db()
        one.tell_desk(verb, by=by, count=1 + len(others))


def _tell_desk_of_partner(partnership, verb: str, *, by, count: int = 1) -> None:
    from jobs.models.notice import Notice, desk_of

    path = f"/fleetcontrol/{partnership.fleet_id}/partners/"
    about = {"partnership": partnership, "path": path, "count": count}
    Notice.objects.tell(desk_of(partnership.fleet_id), verb, by=by, **about)


def _tell_office_of_client(partnership, *, by) -> None:
    from jobs.models.notice import Notice, office_of

    about = {"partnership": partnership, "path": "/installers/clients/"}
    Notice.objects.tell(office_of(partnership.company_id), "partnership_ended_by_fleet", by=by, **about)


def rename_jobs_of_vehicle(sender, *, vehicle, changed, **kwargs) -> None:
    from jobs.models import Job

    Job.objects.follow_vehicle(vehicle, changed)


def units_of_open_jobs(sender, **kwargs) -> Exists:
    """The units that an open job has planned, linked or taken out for the time being."""
    from jobs.models import Job

    return Exists(Job.objects.using_unit(OuterRef("pk")))


def vehicles_of_open_jobs(sender, **kwargs) -> Exists:
    from jobs.models import Job

    return Exists(Job.objects.open().filter(vehicle=OuterRef("pk")))


def lock_access_of_command(sender, *, command, **kwargs) -> None:
    """A command under an installer's key is handed over under the lock of his job, while his access is live."""
    from jobs.models import VehicleAccess

    access = VehicleAccess.objects.select_related("job").filter(key=command.key_id).first()
    if access is not None:
        access.lock_live()
    elif command.key.holder_id is not None:
        raise MoveRefused("access_ended")
