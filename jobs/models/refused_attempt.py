"""An attempt to use a vehicle that was refused because of the access of the person who made it."""

import logging
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from django.db import models, transaction
from django.db.models import F, Q
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from core.ulid import ULIDField
from jobs.models.vehicle_access import VehicleAccess
from telematics.verbs import VERBS

log = logging.getLogger(__name__)

# A phone that tries again and again counts up one row while its attempts are this near to each other.
SAME = timedelta(minutes=10)
# Refused because of the access, for every caller.
OF_ACCESS = frozenset(
    {
        "access_ended",
        "access_stopped",
        "agreement_missing",
        "agreement_required",
        "assignment_over",
        "company_suspended",
        "fleet_suspended",
        "not_holder",
        "vehicle_in_use",
    }
)
# These mean that an access is over where the person had one. Otherwise the call was not about an access.
OF_FORMER_ACCESS = frozenset({"not_allowed", "not_found", "wrong_status"})


class Attempted(models.TextChoices):
    """What is attempted besides the commands."""

    TAKE = "take", _("Take the job")
    LINK_UNIT = "link-unit", _("Link the unit")
    RENEW = "renew", _("Renew the access")
    REQUEST_TESTS = "request-tests", _("Request tests")
    CONFIRM_TEST = "confirm-test", _("Confirm a prompt")
    SHOW_STATE = "show-state", _("Show the state")
    SHOW_COMMAND = "show-command", _("Show a command")


class RefusedAttemptQuerySet(models.QuerySet["RefusedAttempt"]):
    def of_access(self, access: VehicleAccess) -> "RefusedAttemptQuerySet":
        """Those of its holder, and of people who never had an access for the same job."""
        return self.filter(Q(access=access) | Q(access=None, job=access.job_id))

    def last_before(self, time: datetime) -> "RefusedAttemptQuerySet":
        return self.filter(last_at__lt=time)

    def note(
        self,
        person: User,
        verb: str,
        code: str,
        *,
        job: Any = None,
        former: Mapping[str, Any] | None = None,
    ) -> "RefusedAttempt | None":
        """Record a refusal in a transaction of its own, if it was because of the access. Never raises.

        `job` is the job that the person sees. Without one, the conditions `former` find the last access that they had.
        Call it after the transaction of the refused call was rolled back.
        """
        if code not in OF_ACCESS and code not in OF_FORMER_ACCESS:
            return None
        try:
            with transaction.atomic(durable=True):
                return self._note(person, verb, code, {"job": job} if job else former or {}, job)
        except Exception:  # the refusal is the answer, whatever happens to its record
            log.exception("A refused attempt was not recorded: %s %s", verb, code)
            return None

    def _note(
        self, person: User, verb: str, code: str, where: Mapping[str, Any], job: Any
    ) -> "RefusedAttempt | None":
        accesses = VehicleAccess.objects.filter(key__holder=person, **where)
        access = accesses.select_related("key", "job").order_by("-pk").first()
        if access is None and (job is None or code in OF_FORMER_ACCESS):
            return None
        vehicle = access.key.vehicle_id if access else job.vehicle_id
        about = {
            "job": access.job if access else job,
            "person": person,
            "verb": verb,
            "code": code,
        }
        return self._count_up(about) or self.create(access=access, vehicle_id=vehicle, **about)

    def _count_up(self, about: dict[str, Any]) -> "RefusedAttempt | None":
        recent = self.filter(**about, last_at__gt=Now() - SAME).order_by("-pk").first()
        if recent is not None:
            self.filter(pk=recent.pk).update(times=F("times") + 1, last_at=Now())
        return recent


class RefusedAttempt(models.Model):
    """Written once the refused call has been rolled back. Of repeated attempts the row is the first."""

    id = ULIDField(primary_key=True, verbose_name=_("ID"))
    job = models.ForeignKey(
        "jobs.Job", models.PROTECT, related_name="refused_attempts", verbose_name=_("job")
    )
    vehicle = models.ForeignKey(
        "telematics.Vehicle",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("vehicle"),
    )
    person = models.ForeignKey(
        "accounts.User", models.PROTECT, related_name="+", verbose_name=_("person")
    )
    access = models.ForeignKey(
        "jobs.VehicleAccess",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="refused_attempts",
        verbose_name=_("vehicle access"),
    )
    verb = models.CharField(
        _("what was attempted"), max_length=30, choices=[*Attempted.choices, *VERBS.items()]
    )
    code = models.CharField(_("code"), max_length=64)
    times = models.PositiveIntegerField(_("times"), default=1, db_default=1)
    at = models.DateTimeField(_("at"), db_default=Now())
    last_at = models.DateTimeField(_("last time"), db_default=Now(), db_index=True)

    objects = RefusedAttemptQuerySet.as_manager()

    class Meta:
        verbose_name = _("refused attempt")
        verbose_name_plural = _("refused attempts")
        ordering = ["id"]

    def __str__(self) -> str:
        return f"{self.verb} {self.code}"
