"""The field by which jobs and vehicles choose a place of their fleet."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from accounts.models import Fleet
from telematics.models import Place


class PlaceField(forms.ModelChoiceField):
    """Chooses a place. The form offers those of its fleet."""

    def __init__(self, **options: Any):
        options.setdefault("label", _("Place"))
        super().__init__(
            Place.objects.none(), required=False, empty_label=_("not chosen yet"), **options
        )


def offer_places(field: Any, fleet: Fleet, current: Any = None) -> None:
    """Offer the places of this fleet, and the archived one that is chosen already."""
    field.queryset = Place.objects.live().filter(fleet=fleet)
    if current:
        field.queryset |= Place.objects.filter(fleet=fleet, pk=current)
