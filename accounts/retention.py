"""How long the records of operators are kept. What an operator did to a team stays: its people can read it."""

from datetime import datetime

from django.contrib.admin.models import LogEntry
from django.db.models import QuerySet

from core.retention import kept


@kept("the admin's own log of changes", days=365)
def admin_log(before: datetime) -> QuerySet[LogEntry]:
    return LogEntry.objects.filter(action_time__lt=before)
