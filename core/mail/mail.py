from datetime import timedelta
from typing import Any
from urllib.parse import urlsplit

import structlog
from django.conf import settings
from django.core.mail import EmailMultiAlternatives
from django.core.serializers.json import DjangoJSONEncoder
from django.db import models
from django.db.models import F
from django.db.models.functions import Coalesce, Now
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from core.mail import letter
from core.mail.verdict import is_permanent
from core.tasks import RETRY, nudge
from core.ulid import ULIDField
from core.values.addresses import AddressField

log = structlog.get_logger(__name__)
# How long after each attempt the next one is due; after the last one the mail has failed.
PAUSES = [timedelta(minutes=minutes) for minutes in (1, 5, 15, 60, 240, 720)]

# An attempt takes no longer.
SENDING = timedelta(minutes=1)


class MailQuerySet(models.QuerySet["Mail"]):
    def enqueue(
        self,
        *,
        template: str,
        context: dict[str, Any],
        to: str = "",
        user: Any = None,
        language: str = "",
        time_zone: str = "",
        on_behalf_of: str = "",
    ) -> "Mail":
        """Write a mail in the caller's transaction; it leaves after the commit.

        `context` is what the template needs, as JSON; its `path` is a path of ours. A known receiver is `user`.
        `on_behalf_of` is the party whose mails are counted, as text.
        """
        options = (
            user.mail_settings
            if user
            else {
                "language": language or settings.LANGUAGE_CODE,
                "time_zone": time_zone or settings.TIME_ZONE,
            }
        )
        mail = self.create(
            to=to or user.email,
            template=template,
            context=context,
            on_behalf_of=on_behalf_of,
            **options,
        )
        nudge("core.tasks.send_mail", mail.pk)
        return mail

    def enqueue_all(self, mails: list["Mail"]) -> None:
        """The same for many, each already addressed."""
        for mail in self.bulk_create(mails):
            nudge("core.tasks.send_mail", mail.pk)

    def due(self) -> "MailQuerySet":
        """Mails that a sweep nudges, which postpones them by RETRY."""
        return self.filter(status=Mail.Status.QUEUED, due_at__lte=timezone.now())

    def unsent(self) -> "MailQuerySet":
        """Mails that can be sent again now: failed, or waiting and not being sent at this moment.

        One that bounced was sent, and its links were not kept.
        """
        now = timezone.now()
        being_sent = models.Q(pk=None)
        for attempts, pause in enumerate(PAUSES, 1):
            being_sent |= models.Q(attempts=attempts, due_at__gt=now + pause - SENDING)
        waiting = self.filter(status=Mail.Status.QUEUED).exclude(being_sent)
        return self.filter(status=Mail.Status.FAILED, sent_at=None) | waiting

    def claimable(self) -> "MailQuerySet":
        """Mails that no worker has claimed lately: they are due, or a sweep has just nudged them."""
        return self.filter(status=Mail.Status.QUEUED, due_at__lte=timezone.now() + RETRY)


