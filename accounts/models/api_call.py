"""What API clients have called last, for the people of their fleet."""

from datetime import date
from typing import Any

from django.db import connections, models, transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

# So many calls of each client are kept.
KEPT_CALLS = 100
# Every call of OneAPI pays for these: the ORM would need three statements and a transaction.
COUNT = """
INSERT INTO accounts_apiclientuse AS used (client_id, number, day, calls, last_used_at)
VALUES (%(client)s, 1, %(day)s, 1, %(at)s)
ON CONFLICT (client_id) DO UPDATE SET
    number = used.number + 1,
    calls = CASE WHEN used.day = excluded.day THEN used.calls + 1 ELSE 1 END,
    day = excluded.day,
    last_used_at = excluded.last_used_at
RETURNING number
"""
KEEP = """
INSERT INTO accounts_apicall (client_id, slot, at, method, path, status, code, flow_id)
SELECT %(client)s, number %% %(kept)s, %(at)s, %(method)s, %(path)s, %(status)s, %(code)s, %(flow_id)s
FROM counted WHERE true
ON CONFLICT (client_id, slot) DO UPDATE SET
    at = excluded.at,
    method = excluded.method,
    path = excluded.path,
    status = excluded.status,
    code = excluded.code,
    flow_id = excluded.flow_id
"""


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
        indexes = [models.Index(fields=["day"], name="api_client_use_by_day")]

    def __str__(self) -> str:
        return f"{self.client_id} {self.number}"


class ApiCallQuerySet(models.QuerySet["ApiCall"]):
    def record(self, client: Any, *, code: str = "", flow_id: str = "", **call: Any) -> None:
        """Keep a call in the place of the one that is `KEPT_CALLS` older. One statement on PostgreSQL."""
        connection = connections[self.db]
        values = call | {
            "client": client.pk,
            "day": connection.ops.adapt_datefield_value(today_of(client)),
            "at": connection.ops.adapt_datetimefield_value(timezone.now()),
            "kept": KEPT_CALLS,
            "code": code,
            "flow_id": flow_id,
        }
        if connection.vendor == "postgresql":
            with connection.cursor() as cursor:
                cursor.execute(f"WITH counted AS ({COUNT}) {KEEP}", values)
            return
        with transaction.atomic(), connection.cursor() as cursor:
            values["number"] = cursor.execute(COUNT, values).fetchone()[0]
            cursor.execute(f"WITH counted AS (SELECT %(number)s AS number) {KEEP}", values)


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
        indexes = [models.Index(fields=["flow_id"], name="api_call_by_flow")]

    def __str__(self) -> str:
        return f"{self.method} {self.path} {self.status}"


def today_of(client: Any) -> date:
    """The day in the zone of the client's fleet."""
    return client.fleet.today
