"""A place of a fleet: a garage or a depot at which its vehicles stand and its jobs are done."""

from django.core.exceptions import ValidationError
from django.db import models
from django.utils.translation import gettext_lazy as _

from accounts.models import Partnership
from accounts.models.archivable import Archivable
from core.ulid import ULIDField
from core.values.text_fields import LineField
from telematics import maps

OTHER_FLEET = _("This place is not in the fleet.")


class Place(Archivable):
    id = ULIDField(primary_key=True, verbose_name=_("ID"))
    # Without an index of its own: that of its name begins with the fleet.
    fleet = models.ForeignKey(
        "accounts.Fleet",
        models.PROTECT,
        related_name="places",
        db_index=False,
        verbose_name=_("fleet"),
    )
    name = LineField(_("name"), max_length=100)
    address = LineField(_("address"), max_length=200, blank=True)
    contact = LineField(_("contact"), max_length=200, blank=True)
    opening_hours = LineField(_("opening hours"), max_length=200, blank=True)
    partner = models.ForeignKey(
        "accounts.Company",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("partner"),
    )

    class Meta:
        verbose_name = _("place")
        verbose_name_plural = _("places")
        ordering = ["name", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["fleet", "name"],
                name="place_name_once",
                violation_error_message=_("The fleet already has a place with this name."),
            ),
        ]

    def clean(self) -> None:
        """Raise ValidationError if the partner does not work for the fleet."""
        if not self.partner_id or not self.fleet_id:
            return
        links = Partnership.objects.filter(fleet=self.fleet_id, company=self.partner_id)
        if not links.exists():
            raise ValidationError({"partner": _("This is not a partner of the fleet.")})

    @property
    def map_url(self) -> str:
        return maps.of_address(self.address)


def check_in_fleet(place: Place | None, fleet_id: str) -> None:
    """Raise ValidationError at `place` if it belongs to another fleet."""
    if place is not None and place.fleet_id != fleet_id:
        raise ValidationError({"place": OTHER_FLEET})
