"""A fleet's named set of features, which fills them in with one choice."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from core.ulid import ULIDField
from core.values.text_fields import LineField
from jobs.models.job_template import Duplicable, OfFleetQuerySet
from telematics.models.specification import Specification


class ConfigurationPreset(Duplicable, models.Model):
    id = ULIDField(primary_key=True, verbose_name=_("ID"))
    fleet = models.ForeignKey(
        "accounts.Fleet", models.PROTECT, related_name="presets", verbose_name=_("fleet")
    )
    name = LineField(_("name"), max_length=100)
    auto_immo_control = models.BooleanField(_("auto immo control"), null=True, blank=True)
    driving_events = models.BooleanField(_("driving events"), null=True, blank=True)
    damage_detection = models.BooleanField(_("damage detection"), null=True, blank=True)
    tracking = models.BooleanField(_("tracking"), null=True, blank=True)
    smoke_detection = models.BooleanField(_("smoke detection"), null=True, blank=True)
    created_at = models.DateTimeField(_("created"), auto_now_add=True)
    updated_at = models.DateTimeField(_("changed"), auto_now=True)

    FEATURES = Specification.FEATURES
    objects = OfFleetQuerySet.as_manager()

    class Meta:
        verbose_name = _("configuration preset")
        verbose_name_plural = _("configuration presets")
        ordering = ["name", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["fleet", "name"],
                name="preset_name_once",
                violation_error_message=_("The fleet already has a preset with this name."),
            )
        ]

    def __str__(self) -> str:
        return self.name

    def features(self) -> dict[str, bool | None]:
        return {name: getattr(self, name) for name in self.FEATURES}
