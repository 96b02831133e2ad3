"""Notifications: a line under the bell, a mail, or both. The row is written in the transaction that it is about."""

import logging
from typing import Any, Self

from django.db import models, transaction
from django.db.models import Exists, ExpressionWrapper, F, OuterRef, Q, Subquery, Value
from django.db.models.functions import Concat, Now
from django.utils import translation
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.models import CompanyMembership, Fleet, FleetMembership, Partnership
from core.failures import as_text
from core.models import Failure, Mail
from core.ulid import ULIDField
from core.values.bidi import with_names
from jobs.models.choices import FailureReason
from jobs.models.columns import JobColumns
from jobs.models.job_event import JobEvent
from jobs.notifications.event import FOR_DESK, OF_VERB
from jobs.notifications.preference import unsubscribe_path
from jobs.notifications.texts import NEXT_STEPS, SENTENCES

log = logging.getLogger(__name__)
MAILING = "jobs.tasks.mail_notifications"
# The pages of fleets; all others that a notification leads to are a company's.
OF_FLEET = "/fleetcontrol/"


def _of_working_fleet(user: Any) -> Q:
    """The condition that the page of a notification is one of a fleet that the person works in."""
    fleets = FleetMembership.objects.working().filter(user=user.pk)
    start = Concat(Value(OF_FLEET), F("fleet_id"), Value("/"))
    page = ExpressionWrapper(OuterRef("path"), models.CharField())
    pages = fleets.annotate(page=page).filter(page__startswith=start)
    return Q(path__startswith=OF_FLEET) & Q(Exists(pages))


def _of_working_company(user: Any) -> Q:
    """The same for the person's company. What was written before they joined is of a company that they have left."""
    memberships = CompanyMembership.objects.filter(user=user.pk)
    working = memberships.live().working()
    since = Exists(working.filter(created_at__lte=OuterRef("at")))
    has_left_another = Exists(memberships.filter(ended_at__isnull=False))
    works_since_then = Q(since) | Q(Exists(working)) & ~Q(has_left_another)
    return ~Q(path__startswith=OF_FLEET) & works_since_then


class NotificationQuerySet(models.QuerySet["Notification"]):
    def visible_to(self, user: Any) -> Self:
        """Those at the bell of the teams that the person works in now.

        Who has left a team, or is locked out together with it, no longer reads what happens there.
        """
        return self.filter(user=user.pk, bell=True).filter(
            Q(path="") | _of_working_fleet(user) | _of_working_company(user)
        )

    def unread(self) -> Self:
        return self.filter(read_at=None)

    def read(self) -> int:
        return self.unread().update(read_at=Now())

    def for_sentences(self) -> Self:
        """Load the rows that the sentences name, and as `event_reason` the reason in the job's history."""
        until_then = JobEvent.objects.filter(
            job=OuterRef("job"), verb=OuterRef("verb"), at__lte=OuterRef("at")
        )
        event_reason = Subquery(until_then.order_by("-seq").values("reason")[:1])
        return self.annotate(event_reason=event_reason).select_related(
            "user",
            "actor",
            "job__vehicle",
            "job__fleet__provider",
            "partnership__fleet__provider",
            "partnership__company",
        )

    @transaction.atomic
    def write_mails(self, most: int = 100) -> int:
        """Enqueue the mails of the rows that are due, and return the number of these rows. The row is the queue.

        A row whose mail cannot be written stays due, and stops no other.
        """
        waiting = self.filter(mail_due=True).exclude(pk__in=Failure.objects.resting(MAILING))
        rows = waiting.for_sentences().order_by("pk")
        due = rows.select_for_update(of=("self",), no_key=True, skip_locked=True)[:most]
        mails = []
        written = []
        for notification in due:
            try:
                mails += notification.mails()
            except Exception as error:
                log.exception("the mail of notification %s was not written", notification.pk)
                Failure.objects.record(MAILING, str(notification.pk), as_text(error))
            else:
                written.append(notification.pk)
        Mail.objects.enqueue_all(mails)
        self.filter(pk__in=written).update(mail_due=False)
        return len(written)


