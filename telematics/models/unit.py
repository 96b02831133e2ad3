"""The telematics unit, known by its QNR. It is in stock until it is mounted in a vehicle."""

from collections.abc import Collection, Iterable, Mapping
from typing import Any

from django.core.exceptions import ValidationError
from django.db import IntegrityError, models, transaction
from django.db.models import Exists, F, OuterRef, Q
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from accounts.models import ApiClient, Fleet, User
from accounts.models.membership import MANAGING
from core.errors import MoveRefused, NotAllowed
from telematics.models.unit_event import UnitEvent
from telematics.refusals import (
    UNIT_ENTERED,
    UNIT_IN_VEHICLE,
    UNIT_IS_RETIRED,
    UNIT_NOT_ENTERED,
    UNIT_NOT_IN_STOCK,
    UNIT_RESERVED,
)
from telematics.signals import units_spoken_for
from telematics.values import NAMING_QNR, QnrField, qnr_validator


class UnitQuerySet(models.QuerySet["Unit"]):
    def visible_to(self, principal: User | ApiClient) -> "UnitQuerySet":
        """Units of the fleets that the principal may see."""
        return self.filter(fleet__in=Fleet.objects.visible_to(principal))

    def in_service(self) -> "UnitQuerySet":
        return self.filter(retired_at__isnull=True)

    def in_stock(self) -> "UnitQuerySet":
        """In service and in no vehicle."""
        return self.in_service().filter(vehicle__isnull=True)

    def in_stock_of(self, fleet: Fleet) -> "UnitQuerySet":
        """The same for one fleet, whose units are in its own vehicles: both are read in the order of the QNR."""
        from telematics.models.vehicle import Vehicle

        mounted = Vehicle.objects.filter(fleet=fleet, unit=OuterRef("pk"))
        return self.in_service().filter(~Exists(mounted), fleet=fleet)

    # --- which units are free: the one rule ----------------------------------------------------------------------
    def free(self, *, vehicle: Any = None, job: Any = None) -> "UnitQuerySet":
        """In stock and reserved by no open job, so they may be planned, mounted, retired or moved to another fleet.

        For a `vehicle`, the unit in it is free too; for a `job`, what this job reserves. Both are primary keys, or
        OuterRefs in a subquery.
        """
        in_place = Q(vehicle__isnull=True)
        if vehicle is not None:
            in_place |= Q(vehicle=vehicle)
        return self.in_service().filter(in_place).exclude_reserved(job)

    def free_for(self, job: Any) -> "UnitQuerySet":
        """Units that this job of a fleet may plan or mount."""
        return self.free(vehicle=job.vehicle_id, job=job.pk).filter(fleet=job.fleet_id)

    def exclude_reserved(self, job: Any = None) -> "UnitQuerySet":
        """Leave out what open jobs reserve, other than `job`. The floor above knows them."""
        answers: list[Any] = units_spoken_for.send(sender=Unit, job=job)
        return self.filter(*(~reserved for _receiver, reserved in answers))

    # --- locks ----------------------------------------------------------------------------------------------------
    def lock(self, qnr: str) -> "Unit | None":
        """Lock the unit and return it."""
        return self.select_for_update(of=("self",), no_key=True).filter(pk=qnr).first()

    def lock_all(self, qnrs: Iterable[str | None]) -> dict[str, "Unit"]:
        """Lock several at once, in the order of their keys. Return them by QNR."""
        return {unit.pk: unit for unit in self.to_lock(qnrs)}

    def to_lock(self, qnrs: Iterable[str | None]) -> "UnitQuerySet":
        """What `lock_all` reads."""
        rows = self.filter(pk__in=[qnr for qnr in qnrs if qnr]).order_by("pk")
        return rows.select_for_update(of=("self",), no_key=True)

    def lock_free(self, qnr: str, fleet: Fleet) -> "Unit":
        """Lock a unit of the stock that no open job reserves. Raises MoveRefused `unit_not_available`."""
        unit = self.lock_in_stock(qnr, fleet)
        if not self.free().filter(pk=unit.pk).exists():
            raise MoveRefused("unit_not_available", UNIT_RESERVED)
        return unit

    def lock_in_stock(self, qnr: str, fleet: Fleet) -> "Unit":
        """Lock a unit of the stock. Raises MoveRefused `unit_not_available`.

        A unit of another fleet, a mounted, a retired and an unknown one get the same refusal: a caller who names a
        unit does not learn where it is.
        """
        unit = self.lock(qnr)
        if unit is None or not self.in_stock().filter(pk=qnr, fleet=fleet).exists():
            raise MoveRefused("unit_not_available", UNIT_NOT_IN_STOCK)
        return unit

    # --- entering and retiring ------------------------------------------------------------------------------------
    def found_by(self, text: str) -> "UnitQuerySet":
        """Search by any part of the QNR. Ignores case, blanks and hyphens."""
        return self.filter(pk__contains=NAMING_QNR.canonical(text))

    def why_not_entered(self, qnrs: Collection[str], fleet: Fleet) -> dict[str, str]:
        """Why the fleet cannot enter these, by QNR. One statement.

        A unit of another fleet is refused in the same way as one that operators keep back: whose it is stays unknown.
        """
        known = self.filter(pk__in=qnrs).values_list("pk", "fleet", "retired_at")
        return {qnr: _why_not_entered(owner == fleet.pk, retired) for qnr, owner, retired in known}

    @transaction.atomic
    def enter_all(self, qnrs: Collection[str], *, fleet: Fleet, by: User) -> None:
        """Create the units in the stock of the fleet: all of them, or none.

        The QNRs are in their canonical form. Raises NotAllowed, ValidationError with the reasons by QNR.
        """
        by.lock_membership(of=fleet, roles=MANAGING)
        if refused := self.why_not_entered(qnrs, fleet):
            raise ValidationError(refused)
        units = [Unit(qnr=qnr, fleet=fleet) for qnr in qnrs]
        try:
            with transaction.atomic():
                Unit.objects.bulk_create(units)
        except IntegrityError as error:  # somebody has entered one of them since
            raise ValidationError(self.why_not_entered(qnrs, fleet)) from error
        UnitEvent.record_all(units, "enter", by=by)

    @transaction.atomic
    def retire(self, *, by: User | None = None) -> int:
        """Take the free ones out of service and return their number.

        The lock keeps a job from planning one meanwhile.
        """
        locked = self.order_by("pk").select_for_update(of=("self",), no_key=True)
        qnrs = list(locked.values_list("pk", flat=True))
        free = Unit.objects.filter(pk__in=qnrs).free()
        units = list(free)
        return self.set_retired(units, Now(), "retire", by=by)

    @staticmethod
    def set_retired(units: "Collection[Unit]", at: Any, verb: str, *, by: User | None) -> int:
        """Write and record it. The caller holds the units locked, and has checked them."""
        rows = Unit.objects.filter(pk__in=[unit.pk for unit in units])
        number = rows.update(retired_at=at, version=F("version") + 1)
        for unit in units:
            unit.version += 1
        UnitEvent.record_all(units, verb, by=by)
        return number


