"""A car of a fleet. Every change is one of its methods, called inside the transaction of whoever decides."""

from django.core.validators import RegexValidator
from django.db import models, transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from core.ids import ShortIdField, ShortIdModel
from core.moves import MoveRefused
from core.normal import normalise
from telematics import signals
from telematics.models.fitting import FittedByFleet, FittingQuerySet
from telematics.models.specification import Specification

vin_validator = RegexValidator(r"^[A-HJ-NPR-Z0-9]{17}\Z", _("A VIN has 17 characters, A-Z and 0-9 without I, O and Q."))


class OperationStatus(models.TextChoices):
    OPERATING = "OPERATING", _("Operating")
    GARAGE = "GARAGE", _("In the garage")
    BROKEN = "BROKEN", _("Broken")
    OUT_OF_SERVICE = "OUT_OF_SERVICE", _("Out of service")


class VehicleQuerySet(FittingQuerySet, models.QuerySet["Vehicle"]):
    def live(self):
        return self.filter(archived_at__isnull=True)

    def visible_to(self, principal):
        """Vehicles of the principal's fleets; an installer's way to a vehicle is his access, not this."""
        from accounts.models import Fleet

        return self.filter(fleet__in=Fleet.objects.visible_to(principal))

    def matching(self, text):
        """VIN (also its end), plate or custom name, whatever the case, blanks and hyphens."""
        wanted = normalise(text)
        return self.filter(search__contains=wanted) if wanted else self

    def lock(self, pk):
        return self.select_for_update(of=("self",), no_key=True).get(pk=pk)

    def create_with(self, unit, *, fleet, **fields):
        """A new vehicle around a unit that the caller holds locked (`Unit.objects.lock_in_stock`)."""
        vehicle = self.model(fleet=fleet, unit=unit, **fields)
        vehicle.refuse_taken_vin(fleet, vehicle.vin)
        vehicle.save(force_insert=True)
        return vehicle


