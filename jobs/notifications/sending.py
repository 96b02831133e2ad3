"""Notify people of what happened, in the transaction in which it happens. The moves call these functions.

`verb` is a key of `texts.SENTENCES`, mostly the verb of a move. `by` is the actor, who is never
notified of their own move.
"""

from collections.abc import Iterable, Mapping
from typing import Any

from django.db.models import F, QuerySet

from accounts.models import ApiClient, Company, CompanyMembership, Fleet, Partnership, User
from core.tasks import is_quiet, nudge
from jobs.models.columns import JobColumns
from jobs.notifications.event import MAILED, OF_VERB
from jobs.notifications.notification import Notification
from jobs.notifications.people import (
    DESK_READERS,
    NOBODY,
    desk_of,
    every_office,
    office_of,
    readers,
)

Actor = User | ApiClient | None
# Where installers work.
PHONE = "/smartcontrol/"


# --- about one job ----------------------------------------------------------------------------------------------------
def notify_desk(job: JobColumns, verb: str, *, by: Actor, count: int = 1) -> None:
    """Notify the people who write the fleet's jobs, of this job or of `count` jobs like it."""
    path = f"/fleetcontrol/{job.fleet_id}/jobs/"
    if count == 1:
        path += f"{job.pk}/"
    else:
        path += f"{job.kind.lower()}/?status={job.status}"
    actor = person_of(by)
    event = OF_VERB[verb]
    people = DESK_READERS.all(
        fleet=job.fleet_id, by=actor.pk if actor else NOBODY, event=event, mailed=event in MAILED
    )
    _write(
        [
            Notification(
                user=person,
                job_id=job.pk,
                count=count,
                path=path,
            )
            for person in people
        ],
        verb,
        by=by,
    )


def notify_office(job: JobColumns, verb: str, *, by: Actor) -> None:
    """Notify the admins of the company that has the job."""
    notify(
        office_of(job.company_id), verb, by=by, job_id=job.pk, path=f"/installers/jobs/{job.pk}/"
    )


def notify_installer(job: JobColumns, installer: User, verb: str, *, by: Actor) -> None:
    """Notify the installer who works on the job, or did until now."""
    people = User.objects.filter(pk=installer.pk, is_active=True)
    notify(
        people,
        verb,
        by=by,
        job_id=job.pk,
        path=on_phone(job.pk),
    )


def on_phone(job_id: Any) -> str:
    """The job in SmartControl: the app chooses its screen by the part behind #."""
    return f"{PHONE}#/jobs/{job_id}"


# --- about many jobs --------------------------------------------------------------------------------------------------
def notify_desks(verb: str, jobs: Iterable[JobColumns], *, by: Actor) -> None:
    """Write one notification per fleet, whatever the number of its jobs."""
    of_fleet: dict[str, list[JobColumns]] = {}
    for job in jobs:
        of_fleet.setdefault(job.fleet_id, []).append(job)
    for several in of_fleet.values():
        several[0].refresh_from_db()
        notify_desk(several[0], verb, by=by, count=len(several))


def notify_offices(verb: str, works: Mapping[Any, tuple[Any, int]], *, by: Actor) -> None:
    """Write one notification to each admin of each company. `works`: company → one of its jobs, and how many."""
    office = CompanyMembership.objects.live().working().admins().filter(company__in=works)
    people = User.objects.filter(company_memberships__in=office).annotate(
        company_id=F("company_memberships__company")
    )
    notifications = []
    for person in readers(people, verb, actor=person_of(by)):
        job, count = works[person.company_id]
        path = f"/installers/jobs/{job}/" if count == 1 else "/installers/jobs/"
        notifications.append(
            Notification(
                user=person,
                job_id=job,
                count=count,
                path=path,
            )
        )
    _write(notifications, verb, by=by)


def notify_installers(verb: str, jobs: Iterable[JobColumns], *, by: Actor) -> None:
    """Write one notification per installer and fleet, whatever the number of their jobs."""
    works: dict[tuple[int, str], list[JobColumns]] = {}
    for job in jobs:
        if job.assignee_id is not None:
            works.setdefault((job.assignee_id, job.fleet_id), []).append(job)
    members = (
        CompanyMembership.objects.live()
        .working()
        .filter(user__in={installer for installer, _fleet in works})
    )
    people = readers(
        User.objects.filter(company_memberships__in=members), verb, actor=person_of(by)
    )
    by_key = {person.pk: person for person in people}
    notifications = []
    for (installer, _fleet), several in works.items():
        if installer in by_key:
            person = by_key[installer]
            path = on_phone(several[0].pk) if len(several) == 1 else PHONE
            notifications.append(
                Notification(user=person, job_id=several[0].pk, count=len(several), path=path)
            )
    _write(notifications, verb, by=by)


# --- about a partnership or the agreement -----------------------------------------------------------------------------
def notify_desk_of_partner(
    partnership: Partnership, verb: str, *, by: Actor, count: int = 1
) -> None:
    path = f"/fleetcontrol/{partnership.fleet_id}/partners/"
    notify(
        desk_of(partnership.fleet_id), verb, by=by, partnership=partnership, path=path, count=count
    )


def notify_office_of_client(partnership: Partnership, verb: str, *, by: Actor) -> None:
    notify(
        office_of(partnership.company_id),
        verb,
        by=by,
        partnership=partnership,
        path="/installers/clients/",
    )


def notify_admins(team: Company | Fleet, verb: str, *, by: Actor) -> None:
    """Notify the admins of a fleet or company, of its users."""
    notify(team.admins, verb, by=by, path=team.users_path)


def notify_of_consumer(fleet: Fleet, verb: str, *, path: str) -> None:
    """Notify the admins of a fleet, of one of its event consumers."""
    notify(fleet.admins, verb, by=None, path=path)


def notify_every_office(verb: str, *, by: Actor, path: str) -> None:
    notify(every_office(), verb, by=by, path=path)


# --- anything ---------------------------------------------------------------------------------------------------------
def notify(people: QuerySet[User], verb: str, *, by: Actor, **about: Any) -> None:
    """Notify each of `people` as they chose. `about` is path, and job or partnership, and count."""
    _write(
        [
            Notification(user=person, **about)
            for person in readers(people, verb, actor=person_of(by))
        ],
        verb,
        by=by,
    )


def _write(notifications: list[Notification], verb: str, *, by: Actor) -> None:
    """Insert the rows in one statement; their users come from `readers`. A worker writes the mails."""
    actor = person_of(by)
    for notification in notifications:
        notification.verb = verb
        notification.actor = actor
        reader: Any = notification.user  # annotated by `readers`
        notification.bell = reader.bell
        notification.mail_due = reader.wants_mail and not is_quiet()
    Notification.objects.bulk_create(
        [
            notification
            for notification in notifications
            if notification.bell or notification.mail_due
        ]
    )
    if any(notification.mail_due for notification in notifications):
        nudge("jobs.tasks.mail_notifications")


def person_of(actor: Actor) -> User | None:
    """Return the person who acted; None for a client and the system."""
    if isinstance(actor, User):
        return actor
    return None
