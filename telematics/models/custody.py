"""Which company holds a unit of a fleet: one it was handed for its jobs, or one that it took out of a vehicle."""

from typing import Any, Self

from django.db import models, transaction
from django.db.models import Q
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from accounts.models import ApiClient, Company, Fleet, FleetMembership, Partnership, User
from accounts.models.user import person_of
from core.errors import MoveRefused
from core.ulid import ULIDField
from telematics.models.unit import Unit

Actor = User | ApiClient | None
WRITERS = (FleetMembership.Role.ADMIN, FleetMembership.Role.MANAGER)


class Start(models.TextChoices):
    HANDED_OVER = "HANDED_OVER", _("Handed over by the fleet")
    TAKEN_OUT = "TAKEN_OUT", _("Taken out of a vehicle")


class End(models.TextChoices):
    RECEIVED = "RECEIVED", _("Received by the fleet")
    MOUNTED = "MOUNTED", _("Mounted in a vehicle")
    PASSED_ON = "PASSED_ON", _("Held by another company")


class CustodyQuerySet(models.QuerySet["Custody"]):
    def visible_to(self, principal: User | ApiClient) -> Self:
        """The custodies of the units of the principal's fleets."""
        return self.filter(unit__in=Unit.objects.visible_to(principal).values("pk"))

    def open(self) -> Self:
        return self.filter(ended_at=None)

    def end(self, end: End, *, by: Actor) -> int:
        """End the open ones and return their number. The caller holds the units locked."""
        return self.open().update(ended_at=Now(), end=end, ended_by=person_of(by))

    def begin(self, unit: Unit, company: str, start: Start, *, by: Actor) -> "Custody":
        """Record that the company holds the unit from now on. The caller holds the unit locked."""
        self.filter(unit=unit).end(End.PASSED_ON, by=by)
        return self.create(unit=unit, company_id=company, start=start, started_by=person_of(by))

    @transaction.atomic
    def hand_over(self, qnr: str, company: Company, *, fleet: Fleet, by: User) -> "Custody":
        """Record that the fleet has given a unit of its stock to a partner.

        Raises NotAllowed, MoveRefused `not_a_partner`, `unit_not_available`, `unit_held`.
        """
        Partnership.lock_accepted(fleet, company)
        by.lock_membership(of=fleet, roles=WRITERS)
        unit = Unit.objects.lock_in_stock(qnr, fleet)
        if self.open().filter(unit=unit).exists():
            raise MoveRefused("unit_held")
        return self.begin(unit, company.pk, Start.HANDED_OVER, by=by)

    @transaction.atomic
    def receive(self, unit: Unit, *, by: User) -> None:
        """Record that the fleet has its unit back. Raises NotAllowed, MoveRefused `unit_not_held`."""
        if unit.fleet is None:
            raise MoveRefused("unit_not_held")
        by.lock_membership(of=unit.fleet, roles=WRITERS)
        Unit.objects.lock(unit.pk)
        if not self.filter(unit=unit).end(End.RECEIVED, by=by):
            raise MoveRefused("unit_not_held")


class Custody(models.Model):
    """From when to when a company held a unit, and who began and ended it. Rows are history and stay."""

    id = ULIDField(primary_key=True, verbose_name=_("ID"))
    unit = models.ForeignKey(
        "telematics.Unit", models.PROTECT, related_name="custodies", verbose_name=_("unit")
    )
    company = models.ForeignKey(
        "accounts.Company", models.PROTECT, related_name="custodies", verbose_name=_("company")
    )
    start = models.CharField(_("reason"), max_length=12, choices=Start)
    started_at = models.DateTimeField(_("since"), db_default=Now())
    started_by = models.ForeignKey(
        "accounts.User",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("started by"),
    )
    end = models.CharField(_("reason of the end"), max_length=12, choices=End, blank=True)
    ended_at = models.DateTimeField(_("ended"), null=True, blank=True)
    ended_by = models.ForeignKey(
        "accounts.User",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("ended by"),
    )

    objects = CustodyQuerySet.as_manager()

    class Meta:
        verbose_name = _("custody")
        verbose_name_plural = _("custodies")
        ordering = ["-id"]
        constraints = [
            models.UniqueConstraint(
                fields=["unit"],
                condition=Q(ended_at=None),
                name="unit_held_by_one_company",
                violation_error_code="unit_held",
            )
        ]

    def __str__(self) -> str:
        return f"{self.unit_id} · {self.company_id}"


def held(unit: Any, *names: str) -> models.QuerySet:
    """Return a subquery for values of the open custody of a unit; `unit` is an OuterRef."""
    return Custody.objects.open().filter(unit=unit).values(*names)[:1]
