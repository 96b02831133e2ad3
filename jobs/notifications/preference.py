"""Which notifications a person wants, by bell and by mail. Events that they have not chosen have the defaults."""

from collections.abc import Iterable
from typing import Any

from django.core import signing
from django.db import models, transaction
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from jobs.notifications.event import MAILED, NotificationEvent

SALT = "no more mails of this kind"


class NotificationPreferenceQuerySet(models.QuerySet["NotificationPreference"]):
    @transaction.atomic
    def choose(self, user: User, choices: dict[str, tuple[bool, bool]]) -> None:
        """Save `choices`: event → bell, mail."""
        rows: list[Any] = []
        for event, (bell, mail) in choices.items():
            rows.append(
                NotificationPreference(
                    user=user,
                    event=event,
                    bell=bell,
                    mail=mail,
                )
            )
        self.bulk_create(
            rows,
            update_conflicts=True,
            unique_fields=["user", "event"],
            update_fields=["bell", "mail"],
        )

    def chosen_by(self, user: User) -> dict[str, tuple[bool, bool]]:
        """Every event → bell, mail."""
        choices = {event.value: (True, event in MAILED) for event in NotificationEvent}
        for event, bell, mail in self.filter(user=user).values_list("event", "bell", "mail"):
            choices[event] = (bell, mail)
        return choices

    def stop_mails(self, user: User, events: Iterable[str]) -> None:
        chosen = self.chosen_by(user)
        without_mail = {}
        for event in events:
            bell, _mail = chosen[event]
            without_mail[event] = (bell, False)
        self.choose(user, without_mail)


class NotificationPreference(models.Model):
    user = models.ForeignKey(
        "accounts.User",
        models.CASCADE,
        related_name="notification_preferences",
        verbose_name=_("user"),
    )
    event = models.CharField(_("event"), max_length=16, choices=NotificationEvent)
    bell = models.BooleanField(_("bell"), default=True)
    mail = models.BooleanField(_("mail"), default=True)

    objects = NotificationPreferenceQuerySet.as_manager()

    class Meta:
        db_table = "jobs_noticepreference"
        verbose_name = _("notification preference")
        verbose_name_plural = _("notification preferences")
        constraints = [
            models.UniqueConstraint(fields=["user", "event"], name="notice_preference_once")
        ]

    def __str__(self) -> str:
        return f"{self.user_id} {self.event}"


def unsubscribe_path(user: User, event: str) -> str:
    """A link in mails, valid for good, that stops mails of this event without signing in and allows nothing else."""
    return f"/accounts/notices/off/{signing.dumps([user.pk, event], salt=SALT)}/"


def read_unsubscribe_token(token: str) -> tuple[int, str]:
    """Return the user's key and the event. Raises signing.BadSignature."""
    pk, event = signing.loads(token, salt=SALT)
    return pk, event
