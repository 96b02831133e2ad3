"""What API clients have called last, for the people of their fleet."""

from datetime import date
from typing import Any
from zoneinfo import ZoneInfo

from django.db import models
from django.db.models import Case, F, Q, Value, When
from django.db.models.functions import Now
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from core.sql import update_returning

# So many calls of each client are kept.
KEPT_CALLS = 100


class ApiClientUse(models.Model):
    """How often a client has called. A table of its own: a move that holds the client keeps no call waiting."""

    client = models.OneToOneField(
        "accounts.ApiClient", models.CASCADE, primary_key=True, related_name="use"
    )
    number = models.PositiveBigIntegerField(default=0)  # of all calls
    day = models.DateField(null=True)  # in the fleet's zone
    calls = models.PositiveIntegerField(default=0)  # on that day
    last_used_at = models.DateTimeField(null=True)

    class Meta:
        verbose_name = _("use of an API client")
        verbose_name_plural = _("use of API clients")

    def __str__(self) -> str:
        return f"{self.client_id} {self.number}"

    @classmethod
    def count(cls, client: Any) -> int:
        """Count a call and return its number."""
        today = today_of(client)
        on_same_day = Case(When(Q(day=today), then=F("calls") + 1), default=Value(1))
        rows = cls.objects.filter(pk=client.pk)
        changes = {
            "number": F("number") + 1,
            "calls": on_same_day,
            "day": today,
            "last_used_at": Now(),
        }
        counted = update_returning(rows, "number", **changes)
        if not counted:
            first: Any = cls(client_id=client.pk)
            cls.objects.bulk_create([first], ignore_conflicts=True)
            counted = update_returning(rows, "number", **changes)
        return counted[0][0]


class ApiCallQuerySet(models.QuerySet["ApiCall"]):
    def record(self, client: Any, **call: Any) -> None:
        """Keep a call in the place of the one that is `KEPT_CALLS` older. Two statements."""
        slot = ApiClientUse.count(client) % KEPT_CALLS
        row: Any = ApiCall(client=client, slot=slot, at=timezone.now(), **call)
        self.bulk_create(
            [row],
            update_conflicts=True,
            unique_fields=["client", "slot"],
            update_fields=["at", "method", "path", "status", "code", "flow_id"],
        )


class ApiCall(models.Model):
    client = models.ForeignKey(
        "accounts.ApiClient",
        models.CASCADE,
        related_name="calls",
        db_index=False,
        verbose_name=_("API client"),
    )
    slot = models.PositiveSmallIntegerField(editable=False)
    at = models.DateTimeField(_("time"))
    method = models.CharField(_("method"), max_length=7)
    path = models.CharField(_("path"), max_length=200)
    status = models.PositiveSmallIntegerField(_("status"))
    code = models.CharField(_("problem"), max_length=64, blank=True)
    flow_id = models.CharField(_("flow ID"), max_length=64, blank=True)

    objects = ApiCallQuerySet.as_manager()

    class Meta:
        verbose_name = _("call of an API client")
        verbose_name_plural = _("calls of API clients")
        constraints = [models.UniqueConstraint(fields=["client", "slot"], name="api_call_kept")]

    def __str__(self) -> str:
        return f"{self.method} {self.path} {self.status}"


def today_of(client: Any) -> date:
    """The day in the zone of the client's fleet."""
    return timezone.localdate(timezone=ZoneInfo(client.fleet.time_zone))
