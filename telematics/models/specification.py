"""The fields that a job, a template and a vehicle share: what the car is and how it is fitted out."""

from django.core.exceptions import ValidationError
from django.core.validators import MinValueValidator
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _


class FuelType(models.TextChoices):
    PETROL = "PETROL", _("Petrol")
    DIESEL = "DIESEL", _("Diesel")
    ELECTRIC = "ELECTRIC", _("Electric")
    HYBRID = "HYBRID", _("Hybrid")
    PLUGIN_HYBRID = "PLUGIN_HYBRID", _("Plug-in hybrid")
    CNG = "CNG", _("CNG")
    LPG = "LPG", _("LPG")
    HYDROGEN = "HYDROGEN", _("Hydrogen")
    OTHER = "OTHER", _("Other")


class VehicleType(models.TextChoices):
    CAR = "CAR", _("Car")
    VAN = "VAN", _("Van")
    TRUCK = "TRUCK", _("Truck")
    MOPED = "MOPED", _("Moped")
    KICKSCOOTER = "KICKSCOOTER", _("Kick scooter")
    BICYCLE = "BICYCLE", _("Bicycle")
    DEV_KIT = "DEV_KIT", _("Development kit")


class Transmission(models.TextChoices):
    MANUAL = "MANUAL", _("Manual")
    AUTOMATIC = "AUTOMATIC", _("Automatic")


class InstallationVariant(models.TextChoices):
    WIRED = "WIRED", _("Wired")
    OBD = "OBD", _("OBD")


class CentralLockConnectionType(models.TextChoices):
    DIRECT = "DIRECT", _("Direct")
    SKM = "SKM", _("SKM")


def not_after_next_year(year):
    latest = timezone.now().year + 1
    if year > latest:
        raise ValidationError(_("The year of production cannot be later than %(latest)s."), params={"latest": latest})


class Specification(models.Model):
    """Blank means "installer decides", for a feature None."""

    vehicle_model = models.ForeignKey(
        "telematics.VehicleModel",
        verbose_name=_("vehicle model"),
        on_delete=models.PROTECT,
        related_name="+",
        null=True,
        blank=True,
    )
    installation_variant = models.CharField(
        _("installation variant"), max_length=10, choices=InstallationVariant, blank=True
    )
    central_lock_connection_type = models.CharField(
        _("central lock connection type"), max_length=10, choices=CentralLockConnectionType, blank=True
    )
    brand = models.CharField(_("brand"), max_length=100, blank=True)
    model = models.CharField(_("model"), max_length=100, blank=True)
    fuel_type = models.CharField(_("fuel type"), max_length=20, choices=FuelType, blank=True)
    year_of_production = models.PositiveSmallIntegerField(
        _("year of production"),
        null=True,
        blank=True,
        validators=[MinValueValidator(1980), not_after_next_year],
    )
    vehicle_type = models.CharField(_("vehicle type"), max_length=20, choices=VehicleType, blank=True)
    transmission = models.CharField(_("transmission"), max_length=10, choices=Transmission, blank=True)
    auto_immo_control = models.BooleanField(_("auto immo control"), null=True, blank=True)
    driving_events = models.BooleanField(_("driving events"), null=True, blank=True)
    damage_detection = models.BooleanField(_("damage detection"), null=True, blank=True)
    tracking = models.BooleanField(_("tracking"), null=True, blank=True)
    smoke_detection = models.BooleanField(_("smoke detection"), null=True, blank=True)

    SETUP = ("vehicle_model", "installation_variant", "central_lock_connection_type")
    MASTER_DATA = ("brand", "model", "fuel_type", "year_of_production", "vehicle_type", "transmission")
    FEATURES = ("auto_immo_control", "driving_events", "damage_detection", "tracking", "smoke_detection")
    SPECIFICATION_FIELDS = SETUP + MASTER_DATA + FEATURES

    class Meta:
        abstract = True

    def specification(self):
        """Names and values, as another row of the same kind takes them."""
        return {name: getattr(self, name) for name in self.SPECIFICATION_FIELDS}

    def setup_errors(self):
        """What the chosen model does not support, by field: one answer for every form, import and API."""
        if self.vehicle_model is None:
            return {}
        return self.vehicle_model.setup_errors(
            self.installation_variant,
            self.central_lock_connection_type,
            [name for name in self.FEATURES if getattr(self, name)],
        )
