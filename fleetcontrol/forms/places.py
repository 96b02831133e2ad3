"""The form of a place."""

from typing import Any

from django.utils.translation import gettext_lazy as _

from accounts.models import Company, Fleet
from fleetcontrol.forms.bulk import partners_of
from fleetcontrol.forms.saved_settings import NamedInFleet
from telematics.models import Place


class PlaceForm(NamedInFleet):
    taken = _("The fleet already has a place with this name.")

    class Meta:
        model = Place
        fields = ["name", "address", "contact", "opening_hours", "partner"]
        help_texts = {
            "address": _("Street, postal code and town. Links lead to a map with it."),
            "contact": _("Name and phone number. The partner's installers read it."),
            "opening_hours": _("For example: Mon–Fri 8–18."),
            "partner": _("Who works there."),
        }

    def __init__(self, data: Any = None, *, fleet: Fleet, **kwargs: Any):
        kwargs["instance"] = kwargs.get("instance") or Place(fleet=fleet)
        super().__init__(data, **kwargs)
        self.fleet = fleet
        partner: Any = self.fields["partner"]
        partner.queryset = partners_of(fleet) | Company.objects.filter(pk=self.instance.partner_id)
        partner.empty_label = _("none")
