"""Who is notified: the people of a fleet, of a company, and what each of them has chosen."""

from typing import Any

from django.db import models
from django.db.models import OuterRef, QuerySet, Subquery
from django.db.models.functions import Coalesce

from accounts.models import CompanyMembership, FleetMembership, User
from accounts.models.membership import MANAGING
from core.prepared import Given, Prepared
from jobs.notifications.event import MAILED, OF_VERB
from jobs.notifications.preference import NotificationPreference

# The key of no person: for an actor who is a client or the system.
NOBODY = 0


def desk_of(fleet_id: Any) -> QuerySet[User]:
    """The people who write the fleet's jobs."""
    desk = FleetMembership.objects.working().filter(fleet=fleet_id, role__in=MANAGING)
    return User.objects.filter(pk__in=desk.values("user"))


def office_of(company_id: str | None) -> QuerySet[User]:
    """The admins of the company."""
    office = CompanyMembership.objects.live().working().admins().filter(company=company_id)
    return User.objects.filter(pk__in=office.values("user"))


def every_office() -> QuerySet[User]:
    """The admins of every company."""
    office = CompanyMembership.objects.live().working().admins()
    return User.objects.filter(pk__in=office.values("user"))


def readers(people: QuerySet[User], verb: str, *, actor: User | None) -> QuerySet[Any]:
    """Return `people` without the actor, each with the annotations `bell` and `wants_mail`."""
    others = people.exclude(pk=actor.pk if actor else NOBODY)
    return with_preferences(others, OF_VERB[verb], OF_VERB[verb] in MAILED)


def with_preferences(people: QuerySet[User], event: Any, mailed: Any) -> QuerySet[Any]:
    """Annotate what each person has chosen for an event; `mailed` is the default for the mail.

    Only the keys of the people are loaded: no more of them is written.
    """
    chosen = NotificationPreference.objects.filter(user=OuterRef("pk"), event=event)
    with_choices = people.order_by("pk").annotate(
        bell=Coalesce(Subquery(chosen.values("bell")[:1]), True),
        wants_mail=Coalesce(Subquery(chosen.values("mail")[:1]), mailed),
    )
    return with_choices.only("pk")


def _desk_readers() -> QuerySet[User]:
    others = desk_of(Given("fleet", models.CharField())).exclude(
        pk=Given("by", models.BigIntegerField())
    )
    return with_preferences(
        others, Given("event", models.CharField()), Given("mailed", models.BooleanField())
    )


# Every end of a job runs this. `by` is the key of the actor, who is left out, or NOBODY.
# Saves 1.5 ms a call: `./bin/bench list`, the line "finish ÷ B1".
DESK_READERS = Prepared(_desk_readers)