class Vehicle(FittedByFleet, ShortIdModel, Specification):
    vehicle_id = ShortIdField(_("vehicle ID"))
    fleet = models.ForeignKey(
        "accounts.Fleet", verbose_name=_("fleet"), on_delete=models.PROTECT, related_name="vehicles"
    )
    unit = models.OneToOneField(
        "telematics.Unit",
        verbose_name=_("unit"),
        on_delete=models.PROTECT,
        related_name="vehicle",
        null=True,
        blank=True,
    )
    vin = models.CharField(_("VIN"), max_length=17, blank=True, validators=[vin_validator])
    license_plate = models.CharField(_("license plate"), max_length=20, blank=True)
    custom_name = models.CharField(_("custom name"), max_length=100, blank=True)
    operation_status = models.CharField(
        _("operation status"),
        max_length=20,
        choices=OperationStatus,
        default=OperationStatus.OPERATING,
    )
    custom_fields = models.JSONField(_("custom fields"), default=dict, blank=True)
    tags = models.JSONField(_("tags"), default=list, blank=True)
    version = models.PositiveIntegerField(_("version"), default=1, editable=False)
    search = models.CharField(max_length=160, blank=True, editable=False)
    created_at = models.DateTimeField(_("created"), auto_now_add=True)
    updated_at = models.DateTimeField(_("changed"), auto_now=True)
    archived_at = models.DateTimeField(_("archived"), null=True, blank=True, editable=False)

    IDENTITY = ("vin", "license_plate", "custom_name")

    objects = VehicleQuerySet.as_manager()

    class Meta:
        verbose_name = _("vehicle")
        verbose_name_plural = _("vehicles")
        ordering = ("-created_at", "pk")
        indexes = [
            models.Index(fields=("fleet", "-created_at", "vehicle_id"), name="vehicle_of_fleet_newest"),
            models.Index(fields=("fleet", "license_plate", "vehicle_id"), name="vehicle_of_fleet_by_plate"),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=("fleet", "vin"),
                condition=models.Q(archived_at__isnull=True) & ~models.Q(vin=""),
                name="vehicle_vin_once_in_fleet",
                violation_error_code="vin_in_fleet",
            ),
            models.CheckConstraint(
                condition=models.Q(archived_at__isnull=True) | models.Q(unit__isnull=True),
                name="vehicle_archived_has_no_unit",
            ),
        ]

    def __str__(self):
        return self.license_plate or self.custom_name or self.vin or self.vehicle_id

    def save(self, **kwargs):
        self.vin = self.vin.upper()
        self.search = "|".join(normalise(getattr(self, name)) for name in self.IDENTITY)
        if kwargs.get("update_fields"):
            kwargs["update_fields"] = {*kwargs["update_fields"], "search"}
        super().save(**kwargs)

    @property
    def label(self):
        """Brand and model as far as they are known."""
        return " ".join(filter(None, (self.brand, self.model)))

    def refuse_taken_vin(self, fleet, vin):
        """The friendly answer; the unique index is the one that holds."""
        taken = Vehicle.objects.live().filter(fleet=fleet, vin=vin.upper()).exclude(pk=self.pk)
        if vin and taken.exists():
            raise MoveRefused("vin_in_fleet", _("Another vehicle of the fleet has this VIN."))

    @transaction.atomic
    def change(self, **fields):
        """Write what is known by now; callers hold the job, this takes the vehicle's lock."""
        if all(getattr(self, name) == value for name, value in fields.items()):
            return
        signals.changing.send(Vehicle, vehicle=self, changed=fields)
        current = Vehicle.objects.lock(self.pk)
        if "vin" in fields:
            current.refuse_taken_vin(current.fleet, fields["vin"])
        for name, value in fields.items():
            setattr(current, name, value)
        self._store(current, *fields)

    @transaction.atomic
    def mount(self, unit):
        """Take a unit out of stock into this vehicle; keys that are already open move in with it."""
        current = Vehicle.objects.lock(self.pk)
        if current.archived_at:
            raise MoveRefused("vehicle_archived", _("This vehicle is archived."))
        if current.unit_id and current.unit_id != unit.pk:
            raise MoveRefused("vehicle_has_unit", _("Another unit is mounted in this vehicle."))
        current.unit = type(unit).objects.lock_in_stock(unit.pk, current.fleet) if not current.unit_id else unit
        self._store(current, "unit")
        self.keys.live().filter(unit=None).move_to(current.unit)

    @transaction.atomic(savepoint=False)
    def unmount(self):
        """Return the unit to stock. Whoever still holds a key of it loses it: the key ends here."""
        current = Vehicle.objects.lock(self.pk)
        unit = self._empty(current)
        if unit is not None:
            self._store(current, "unit")
        return unit

    @transaction.atomic(savepoint=False)
    def archive(self):
        """The end of a vehicle: its unit goes back to stock, its VIN is free again."""
        current = Vehicle.objects.lock(self.pk)
        if current.archived_at is None:
            self._empty(current)
            current.archived_at = timezone.now()
            self._store(current, "unit", "archived_at")

    def put_back(self, at=None):
        """Lock the car and disable driving, whoever left it otherwise; the command, None where nothing can be closed.

        `at`: the QNR of the unit that moved it, if that may be out of the vehicle by now.
        """
        from telematics.models.command import Command

        return Command.objects.queue_put_back(self, at or self.unit_id)

    def _empty(self, current):
        """The unit that was in it; the caller holds the vehicle locked and stores it."""
        from telematics.models.unit import Unit

        unit = Unit.objects.lock(current.unit_id) if current.unit_id else None
        if unit is not None:
            self.keys.of_holders().end_all()
            current.unit = None
        return unit

    def _store(self, current, *names):
        current.version += 1
        current.save(update_fields={*names, "version", "updated_at"})
        for name in (*names, "version", "updated_at", "search"):
            setattr(self, name, getattr(current, name))
