"""A model of vehicle that a unit can be installed in, and what the unit can do there."""

from collections.abc import Collection, Iterable
from typing import TYPE_CHECKING, Any, Self, cast

from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import Q
from django.utils.text import capfirst
from django.utils.translation import gettext_lazy as _

from core.ulid import ULIDField
from core.values.numbers import YearField
from core.values.text_fields import WordField
from core.vocabulary import AllWords, ClosedVocabulary, Misread, OnlyWords, WordsField
from telematics.catalogue import profiles
from telematics.models.specification import (
    CentralLockConnectionType,
    FuelType,
    InstallationVariant,
    VehicleType,
)
from telematics.values import ModelNameField
from telematics.vocabulary import CAPABILITIES, FEATURES

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise


def only_words(column: str, words: Iterable[str]) -> ClosedVocabulary:
    return ClosedVocabulary(
        condition=Q(OnlyWords(column, list(words))), name=f"vehicle_model_{column}_known"
    )


def what_its_type_must() -> Q:
    """A model has at least the capabilities of its type's profile."""
    types: dict[frozenset[str], list[str]] = {}
    for vehicle_type, minimum in profiles.MINIMUM.items():
        types.setdefault(minimum, []).append(vehicle_type)
    condition = Q()
    for minimum, of_types in types.items():
        condition &= ~Q(vehicle_type__in=of_types) | Q(AllWords("capabilities", sorted(minimum)))
    return condition


class VehicleModelQuerySet(models.QuerySet["VehicleModel"]):
    def active(self) -> Self:
        return self.filter(active=True)

    def search(self, text: str) -> Self:
        """Models with every word of `text` in brand or model."""
        found = self
        for word in text.split():
            found = found.filter(models.Q(brand__icontains=word) | models.Q(model__icontains=word))
        return found


class VehicleModel(models.Model):
    id = ULIDField(primary_key=True, verbose_name=_("ID"))
    brand = ModelNameField(_("brand"), max_length=100)
    model = ModelNameField(_("model"), max_length=100)
    fuel_type = WordField(_("fuel type"), max_length=20, choices=FuelType)
    vehicle_type = WordField(_("vehicle type"), max_length=20, choices=VehicleType)
    built_from = YearField(_("built from"))
    built_to = YearField(_("built to"), null=True, blank=True)
    installation_variants = WordsField(
        _("installation variants"), words=InstallationVariant.choices, default=list, blank=True
    )
    central_lock_connection_types = WordsField(
        _("central lock connection types"),
        words=CentralLockConnectionType.choices,
        default=list,
        blank=True,
    )
    features = WordsField(
        _("features"),
        words=[(name, capfirst(label)) for name, label in FEATURES.items()],
        default=list,
        blank=True,
    )
    capabilities = WordsField(
        _("capabilities"), words=CAPABILITIES.items(), default=list, blank=True
    )
    active = models.BooleanField(_("active"), default=True)

    objects = VehicleModelQuerySet.as_manager()

    class Meta:
        verbose_name = _("vehicle model")
        verbose_name_plural = _("vehicle models")
        ordering = ("brand", "model", "built_from", "fuel_type")
        constraints = [
            models.UniqueConstraint(
                fields=("brand", "model", "fuel_type", "built_from"), name="vehicle_model_once"
            ),
            models.CheckConstraint(
                condition=models.Q(built_to__isnull=True)
                | models.Q(built_to__gte=models.F("built_from")),
                name="vehicle_model_years_in_order",
            ),
            only_words("installation_variants", InstallationVariant.values),
            only_words("central_lock_connection_types", CentralLockConnectionType.values),
            only_words("features", FEATURES),
            only_words("capabilities", CAPABILITIES),
            ClosedVocabulary(
                condition=Q(vehicle_type__in=VehicleType.values, fuel_type__in=FuelType.values),
                name="vehicle_model_types_known",
            ),
            ClosedVocabulary(
                condition=what_its_type_must(), name="vehicle_model_can_what_its_type_must"
            ),
        ]

    def __str__(self) -> str:
        years = f"{self.built_from}–{self.built_to or ''}"
        return f"{self.brand} {self.model} ({self.get_fuel_type_display()}, {years})"

    @classmethod
    def from_db(
        cls, db: str | None, field_names: Collection[str], values: Collection[Any], **more: Any
    ) -> Self:
        """Read a row with wrong words as one that can do all that its type may, so that no test is left out."""
        model = super().from_db(db, field_names, values, **more)
        if "capabilities" in vars(model):  # otherwise deferred
            model.capabilities = safe(model.capabilities, model.vehicle_type)
        return model

    def clean(self) -> None:
        words = cast(WordsField, self._meta.get_field("capabilities"))
        if not words.holds(self.capabilities):
            return  # the field reports this
        if missing := profiles.lacking(self.capabilities, self.vehicle_type):
            names = ", ".join(str(CAPABILITIES[name]) for name in missing)
            text = _("A vehicle of type %(type)s must also have: %(names)s.")
            raise ValidationError(
                {"capabilities": text % {"type": self.get_vehicle_type_display(), "names": names}}
            )

    @property
    def name(self) -> str:
        return f"{self.brand} {self.model}"

    def supports(self, name: str) -> bool:
        """Whether the model has a capability, a feature, a variant or a lock connection of this name."""
        return (
            name in self.capabilities
            or name in self.features
            or name in self.installation_variants
            or name in self.central_lock_connection_types
        )

    def allows(self, column: str, value: Any) -> bool:
        """Whether a vehicle of this model may have the value in this column of its specification."""
        return not self.setup_errors(
            value if column == "installation_variant" else "",
            value if column == "central_lock_connection_type" else "",
            [column] if column in FEATURES and value else [],
        )

    def setup_errors(
        self, installation_variant: str, central_lock_connection_type: str, features: Iterable[str]
    ) -> "dict[str, StrOrPromise]":
        """Why this setup does not fit this model, by field."""
        errors: dict[str, StrOrPromise] = {}
        if installation_variant and installation_variant not in self.installation_variants:
            errors["installation_variant"] = self._not_supported(self.installation_variants)
        if (
            central_lock_connection_type
            and central_lock_connection_type not in self.central_lock_connection_types
        ):
            errors["central_lock_connection_type"] = self._not_supported(
                self.central_lock_connection_types
            )
        for name in features:
            if name not in self.features:
                errors[name] = _("%(model)s does not support this feature.") % {"model": self.name}
        return errors

    def _not_supported(self, supported: Collection[str]) -> "StrOrPromise":
        if not supported:
            return _("%(model)s supports none.") % {"model": self.name}
        return _("%(model)s supports only %(supported)s.") % {
            "model": self.name,
            "supported": ", ".join(supported),
        }


def safe(capabilities: list[str], vehicle_type: Any) -> list[str]:
    """The capabilities as a row holds them, or in place of wrong ones so many that no test is left out."""
    minimum = profiles.MINIMUM.get(vehicle_type)
    if minimum is None or isinstance(capabilities, Misread):
        added = profiles.MAXIMUM.get(vehicle_type, profiles.EVERYTHING.capabilities)
    elif minimum.issubset(capabilities):
        return capabilities
    else:
        added = minimum
    return Misread(sorted(added.union(capabilities)), getattr(capabilities, "raw", capabilities))
