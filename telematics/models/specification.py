"""The fields that a job, a template and a vehicle share: master data, setup and features."""

from typing import TYPE_CHECKING, Any

from django.core.exceptions import ValidationError
from django.core.validators import MinValueValidator
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from core.values.numbers import YearField
from core.values.text_fields import WordField
from telematics.values import ModelNameField
from telematics.vocabulary import FEATURES

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise


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


FIRST_YEAR = 1980


def latest_year() -> int:
    """The last year of production that can be entered: models of the next year are sold in this one."""
    return timezone.now().year + 1


def not_after_next_year(year: int) -> None:
    latest = latest_year()
    if year > latest:
        raise ValidationError(
            _("The year of production cannot be later than %(latest)s."), params={"latest": latest}
        )


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
    installation_variant = WordField(
        _("installation variant"), max_length=10, choices=InstallationVariant, blank=True
    )
    central_lock_connection_type = WordField(
        _("central lock connection type"),
        max_length=10,
        choices=CentralLockConnectionType,
        blank=True,
    )
    brand = ModelNameField(_("brand"), max_length=100, blank=True)
    model = ModelNameField(_("model"), max_length=100, blank=True)
    fuel_type = WordField(
        _("fuel type"),
        max_length=20,
        choices=FuelType,
        blank=True,
    )
    year_of_production = YearField(
        _("year of production"),
        null=True,
        blank=True,
        validators=[MinValueValidator(FIRST_YEAR), not_after_next_year],
    )
    vehicle_type = WordField(
        _("vehicle type"),
        max_length=20,
        choices=VehicleType,
        blank=True,
    )
    transmission = WordField(
        _("transmission"),
        max_length=10,
        choices=Transmission,
        blank=True,
    )
    auto_immo_control = models.BooleanField(_("auto immo control"), null=True, blank=True)
    driving_events = models.BooleanField(_("driving events"), null=True, blank=True)
    damage_detection = models.BooleanField(_("damage detection"), null=True, blank=True)
    tracking = models.BooleanField(_("tracking"), null=True, blank=True)
    smoke_detection = models.BooleanField(_("smoke detection"), null=True, blank=True)

    SETUP = ("vehicle_model", "installation_variant", "central_lock_connection_type")
    MASTER_DATA = (
        "brand",
        "model",
        "fuel_type",
        "year_of_production",
        "vehicle_type",
        "transmission",
    )
    FEATURES = tuple(FEATURES)
    SPECIFICATION_FIELDS = SETUP + MASTER_DATA + FEATURES

    class Meta:
        abstract = True

    def specification(self) -> dict[str, Any]:
        """Names and values, to copy to another row."""
        return {name: getattr(self, name) for name in self.SPECIFICATION_FIELDS}

    def setup_errors(self) -> "dict[str, StrOrPromise]":
        """The settings that the chosen model does not support, by field: one rule for forms, imports and APIs."""
        if self.vehicle_model is None:
            return {}
        return self.vehicle_model.setup_errors(
            self.installation_variant,
            self.central_lock_connection_type,
            [name for name in self.FEATURES if getattr(self, name)],
        )
