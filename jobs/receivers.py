"""Receivers: what happens to jobs when a person, company or partnership ends, or a vehicle changes.

The signals are sent with plain `send()` inside the transaction: a raise here rolls it back.
"""

from collections import Counter
from typing import Any

from django.db.models import Exists, OuterRef

from accounts import signals as accounts
from core.errors import MoveRefused
from jobs import freshness
from jobs.models import InstallationTest, Job, Notification, VehicleAccess
from jobs.notifications import sending
from telematics import signals as telematics
from telematics.models import Key, Unit
from telematics.models.sender import RIGHT


def connect() -> None:
    accounts.person_left.connect(free_jobs_of_person, dispatch_uid="jobs.free_jobs_of_person")
    accounts.person_joined.connect(notify_of_user, dispatch_uid="jobs.notify_of_user")
    accounts.person_erased.connect(forget_notifications, dispatch_uid="jobs.forget_notifications")
    accounts.client_waits.connect(notify_of_client, dispatch_uid="jobs.notify_of_client")
    accounts.partnership_answered.connect(notify_of_answer, dispatch_uid="jobs.notify_of_answer")
    accounts.partnership_ended.connect(
        release_jobs_of_partnership, dispatch_uid="jobs.release_jobs_of_partnership"
    )
    accounts.agreement_published.connect(request_signatures, dispatch_uid="jobs.request_signatures")
    accounts.consumer_suspended.connect(
        notify_of_suspended_consumer, dispatch_uid="jobs.notify_of_suspended_consumer"
    )
    accounts.company_closed.connect(
        release_jobs_of_company, dispatch_uid="jobs.release_jobs_of_company"
    )
    accounts.suspended.connect(end_access_of_suspended, dispatch_uid="jobs.end_access_of_suspended")
    # After it: jobs are locked before keys.
    accounts.suspended.connect(end_keys_of_suspended, dispatch_uid="jobs.end_keys_of_suspended")
    accounts.client_restricted.connect(end_keys_of_client, dispatch_uid="jobs.end_keys_of_client")
    telematics.changing.connect(rename_jobs_of_vehicle, dispatch_uid="jobs.rename_jobs_of_vehicle")
    telematics.units_spoken_for.connect(units_of_open_jobs, dispatch_uid="jobs.units_of_open_jobs")
    telematics.units_in_hand.connect(units_of_held_jobs, dispatch_uid="jobs.units_of_held_jobs")
    telematics.vehicles_spoken_for.connect(
        vehicles_of_open_jobs, dispatch_uid="jobs.vehicles_of_open_jobs"
    )
    telematics.vehicles_held.connect(
        vehicles_of_held_jobs, dispatch_uid="jobs.vehicles_of_held_jobs"
    )
    telematics.handing_over.connect(
        lock_access_of_command, dispatch_uid="jobs.lock_access_of_command"
    )
    telematics.handing_over.connect(
        refuse_command_while_testing, dispatch_uid="jobs.refuse_command_while_testing"
    )


def free_jobs_of_person(sender: Any, *, company: Any, user: Any, by: Any, **kwargs: Any) -> None:
    sending.notify_desks("withdraw", Job.free_all(user, by=by, why="PERSON_REMOVED"), by=by)


def forget_notifications(sender: Any, *, user: Any, **kwargs: Any) -> None:
    Notification.objects.filter(user=user).delete()


def notify_of_user(sender: Any, *, team: Any, user: Any, **kwargs: Any) -> None:
    sending.notify_admins(team, "user_joined", by=user)


def notify_of_suspended_consumer(sender: Any, *, consumer: Any, **kwargs: Any) -> None:
    sending.notify_of_consumer(consumer.fleet, "consumer_suspended", path=consumer.path)


def notify_of_client(sender: Any, *, partnership: Any, by: Any, **kwargs: Any) -> None:
    sending.notify_office_of_client(partnership, "partnership_offered", by=by)


def notify_of_answer(sender: Any, *, partnership: Any, by: Any, **kwargs: Any) -> None:
    sending.notify_desk_of_partner(partnership, f"partnership_{partnership.status.lower()}", by=by)


def release_jobs_of_partnership(
    sender: Any, *, partnership: Any, by: Any, by_the_company: Any, **kwargs: Any
) -> None:
    """Return the jobs, and notify the side that did not end the partnership, once for all jobs."""
    if partnership.company is None:  # an invitation without an answer
        return
    released = Job.release_all(
        by=by, why="PARTNERSHIP_ENDED", company=partnership.company, fleet=partnership.fleet_id
    )
    if by_the_company:
        sending.notify_desk_of_partner(
            partnership, "partnership_ended_by_company", by=by, count=len(released)
        )
        return
    sending.notify_desks("release", released, by=by)
    if partnership.status == partnership.Status.ACCEPTED:
        sending.notify_office_of_client(partnership, "partnership_ended_by_fleet", by=by)