class Mail(models.Model):
    """A mail. The row is the queue: written with the change it reports, sent by a worker, swept until it is sent."""

    class Status(models.TextChoices):
        QUEUED = "QUEUED", _("Queued")
        SENT = "SENT", _("Sent")
        FAILED = "FAILED", _("Failed")

    id = ULIDField(primary_key=True, verbose_name=_("ID"))
    to = AddressField(_("to"))
    template = models.CharField(_("template"), max_length=100)
    context = models.JSONField(_("context"), default=dict, encoder=DjangoJSONEncoder)
    language = models.CharField(_("language"), max_length=8)
    time_zone = models.CharField(_("time zone"), max_length=64)
    status = models.CharField(
        _("status"), max_length=8, choices=Status, default=Status.QUEUED, editable=False
    )
    attempts = models.PositiveSmallIntegerField(_("attempts"), default=0, editable=False)
    due_at = models.DateTimeField(_("due"), default=timezone.now, editable=False)
    error = models.TextField(_("error"), blank=True, editable=False)
    on_behalf_of = models.CharField(
        _("on behalf of"), max_length=64, blank=True, default="", db_default="", editable=False
    )
    created_at = models.DateTimeField(_("created"), auto_now_add=True)
    sent_at = models.DateTimeField(_("sent"), null=True, editable=False)

    objects = MailQuerySet.as_manager()

    class Meta:
        verbose_name = _("mail")
        verbose_name_plural = _("mails")
        ordering = ["-pk"]
        indexes = [
            models.Index(
                fields=["due_at"],
                condition=models.Q(status="QUEUED"),
                name="mail_due",
            ),
            models.Index(fields=["status"], condition=~models.Q(status="SENT"), name="mail_unsent"),
            models.Index(
                fields=["on_behalf_of", "created_at"],
                condition=~models.Q(on_behalf_of=""),
                name="mail_by_party",
            ),
            models.Index(fields=["to", "-id"], name="mail_by_address"),
        ]

    def __str__(self) -> str:
        return f"{self.template} · {self.to}"

    def send(self) -> None:
        """Try once, unless another worker does. An error is kept, and the mail is tried again later."""
        if not self._claim():
            return
        try:
            self._message().send()
        except Exception as error:  # whatever a mail server or a broken template may raise
            self._put_back(error)
        else:
            # The links in it are secrets of the recipient: they are not kept.
            self._settle(
                status=self.Status.SENT,
                sent_at=timezone.now(),
                error="",
                context={},
            )

    def send_again(self) -> None:
        """An operator's click on one that is not sent. Its attempts begin again."""
        unsent = Mail.objects.filter(pk=self.pk).unsent()
        if unsent.update(
            status=self.Status.QUEUED,
            attempts=0,
            due_at=timezone.now(),
        ):
            nudge("core.tasks.send_mail", self.pk)

    def bounce(self, reason: str) -> None:
        """It was sent and could not be delivered. The report may come before the sending has been noted."""
        accepted = Mail.objects.filter(pk=self.pk).exclude(status=self.Status.FAILED)
        changed = accepted.filter(attempts__gt=0).update(
            status=self.Status.FAILED,
            sent_at=Coalesce("sent_at", Now()),
            error=reason[:1000],
            context={},
        )
        if changed:
            log.warning("mail_bounced", mail=str(self.pk), template=self.template)

    def _claim(self) -> bool:
        """Move the next attempt away before this one begins: a second worker finds nothing to claim."""
        pause = PAUSES[min(self.attempts, len(PAUSES) - 1)]
        mine = Mail.objects.claimable().filter(pk=self.pk, attempts=self.attempts)
        return bool(mine.update(attempts=F("attempts") + 1, due_at=timezone.now() + pause))

    def _put_back(self, error: Exception) -> None:
        over = is_permanent(error) or self.attempts + 1 >= len(PAUSES)
        # Never the text of the error, which names the recipient.
        log.warning(
            "mail_failed",
            mail=str(self.pk),
            template=self.template,
            attempt=self.attempts + 1,
            given_up=over,
            error=type(error).__name__,
        )
        self._settle(
            status=self.Status.FAILED if over else self.Status.QUEUED,
            error=f"{type(error).__name__}: {error}"[:1000],
        )

    def _settle(self, **changes: Any) -> None:
        Mail.objects.filter(pk=self.pk, status=self.Status.QUEUED).update(**changes)
        self.refresh_from_db()

    @property
    def message_id(self) -> str:
        """The same for every attempt, so that a mail program shows a mail that was sent twice once."""
        return f"<{self.pk}@{urlsplit(settings.BASE_URL).hostname}>"

    def _reported_by(self) -> dict[str, str]:
        """The header by which a service names this mail in its reports."""
        from core.mail.bounces import SERVICES

        service = SERVICES.get(settings.MAIL_BOUNCES_FROM)
        if service is None:
            return {}
        return {service.header: service.content(str(self.pk))}

    def _message(self) -> EmailMultiAlternatives:
        written = letter.render(
            self.template, self.context, language=self.language, time_zone=self.time_zone
        )
        headers = {"Auto-Submitted": "auto-generated", "Message-ID": self.message_id}
        headers |= letter.unsubscribing(self.context)
        headers |= self._reported_by()
        message = EmailMultiAlternatives(
            written.subject, written.text, to=[self.to], headers=headers
        )
        message.attach_alternative(written.html, "text/html")
        return message
