"""Whether somebody wants to be told, by bell and by mail. What nobody chose is as the product has it."""

from django.core import signing
from django.db import models, transaction
from django.utils.translation import gettext_lazy as _

from jobs.models.notice_event import MAILED, NoticeEvent

SALT = "no more mails of this kind"


class NoticePreferenceQuerySet(models.QuerySet):
    @transaction.atomic
    def choose(self, user, choices: dict[str, tuple[bool, bool]]) -> None:
        """Of each event given: bell, mail."""
        self.bulk_create(
            [NoticePreference(user=user, event=event, bell=bell, mail=mail) for event, (bell, mail) in choices.items()],
            update_conflicts=True,
            unique_fields=["user", "event"],
            update_fields=["bell", "mail"],
        )

    def chosen_by(self, user) -> dict[str, tuple[bool, bool]]:
        """Of every event: bell, mail."""
        kept = {
            event: (bell, mail) for event, bell, mail in self.filter(user=user).values_list("event", "bell", "mail")
        }
        return {event: kept.get(event, (True, event in MAILED)) for event in NoticeEvent.values}

    def stop_mails(self, user, events) -> None:
        chosen = self.chosen_by(user)
        self.choose(user, {event: (chosen[event][0], False) for event in events})


class NoticePreference(models.Model):
    user = models.ForeignKey("accounts.User", models.CASCADE, related_name="notice_preferences", verbose_name=_("user"))
    event = models.CharField(_("event"), max_length=16, choices=NoticeEvent)
    bell = models.BooleanField(_("bell"), default=True)
    mail = models.BooleanField(_("mail"), default=True)

    objects = NoticePreferenceQuerySet.as_manager()

    class Meta:
        verbose_name, verbose_name_plural = _("notice preference"), _("notice preferences")
        constraints = [models.UniqueConstraint(fields=["user", "event"], name="notice_preference_once")]

    def __str__(self) -> str:
        return f"{self.user_id} {self.event}"


def unsubscribe_path(user, event: str) -> str:
    """Good for ever and for this alone: whoever holds the mail can stop mails of its kind, without signing in."""
    return f"/accounts/notices/off/{signing.dumps([user.pk, event], salt=SALT)}/"


def read_unsubscribe_token(token: str) -> tuple[int, str]:
    """(user's key, event). Raises signing.BadSignature."""
    pk, event = signing.loads(token, salt=SALT)
    return pk, event
