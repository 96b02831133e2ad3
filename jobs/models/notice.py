"""What somebody is told: a line under his bell, a mail, or both. The row is written in the transaction of what it tells of."""

from collections.abc import Mapping
from typing import Any

from django.db import models, transaction
from django.db.models import F, OuterRef, Q, Subquery
from django.db.models.functions import Coalesce, Now
from django.utils import translation
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.models import CompanyMembership, FleetMembership, User
from core.models import Mail
from core.prepared import Given, Prepared
from core.tasks import is_quiet, nudge
from core.ulid import ULIDField
from jobs.models.choices import FailureReason
from jobs.models.notice_event import ASKS, FOR_DESK, MAILED, OF_VERB, SENTENCES
from jobs.models.notice_preference import NoticePreference, unsubscribe_path
from jobs.words import failure_reason

# What no person's key is.
NOBODY = 0


class NoticeQuerySet(models.QuerySet):
    def visible_to(self, user):
        return self.filter(user=user.pk, bell=True)

    def unread(self):
        return self.filter(read_at=None)

    def read(self) -> int:
        return self.unread().update(read_at=Now())

    def for_sentences(self):
        """Each with what it names, and as `said` what stands in the job's history about it."""
        from jobs.models.job_event import JobEvent

        until_then = JobEvent.objects.filter(job=OuterRef("job"), verb=OuterRef("verb"), at__lte=OuterRef("at"))
        said = Subquery(until_then.order_by("-seq").values("reason")[:1])
        return self.annotate(said=said).select_related(
            "user",
            "actor",
            "job__vehicle",
            "job__fleet__provider",
            "partnership__fleet__provider",
            "partnership__company",
        )

    def tell(self, people, verb: str, *, by, **about: Any) -> None:
        """Tell each of `people`, a queryset of users, as he wants it.

        `about`: path, and job or partnership; with count, of `job` and its likes, so many.
        """
        self.send([Notice(user=reader, **about) for reader in readers(people, verb, by=by)], verb, by=by)

    def send(self, notices: list["Notice"], verb: str, *, by) -> None:
        """One statement for all of them; their users come from `readers`. Mails are written by a worker."""
        from jobs.tasks import mail_notices

        actor = by if by and by.is_person else None
        for notice in notices:
            notice.verb, notice.actor = verb, actor
            notice.bell, notice.mail_due = notice.user.bell, notice.user.wants_mail and not is_quiet()
        self.bulk_create([notice for notice in notices if notice.bell or notice.mail_due])
        if any(notice.mail_due for notice in notices):
            nudge(mail_notices)

    @transaction.atomic
    def write_mails(self, most: int = 100) -> int:
        """The row is the queue: what is due becomes mails, and is due no more, together. How many were looked at."""
        rows = self.filter(mail_due=True).for_sentences().order_by("pk")
        due = list(rows.select_for_update(of=("self",), no_key=True, skip_locked=True)[:most])
        Mail.objects.enqueue_all([notice.mail() for notice in due if notice.user.is_active])
        self.filter(pk__in=[notice.pk for notice in due]).update(mail_due=False)
        return len(due)


class Notice(models.Model):
    id = ULIDField(primary_key=True)
    user = models.ForeignKey("accounts.User", models.PROTECT, related_name="notices")
    verb = models.CharField(max_length=32)
    job = models.ForeignKey("jobs.Job", models.PROTECT, null=True, related_name="notices")
    partnership = models.ForeignKey("accounts.Partnership", models.PROTECT, null=True, related_name="+")
    count = models.PositiveIntegerField(default=1)  # a bulk act makes one notice: of `job` and its likes, so many
    actor = models.ForeignKey("accounts.User", models.PROTECT, null=True, related_name="+")
    path = models.CharField(max_length=200, blank=True)  # where its reader sees what it tells of
    at = models.DateTimeField(db_default=Now())
    bell = models.BooleanField(default=True)
    mail_due = models.BooleanField(default=False)
    read_at = models.DateTimeField(null=True, blank=True)

    objects = NoticeQuerySet.as_manager()

    class Meta:
        verbose_name, verbose_name_plural = gettext_lazy("notice"), gettext_lazy("notices")
        indexes = [
            models.Index("user", F("at").desc(), F("id").desc(), name="notice_of_user"),
            models.Index("user", condition=Q(read_at=None, bell=True), name="notice_unread"),
            models.Index("id", condition=Q(mail_due=True), name="notice_to_mail"),
        ]

    def __str__(self) -> str:
        return f"{self.user_id} {self.verb}"

    @property
    def fleet(self):
        """None where nothing came of what it tells of."""
        about = self.partnership or self.job
        return about and about.fleet

    @property
    def leads_to_job(self) -> bool:
        return self.job_id is not None and self.job_id in self.path

    @property
    def _team(self) -> str:
        return f"{self.fleet.provider.name} {self.fleet.name}" if self.fleet else ""

    @property
    def task(self) -> str:
        """Which work at the vehicle it was about; "" where it is several jobs, or the job has no task."""
        return self.job.get_task_display() if self.job and self.count == 1 else ""

    @property
    def sentence(self) -> str:
        """In the language that is active."""
        return SENTENCES[self.verb] % {
            "who": self.actor.name if self.actor else _("The system"),
            "job": self.job.known_as if self.job else "",
            "partner": self.partnership.shown_name if self.partnership else "",
            "team": self._team,
            "count": self.count,
        }

    @property
    def reason(self) -> str:
        """What whoever did it said about it; of a notice that was read `for_sentences`."""
        if self.count > 1 or self.job is None:
            return ""
        if self.verb not in ("succeed", "fail"):
            return "" if self.verb == "release" else self.said or ""
        told = [failure_reason(self.job.failure_reason) if self.job.failure_reason != FailureReason.OTHER else ""]
        return ": ".join(filter(None, [*told, self.job.comment]))

    # --- as a mail ----------------------------------------------------------------------------------------------------
    def mail(self) -> Mail:
        """The same by mail, in its reader's own language; what it says last is how to get no more of them."""
        off = {"path": self.path, "unsubscribe_path": unsubscribe_path(self.user, OF_VERB[self.verb])}
        if self.partnership:
            template, said = f"mails/{self.verb}", self._of_partnership()
        else:
            template, said = "mails/notice", self._of_job()
        return Mail(to=self.user.email, template=template, context={**said, **off}, **self.user.manners)

    def _of_partnership(self) -> dict[str, str]:
        fleet = self.fleet
        return {"partner": self.partnership.shown_name, "provider": fleet.provider.name, "fleet": fleet.name}

    def _of_job(self) -> dict[str, str]:
        with translation.override(self.user.language):
            about = {"team": self._team if OF_VERB[self.verb] in FOR_DESK else "", "task": self.task}
            return {"sentence": self.sentence, "ask": str(ASKS[self.verb]), "reason": self.reason, **about}


