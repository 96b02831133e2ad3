from django.conf import settings
from django.core.validators import MaxLengthValidator
from django.db import models
from django.utils.translation import gettext_lazy as _

from core.values.text_fields import LineField


class TablePreference(models.Model):
    """The columns that a person chose for a table."""

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.CASCADE,
        related_name="table_preferences",
        verbose_name=_("user"),
    )
    table = models.CharField(_("table"), max_length=64)
    columns = models.JSONField(_("columns"), default=list)

    class Meta:
        verbose_name = _("table preference")
        verbose_name_plural = _("table preferences")
        constraints = [
            models.UniqueConstraint(
                fields=["user", "table"], name="one_preference_a_person_and_table"
            )
        ]

    def __str__(self) -> str:
        return f"{self.user} · {self.table}"


class SavedView(models.Model):
    """Filters of a table that a person saved under a name, for one fleet. Everyone in the fleet sees shared ones."""

    LONGEST_QUERY = 6000  # characters; browsers and proxies accept little more in a URL

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.CASCADE, related_name="saved_views", verbose_name=_("user")
    )
    fleet = models.ForeignKey(
        "accounts.Fleet", models.CASCADE, related_name="saved_views", verbose_name=_("fleet")
    )
    table = models.CharField(_("table"), max_length=64)
    name = LineField(_("name"), max_length=64)
    query = models.TextField(_("query"), blank=True, validators=[MaxLengthValidator(LONGEST_QUERY)])
    shared = models.BooleanField(_("shared in the fleet"), default=False)

    class Meta:
        verbose_name = _("saved view")
        verbose_name_plural = _("saved views")
        ordering = ["name"]
        constraints = [
            models.UniqueConstraint(
                fields=["user", "fleet", "table", "name"], name="one_saved_view_a_name"
            )
        ]

    def __str__(self) -> str:
        return self.name
