"""Which company holds a unit of a fleet: one it was handed for its jobs, or one that it took out of a vehicle."""

from collections.abc import Mapping
from typing import Any, Self

from django.db import models, transaction
from django.db.models import Exists, F, OuterRef, Q, Value
from django.db.models.functions import Cast, Now
from django.utils.translation import gettext_lazy as _

from accounts.models import ApiClient, Company, Fleet, Partnership, User
from accounts.models.membership import MANAGING
from accounts.models.user import person_of
from core.errors import MoveRefused
from core.sql import ValueByKey, among, insert_select
from core.ulid import ULIDField, new_ulid
from telematics.models.unit import Unit

Actor = User | ApiClient | None


class Start(models.TextChoices):
    HANDED_OVER = "HANDED_OVER", _("Handed over by the fleet")
    ASSIGNED = "ASSIGNED", _("Planned in a job assigned to the company")
    TAKEN_OUT = "TAKEN_OUT", _("Taken out of a vehicle")


class End(models.TextChoices):
    RECEIVED = "RECEIVED", _("Received by the fleet")
    MOUNTED = "MOUNTED", _("Mounted in a vehicle")
    PASSED_ON = "PASSED_ON", _("Held by another company")
    MOVED = "MOVED", _("Moved to another fleet by operators")


class CustodyQuerySet(models.QuerySet["Custody"]):
    def visible_to(self, principal: User | ApiClient) -> Self:
        """Those that began while the unit was in one of the principal's fleets, wherever it is now."""
        return self.filter(fleet__in=Fleet.objects.visible_to(principal))

    def open(self) -> Self:
        return self.filter(ended_at=None)

    def end(self, end: End, *, by: Actor) -> int:
        """End the open ones and return their number. The caller holds the units locked."""
        return self.open().update(ended_at=Now(), end=end, ended_by=person_of(by))

    def begin(self, unit: Unit, company: str, start: Start, *, by: Actor) -> "Custody":
        """Record that the company holds the unit from now on. The caller holds the unit locked."""
        self.filter(unit=unit).end(End.PASSED_ON, by=by)
        return self.create(
            unit=unit,
            fleet_id=unit.fleet_id,
            company_id=company,
            start=start,
            started_by=person_of(by),
        )

    def end_in_former_fleet(self, unit: Unit, *, by: Actor) -> None:
        """End the open one of a unit that operators have moved to another fleet."""
        self.filter(unit=unit).exclude(fleet=unit.fleet_id).end(End.MOVED, by=by)

    def begin_with_jobs(self, planned: Mapping[str, str], *, by: Actor) -> None:
        """Record that companies hold the units that are planned in the jobs assigned to them: QNR → company.

        Those that they hold already, and those in vehicles, stay as they are. The caller holds the units locked.
        One statement for any number; where a company held one before, or one is in a vehicle, up to three.
        """
        if planned and self._begin_where_nobody_holds(planned, by) < len(planned):
            self._pass_on(planned, by)

    @staticmethod
    def _begin_where_nobody_holds(planned: Mapping[str, str], by: Actor) -> int:
        """Insert the custodies of those in stock that nobody holds, and return their number."""
        ids = ValueByKey({qnr: new_ulid() for qnr in planned}, Custody._meta.pk)
        company = ValueByKey(planned, Company._meta.pk)
        person = person_of(by)
        units = Unit.objects.in_stock().filter(
            ~Exists(Custody.objects.open().filter(unit=OuterRef("pk"))), pk__in=among(planned)
        )
        columns: dict[str, Any] = {
            "id": ids,
            "unit": F("pk"),
            "fleet": F("fleet"),
            "company": company,
            "start": Value(Start.ASSIGNED.value),
            "end": Value(""),
            "started_by": Cast(Value(person and person.pk), models.BigIntegerField()),
        }
        return insert_select(Custody, [*columns], units.values_list(*columns.values()))

    def _pass_on(self, planned: Mapping[str, str], by: Actor) -> None:
        """The same for those in stock that other companies hold, of which each ends."""
        in_stock = Unit.objects.in_stock().filter(pk__in=among(planned))
        company = ValueByKey(planned, Company._meta.pk, of="unit")
        others = self.filter(unit__in=in_stock).exclude(company=company)
        if others.end(End.PASSED_ON, by=by):
            self._begin_where_nobody_holds(planned, by)

    @transaction.atomic
    def hand_over(self, qnr: str, company: Company, *, fleet: Fleet, by: User) -> "Custody":
        """Record that the fleet has given a unit of its stock to a partner.

        Raises NotAllowed, MoveRefused `not_a_partner`, `unit_not_available`, `unit_held`.
        """
        Partnership.lock_accepted(fleet, company)
        by.lock_membership(of=fleet, roles=MANAGING)
        unit = Unit.objects.lock_in_stock(qnr, fleet)
        if self.open().filter(unit=unit).exists():
            raise MoveRefused("unit_held")
        return self.begin(unit, company.pk, Start.HANDED_OVER, by=by)

    @transaction.atomic
    def receive(self, unit: Unit, *, by: User) -> None:
        """Record that the fleet has its unit back. Raises NotAllowed, MoveRefused `unit_not_held`."""
        if unit.fleet is None:
            raise MoveRefused("unit_not_held")
        by.lock_membership(of=unit.fleet, roles=MANAGING)
        Unit.objects.lock(unit.pk)
        if not self.filter(unit=unit).end(End.RECEIVED, by=by):
            raise MoveRefused("unit_not_held")


class Custody(models.Model):
    """From when to when a company held a unit, and who began and ended it. Rows are history and stay."""

    id = ULIDField(primary_key=True, verbose_name=_("ID"))
    unit = models.ForeignKey(
        "telematics.Unit", models.PROTECT, related_name="custodies", verbose_name=_("unit")
    )
    # That of the unit when it began. Where operators move the unit, the next fleet does not see it.
    fleet = models.ForeignKey(
        "accounts.Fleet",
        models.PROTECT,
        null=True,
        related_name="custodies",
        verbose_name=_("fleet"),
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