def readers(people, verb: str, *, by):
    """Of `people` those who are to be told, each with `bell` and `wants_mail`. Whoever did it himself is not told."""
    others = people.exclude(pk=by.pk) if by and by.is_person else people
    return with_wishes(others, OF_VERB[verb], OF_VERB[verb] in MAILED)


def with_wishes(people, event, mailed):
    """Each with what he wants of such an `event`; `mailed` is what those get who have not said it."""
    wish = NoticePreference.objects.filter(user=OuterRef("pk"), event=event)
    return people.order_by("pk").annotate(
        bell=Coalesce(Subquery(wish.values("bell")[:1]), True),
        wants_mail=Coalesce(Subquery(wish.values("mail")[:1]), mailed),
    )


class Telling:
    """How a job tells people."""

    @property
    def known_as(self) -> str:
        """A maintenance job has no names of its own: its vehicle has."""
        named = self.license_plate or self.custom_name or self.vin
        return named or (str(self.vehicle) if self.vehicle_id else _("a job without name"))

    def tell_desk(self, verb: str, *, by, count: int = 1) -> None:
        """The people who write this fleet's jobs. With `count`, of this job and its likes."""
        home = f"/fleetcontrol/{self.fleet_id}/jobs/"
        path = f"{home}{self.pk}/" if count == 1 else f"{home}{self.kind.lower()}/?status={self.status}"
        about = {"job": self, "count": count, "path": path}
        Notice.objects.send(
            [Notice(user=reader, **about) for reader in desk_readers(self.fleet_id, verb, by)], verb, by=by
        )

    def tell_office(self, verb: str, *, by) -> None:
        """The admins of the company that has the job."""
        path = f"/installers/jobs/{self.pk}/"
        Notice.objects.tell(office_of(self.company_id), verb, by=by, job=self, path=path)

    def tell_holder(self, holder, verb: str, *, by) -> None:
        """The installer who works on it, or did until now."""
        people = User.objects.filter(pk=holder.pk, is_active=True)
        Notice.objects.tell(people, verb, by=by, job=self, path="/installers/")


def desk_of(fleet_id: str):
    """The people who write the fleet's jobs."""
    desk = FleetMembership.objects.working().filter(fleet=fleet_id, role__in=["ADMIN", "MANAGER"])
    return User.objects.filter(pk__in=desk.values("user"))


def _desk_readers():
    others = desk_of(Given("fleet", models.CharField())).exclude(pk=Given("by", models.BigIntegerField()))
    return with_wishes(others, Given("event", models.CharField()), Given("mailed", models.BooleanField()))


DESK_READERS = Prepared(_desk_readers)


def desk_readers(fleet_id: str, verb: str, by) -> list[User]:
    """`readers` at the desk, who are told of each end of a job."""
    event = OF_VERB[verb]
    return DESK_READERS.all(
        fleet=fleet_id, by=by.pk if by and by.is_person else NOBODY, event=event, mailed=event in MAILED
    )


def tell_offices(verb: str, works: Mapping[str, tuple[str, int]], *, by) -> None:
    """However many jobs each company got: one notice to each of its admins. `works`: one of them, and how many."""
    office = CompanyMembership.objects.live().working().admins().filter(company__in=works)
    people = User.objects.filter(company_memberships__in=office).annotate(company_id=F("company_memberships__company"))
    notices = []
    for reader in readers(people, verb, by=by):
        job, count = works[reader.company_id]
        path = f"/installers/jobs/{job}/" if count == 1 else "/installers/jobs/"
        notices.append(Notice(user=reader, job_id=job, count=count, path=path))
    Notice.objects.send(notices, verb, by=by)


def every_office():
    """The admins of every company."""
    office = CompanyMembership.objects.live().working().admins()
    return User.objects.filter(pk__in=office.values("user"))


def office_of(company_id: str):
    """The admins of the company."""
    office = CompanyMembership.objects.live().working().admins().filter(company=company_id)
    return User.objects.filter(pk__in=office.values("user"))
