"""A make of car that a unit can be built into, and what it can do there."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from core.ulid import ULIDField
from telematics.models.specification import FuelType, VehicleType

IMMOBILIZER = "immobilizer"
KEY_HOLDER = "key_holder"


class VehicleModelQuerySet(models.QuerySet["VehicleModel"]):
    def active(self):
        return self.filter(active=True)

    def search(self, text):
        """Every word must occur in brand or model."""
        found = self
        for word in text.split():
            found = found.filter(models.Q(brand__icontains=word) | models.Q(model__icontains=word))
        return found


class VehicleModel(models.Model):
    id = ULIDField(primary_key=True)
    brand = models.CharField(_("brand"), max_length=100)
    model = models.CharField(_("model"), max_length=100)
    fuel_type = models.CharField(_("fuel type"), max_length=20, choices=FuelType)
    vehicle_type = models.CharField(_("vehicle type"), max_length=20, choices=VehicleType)
    built_from = models.PositiveSmallIntegerField(_("built from"))
    built_to = models.PositiveSmallIntegerField(_("built to"), null=True, blank=True)
    installation_variants = models.JSONField(_("installation variants"), default=list, blank=True)
    central_lock_connection_types = models.JSONField(_("central lock connection types"), default=list, blank=True)
    features = models.JSONField(_("features"), default=list, blank=True)
    capabilities = models.JSONField(_("capabilities"), default=list, blank=True)
    active = models.BooleanField(_("active"), default=True)

    objects = VehicleModelQuerySet.as_manager()

    class Meta:
        verbose_name = _("vehicle model")
        verbose_name_plural = _("vehicle models")
        ordering = ("brand", "model", "built_from", "fuel_type")
        constraints = [
            models.UniqueConstraint(fields=("brand", "model", "fuel_type", "built_from"), name="vehicle_model_once"),
            models.CheckConstraint(
                condition=models.Q(built_to__isnull=True) | models.Q(built_to__gte=models.F("built_from")),
                name="vehicle_model_years_in_order",
            ),
        ]

    def __str__(self):
        years = f"{self.built_from}–{self.built_to or ''}"
        return f"{self.brand} {self.model} ({self.get_fuel_type_display()}, {years})"

    @property
    def name(self):
        return f"{self.brand} {self.model}"

    def supports(self, name):
        """Whether the model has a capability, a feature, a variant or a lock connection of this name."""
        return (
            name in self.capabilities
            or name in self.features
            or name in self.installation_variants
            or name in self.central_lock_connection_types
        )

    def setup_errors(self, installation_variant, central_lock_connection_type, features):
        """By field name: why this setup cannot be built into this model."""
        errors = {}
        if installation_variant and installation_variant not in self.installation_variants:
            errors["installation_variant"] = self._not_supported(self.installation_variants)
        if central_lock_connection_type and central_lock_connection_type not in self.central_lock_connection_types:
            errors["central_lock_connection_type"] = self._not_supported(self.central_lock_connection_types)
        for name in features:
            if name not in self.features:
                errors[name] = _("%(model)s does not support this feature.") % {"model": self.name}
        return errors

    def _not_supported(self, supported):
        if not supported:
            return _("%(model)s supports none.") % {"model": self.name}
        return _("%(model)s supports only %(supported)s.") % {
            "model": self.name,
            "supported": ", ".join(supported),
        }
