"""The box in the car, known by its QNR; in stock until it is mounted."""

from django.core.validators import RegexValidator
from django.db import models, transaction
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from core.moves import MoveRefused
from telematics.signals import units_spoken_for

qnr_validator = RegexValidator(r"^[0-9A-F]{16}\Z", _("A QNR has 16 characters, 0-9 and A-F."))


class UnitQuerySet(models.QuerySet["Unit"]):
    def in_stock(self):
        """Neither mounted nor retired."""
        return self.filter(retired_at__isnull=True, vehicle__isnull=True)

    def idle(self):
        """In stock, and no work counts on them: they may go out of service or to another fleet."""
        wanted = [condition for _receiver, condition in units_spoken_for.send(sender=Unit)]
        return self.in_stock().filter(*(~condition for condition in wanted))

    @transaction.atomic
    def retire(self):
        """Take those of these out of service that are idle; how many. Whoever is planning one waits for us or we for him."""
        locked = self.order_by("pk").select_for_update(of=("self",), no_key=True)
        return Unit.objects.filter(pk__in=list(locked.values_list("pk", flat=True))).idle().update(retired_at=Now())

    def visible_to(self, principal):
        """Units of the fleets that the principal may see."""
        from accounts.models import Fleet

        return self.filter(fleet__in=Fleet.objects.visible_to(principal))

    def lock(self, qnr):
        """The locked row, None when there is none: the guard before every mounting."""
        locked = self.select_for_update(of=("self",), no_key=True)
        return locked.filter(pk=qnr).first()

    def lock_all(self, qnrs):
        """Several at once, in the order of their keys; the locked rows by QNR."""
        wanted = self.filter(pk__in=[qnr for qnr in qnrs if qnr]).order_by("pk")
        return {unit.pk: unit for unit in wanted.select_for_update(of=("self",), no_key=True)}

    def lock_idle(self, qnr, fleet):
        """The same as below, and no work counts on it."""
        unit = self.lock_in_stock(qnr, fleet)
        if not self.idle().filter(pk=unit.pk).exists():
            raise MoveRefused("unit_not_available", _("An open job counts on this unit."))
        return unit

    def lock_in_stock(self, qnr, fleet):
        """Naming a unit is not owning it: foreign, mounted, retired and unknown ones look alike."""
        unit = self.lock(qnr)
        if unit is None or unit.fleet_id != fleet.pk or unit.retired_at or unit.is_mounted():
            raise MoveRefused("unit_not_available", _("This unit is not in stock of the fleet."))
        return unit


class Unit(models.Model):
    qnr = models.CharField(_("QNR"), primary_key=True, max_length=16, validators=[qnr_validator])
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

    objects = UnitQuerySet.as_manager()

    class Meta:
        verbose_name = _("unit")
        verbose_name_plural = _("units")
        ordering = ("qnr",)
        indexes = [models.Index(fields=("fleet", "qnr"), name="unit_of_fleet")]

    def __str__(self):
        return self.qnr

    def is_mounted(self):
        """Asked of the database each time: a loaded `unit.vehicle` may be older than the lock."""
        from telematics.models.vehicle import Vehicle

        return Vehicle.objects.filter(unit=self).exists()
