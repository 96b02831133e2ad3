"""How long the records of operators are kept. What an operator did to a team stays: its people can read it."""

from datetime import datetime

from django.contrib.admin.models import LogEntry
from django.db.models import QuerySet

from accounts.models import WebhookDelivery
from core.models import OutboxMessage
from core.outbox.keeping import too_old
from core.retention import TASKS, kept

TASKS += ["accounts.tasks.forget_expired_sign_ins", "accounts.tasks.erase_closed"]


@kept("the admin's own log of changes", days=365)
def admin_log(before: datetime) -> QuerySet[LogEntry]:
    return LogEntry.objects.filter(action_time__lt=before)


@kept(
    "deliveries to webhooks that were set aside, and all answers (of the others the last 100 of each)",
    days=30,
)
def webhook_deliveries(before: datetime) -> QuerySet[WebhookDelivery]:
    WebhookDelivery.objects.forget_answers(before)
    return WebhookDelivery.objects.over(before)


# Each topic has its own time; the days are the longest.
@kept("messages to event consumers (states of vehicles 2)", days=7)
def messages(before: datetime) -> QuerySet[OutboxMessage]:
    return too_old()
