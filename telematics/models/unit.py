"""The telematics unit, known by its QNR. It is in stock until it is mounted in a vehicle."""

from collections.abc import Iterable, Mapping
from typing import Any

from django.db import models, transaction
from django.db.models import Q
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from accounts.models import ApiClient, Fleet, User
from core.errors import MoveRefused
from telematics.refusals import UNIT_NOT_IN_STOCK, UNIT_RESERVED
from telematics.signals import units_spoken_for
from telematics.values import QnrField, qnr_validator


class UnitQuerySet(models.QuerySet["Unit"]):
    def visible_to(self, principal: User | ApiClient) -> "UnitQuerySet":
        """Units of the fleets that the principal may see."""
        return self.filter(fleet__in=Fleet.objects.visible_to(principal))

    def in_service(self) -> "UnitQuerySet":
        return self.filter(retired_at__isnull=True)

    def in_stock(self) -> "UnitQuerySet":
        """In service and in no vehicle."""
        return self.in_service().filter(vehicle__isnull=True)

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
        known = [qnr for qnr in qnrs if qnr]
        locked = (
            self.filter(pk__in=known).order_by("pk").select_for_update(of=("self",), no_key=True)
        )
        return {unit.pk: unit for unit in locked}

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

    @transaction.atomic
    def retire(self) -> int:
        """Take the free ones out of service and return their number.

        The lock keeps a job from planning one meanwhile.
        """
        locked = self.order_by("pk").select_for_update(of=("self",), no_key=True)
        qnrs = list(locked.values_list("pk", flat=True))
        return Unit.objects.filter(pk__in=qnrs).free().update(retired_at=Now())


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

    def reports(self, device: Any) -> None:
        """Keep the model and firmware that the unit reports, where they are not those that are known."""
        known = {"model": self.model, "firmware": self.firmware}
        changed = {
            name: value
            for name, value in device._asdict().items()
            if value and value != known[name]
        }
        if changed:
            Unit.objects.filter(pk=self.pk).update(**changed)

    def is_free_for(self, job: Any) -> bool:
        """Whether the job may plan or mount this unit; call it under the unit's lock."""
        return Unit.objects.free_for(job).filter(pk=self.pk).exists()