class Notification(models.Model):
    id = ULIDField(primary_key=True, verbose_name=gettext_lazy("ID"))
    user = models.ForeignKey(
        "accounts.User",
        models.PROTECT,
        related_name="notifications",
        verbose_name=gettext_lazy("user"),
    )
    verb = models.CharField(gettext_lazy("verb"), max_length=32)
    job = models.ForeignKey(
        "jobs.Job",
        models.PROTECT,
        null=True,
        related_name="notifications",
        verbose_name=gettext_lazy("job"),
    )
    partnership = models.ForeignKey(
        "accounts.Partnership",
        models.PROTECT,
        null=True,
        related_name="+",
        verbose_name=gettext_lazy("partnership"),
    )
    # A bulk action makes one notification, about `job` and others.
    count = models.PositiveIntegerField(gettext_lazy("count"), default=1)
    actor = models.ForeignKey(
        "accounts.User",
        models.PROTECT,
        null=True,
        related_name="+",
        verbose_name=gettext_lazy("actor"),
    )
    path = models.CharField(
        gettext_lazy("path"), max_length=200, blank=True
    )  # the page that it links to
    at = models.DateTimeField(gettext_lazy("at"), db_default=Now())
    bell = models.BooleanField(default=True)
    mail_due = models.BooleanField(default=False)
    read_at = models.DateTimeField(gettext_lazy("read at"), null=True, blank=True)

    # Set by `for_sentences`.
    event_reason: str | None

    objects = NotificationQuerySet.as_manager()

    class Meta:
        db_table = (
            "jobs_notice"  # renaming a table would lock out the running version during an upgrade
        )
        verbose_name = gettext_lazy("notification")
        verbose_name_plural = gettext_lazy("notifications")
        indexes = [
            models.Index("user", F("at").desc(), F("id").desc(), name="notice_of_user"),
            models.Index("user", condition=Q(read_at=None, bell=True), name="notice_unread"),
            models.Index("id", condition=Q(mail_due=True), name="notice_to_mail"),
        ]

    def __str__(self) -> str:
        return f"{self.user_id} {self.verb}"

    @property
    def fleet(self) -> Fleet | None:
        """The fleet that it is about. None for the agreement, and for a bulk action that changed no job."""
        if self.partnership:
            return self.partnership.fleet
        if self.job:
            return self.job.fleet
        return None

    @property
    def leads_to_job(self) -> bool:
        return self.job_id is not None and str(self.job_id) in self.path

    @property
    def _team(self) -> str:
        if self.fleet is None:
            return ""
        return f"{self.fleet.provider.name} {self.fleet.name}"

    @property
    def task(self) -> str:
        """The task of its job; "" for several jobs or a job without a task."""
        if self.job is None or self.count > 1:
            return ""
        return self.job.get_task_display()

    @property
    def number(self) -> str:
        """The number of its job; "" for several jobs."""
        if self.job is None or self.count > 1:
            return ""
        return self.job.names.number

    @property
    def sentence(self) -> str:
        """What happened, in the active language."""
        return with_names(
            SENTENCES[self.verb],
            who=self.actor.name if self.actor else _("The system"),
            job=self.job.names.in_sentence if self.job else "",
            partner=self.partnership.shown_name if self.partnership else "",
            team=self._team,
            count=self.count,
        )

    @property
    def reason(self) -> str:
        """The reason or comment of the actor. The notification must be loaded by `for_sentences`."""
        if self.count > 1 or self.job is None or self.verb == "release":
            return ""
        if self.verb in ("succeed", "fail"):
            return self._outcome(self.job)
        return self.event_reason or ""

    @staticmethod
    def _outcome(job: JobColumns) -> str:
        parts = []
        if job.failure_reason not in ("", FailureReason.OTHER):
            parts.append(FailureReason.label_of(job.failure_reason))
        if job.comment:
            parts.append(job.comment)
        return ": ".join(parts)

    # --- as a mail ----------------------------------------------------------------------------------------------------
    def mails(self) -> list[Mail]:
        """Its mail; none for an account that nobody can sign in to."""
        if self.user.is_active:
            return [self.mail()]
        return []

    def mail(self) -> Mail:
        """The mail of this notification, in its reader's language, with a link to unsubscribe."""
        if self.partnership:
            template = f"mails/{self.verb}"
            context = self._about_partnership(self.partnership)
        else:
            template = "mails/notice"
            context = self._about_job()
        context["path"] = self.path
        context["unsubscribe_path"] = unsubscribe_path(self.user, OF_VERB[self.verb])
        return Mail(
            to=self.user.email, template=template, context=context, **self.user.mail_settings
        )

    @staticmethod
    def _about_partnership(partnership: Partnership) -> dict[str, str]:
        fleet = partnership.fleet
        return {
            "partner": partnership.shown_name,
            "provider": fleet.provider.name,
            "fleet": fleet.name,
        }

    def _about_job(self) -> dict[str, str]:
        with translation.override(self.user.language):
            return {
                "sentence": self.sentence,
                "ask": str(NEXT_STEPS[self.verb]),
                "reason": self.reason,
                "team": self._team if OF_VERB[self.verb] in FOR_DESK else "",
                "task": self.task,
                "number": self.number,
            }