def _why_not_entered(is_own: bool, retired_at: Any) -> str:
    if not is_own:
        return str(UNIT_NOT_ENTERED)
    return str(UNIT_IS_RETIRED if retired_at else UNIT_ENTERED)


class Unit(models.Model):
    qnr = QnrField(
        _("QNR"),
        primary_key=True,
        max_length=16,
        validators=[qnr_validator],
    )
    fleet = models.ForeignKey(
        "accounts.Fleet",
        verbose_name=_("fleet"),
        on_delete=models.PROTECT,
        related_name="units",
        null=True,
        blank=True,
    )
    created_at = models.DateTimeField(_("created"), auto_now_add=True)
    retired_at = models.DateTimeField(_("retired"), null=True, blank=True)
    # Counts what is recorded of it.
    version = models.PositiveIntegerField(_("version"), default=1, db_default=1, editable=False)
    # As it reports them with its state.
    model = models.CharField(_("model"), max_length=50, blank=True, db_default="", editable=False)
    firmware = models.CharField(
        _("firmware"), max_length=50, blank=True, db_default="", editable=False
    )
    # As it was last set up. None: left open, or not set up yet.
    tracking = models.BooleanField(_("tracking"), null=True, editable=False)

    objects = UnitQuerySet.as_manager()

    class Meta:
        verbose_name = _("unit")
        verbose_name_plural = _("units")
        ordering = ("qnr",)
        indexes = [models.Index(fields=("fleet", "qnr"), name="unit_of_fleet")]

    def __str__(self) -> str:
        return self.qnr

    @classmethod
    def was_set_up(cls, qnr: str, setup: Mapping[str, Any]) -> None:
        """Keep what the setup that is in the unit now means for what others may see of its vehicle."""
        from telematics.models.vehicle_state import VehicleState

        tracking = setup.get("tracking")
        cls.objects.filter(pk=qnr).update(tracking=tracking)
        if tracking is False:
            VehicleState.forget_position(unit=qnr)

    def is_free_for(self, job: Any) -> bool:
        """Whether the job may plan or mount this unit; call it under the unit's lock."""
        return Unit.objects.free_for(job).filter(pk=self.pk).exists()

    @transaction.atomic
    def retire(self, *, by: User) -> None:
        """Take it out of service. Idempotent. Raises NotAllowed, MoveRefused `unit_not_available`."""
        current = self._locked_by(by)
        if current.retired_at is None:
            current.check_may_retire()
            Unit.objects.set_retired([current], Now(), "retire", by=by)

    def check_may_retire(self) -> None:
        """Raise MoveRefused `unit_not_available` with the reason while it is mounted or reserved."""
        if not Unit.objects.in_stock().filter(pk=self.pk).exists():
            raise MoveRefused("unit_not_available", UNIT_IN_VEHICLE)
        if not Unit.objects.free().filter(pk=self.pk).exists():
            raise MoveRefused("unit_not_available", UNIT_RESERVED)

    @transaction.atomic
    def bring_back(self, *, by: User) -> None:
        """Put a retired unit back into the stock. Idempotent. Raises NotAllowed."""
        current = self._locked_by(by)
        if current.retired_at is not None:
            Unit.objects.set_retired([current], None, "bring_back", by=by)

    def _locked_by(self, by: User) -> "Unit":
        """Lock the membership, then the row, and return it. A unit of no fleet is the operators'."""
        if self.fleet is None:
            raise NotAllowed
        by.lock_membership(of=self.fleet, roles=MANAGING)
        return Unit.objects.select_for_update(of=("self",), no_key=True).get(pk=self.pk)