def release_jobs_of_company(
    sender: Any, *, company: Any, by: Any, partnerships: Any, **kwargs: Any
) -> None:
    """Return the jobs, and notify each fleet once, with the number of its jobs."""
    came_back = Counter(
        job.fleet_id for job in Job.release_all(by=by, why="COMPANY_REMOVED", company=company)
    )
    for partnership in partnerships:
        if partnership.status == partnership.Status.ACCEPTED:
            count = came_back[partnership.fleet_id]
            sending.notify_desk_of_partner(
                partnership, "partnership_ended_by_company", by=by, count=count
            )
        elif partnership.status == partnership.Status.PENDING:
            sending.notify_desk_of_partner(partnership, "partnership_declined", by=by)


# Suspended model → the word in the history, and the path from a job. An API client holds no job.
SUSPENDED = {
    "User": ("installer", "assignee"),
    "Company": ("company", "company"),
    "Fleet": ("fleet", "fleet"),
    "MobilityProvider": ("provider", "fleet__provider"),
}


def end_access_of_suspended(sender: Any, *, row: Any, by: Any, **kwargs: Any) -> None:
    """End the access, and notify the other side: the suspended side cannot read it."""
    if sender.__name__ not in SUSPENDED:
        return
    who, path = SUSPENDED[sender.__name__]
    jobs = Job.suspend_access(by=by, who=who, **{path: row})
    if who in ("fleet", "provider"):
        sending.notify_installers("client_suspended", jobs, by=by)
        return
    sending.notify_desks(f"{who}_suspended", jobs, by=by)
    if who == "installer" and jobs:
        # The jobs of one person are all with one company.
        sending.notify_offices(
            "installer_suspended", {jobs[0].company_id: (jobs[0].pk, len(jobs))}, by=by
        )


def end_keys_of_suspended(sender: Any, *, row: Any, **kwargs: Any) -> None:
    """End the keys under which people and machines of a fleet send commands."""
    Key.objects.under(row).end_all()


def end_keys_of_client(sender: Any, *, client: Any, **kwargs: Any) -> None:
    """End the keys of a client that is revoked or may no longer send commands."""
    if client.revoked_at is None and RIGHT in client.rights:
        return
    Key.objects.under(client).end_all()


def request_signatures(sender: Any, *, agreement: Any, by: Any, **kwargs: Any) -> None:
    sending.notify_every_office(
        "agreement_published", by=by, path="/installers/register/agreement/"
    )


def rename_jobs_of_vehicle(sender: Any, *, vehicle: Any, changed: Any, **kwargs: Any) -> None:
    Job.objects.follow_vehicle(vehicle, changed)
    freshness.touch(vehicle.fleet_id)


def units_of_held_jobs(sender: Any, *, user: Any, **kwargs: Any) -> Exists:
    held = Job.objects.filter(
        status=Job.Status.RUNNING,
        assignee=user,
        unit=OuterRef("pk"),
    )
    return Exists(held)


def units_of_open_jobs(sender: Any, *, job: Any = None, **kwargs: Any) -> Exists:
    """The units that an open job other than `job` has planned, linked or taken out for the time being."""
    using = Job.objects.using_unit(OuterRef("pk"))
    if job is None:
        return Exists(using)
    return Exists(using.exclude(pk=OuterRef(job) if isinstance(job, OuterRef) else job))


def vehicles_of_open_jobs(sender: Any, **kwargs: Any) -> Exists:
    return Exists(Job.objects.open().filter(vehicle=OuterRef("pk")))


def vehicles_of_held_jobs(sender: Any, **kwargs: Any) -> Exists:
    return Exists(Job.objects.with_partner().filter(vehicle=OuterRef("pk")))


def lock_access_of_command(sender: Any, *, command: Any, **kwargs: Any) -> None:
    """Lock the job of a command under an installer's key. Raises MoveRefused if the access has ended."""
    access = VehicleAccess.objects.select_related("job").filter(key=command.key_id).first()
    if access is not None:
        access.lock_live()
    elif command.key.kind == command.key.Kind.PERSON:
        raise MoveRefused("access_ended")


def refuse_command_while_testing(sender: Any, *, command: Any, **kwargs: Any) -> None:
    """Let the fleet only read the state while a test runs or waits: somebody may be under the vehicle.

    A test locks the unit, too, before it begins. Raises MoveRefused `test_running`.
    """
    if not command.is_fleets or not command.changes_state:
        return
    Unit.objects.lock(command.unit_id)
    if InstallationTest.objects.at_unit().filter(unit=command.unit_id).exists():
        raise MoveRefused("test_running")
