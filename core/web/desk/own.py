"""The ground's own numbers."""

from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from core.failures import LIMIT, Failure
from core.models import Mail, OutboxMessage
from core.web.desk.numbers import care, midnight, today


@care("failed-mails", _("failed mails"), Mail)
def failed_mails() -> QuerySet[Mail]:
    return Mail.objects.filter(status=Mail.Status.FAILED)


@care("failing-rows", _("rows whose task keeps failing"), Failure)
def failing_rows() -> QuerySet[Failure]:
    return Failure.objects.filter(count__gte=LIMIT)


@today("messages-today", _("messages written"), OutboxMessage)
def messages_today() -> QuerySet[OutboxMessage]:
    return OutboxMessage.objects.filter(occurred_at__gte=midnight())
